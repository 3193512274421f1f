/** The one timeline of a report: a line for each thing that happened, with who says so. */
import { lengthText } from '../../base/duration.ts';
import { plural } from '../../base/plural.ts';
import type { TimeSpan } from '../../base/time-span.ts';
import { commandTitle } from '../../model/forest/client-command.ts';
import type { Incident } from '../../model/incident/incident.ts';
import {
  type Happening,
  type TimelineEntry,
  type TimelineSource,
  timelineSources,
} from '../../model/incident/timeline.ts';
import type { ModelEvent } from '../../model/model.ts';
import { eventText } from '../events.ts';
import { probeResultText, probeTitle } from '../probe-words.ts';
import { shortageSentence } from '../shortages.ts';
import { type Page, plain, table } from './markdown.ts';
import { utcClock, utcDate } from './times.ts';

const sources: Readonly<Record<TimelineSource, readonly [word: string, what: string]>> = {
  kernel: ['kernel', 'a line of the kernel'],
  journal: ['journal', 'the journal of systemd'],
  sample: ['sample', 'figures and processes, read while it happened'],
  log: ['log', 'the log of the rebuild'],
  action: ['action', 'what a person did with nixpulse'],
  guard: ['guard', 'what a guard of nixpulse did'],
  probe: ['test', 'a test that was asked for'],
  recorder: ['recorder', 'what was not recorded'],
  diagnosis: ['inferred', 'a rule by its figures: a conclusion, no fact'],
};

export function timelineLines(incident: Incident, page: Page): readonly string[] {
  const { timeline, omitted } = incident;
  if (timeline.length === 0) return ['Nothing happened in this time that is worth a line.'];
  let date = utcDate(incident.span.fromMs);
  const rows = timeline.map((entry) => {
    const { timeMs, source, level } = entry;
    const day = utcDate(timeMs);
    const time = day === date ? utcClock(timeMs) : `${day} ${utcClock(timeMs)}`;
    date = day;
    const text = plain(happeningText(entry, incident.span), page);
    return [time, sources[source][0], level === 'critical' ? `**${text}**` : text];
  });
  const used = timelineSources.filter((source) => timeline.some((entry) => entry.source === source));
  const legend = used.map((source) => `*${sources[source][0]}*: ${sources[source][1]}`).join('; ');
  const left = omitted === 0 ? '' : ` ${plural(omitted, 'routine line')} left out.`;
  return [...table(['UTC', 'Source', 'What'], rows), '', `${legend}.${left}`];
}

type Words = {
  readonly [Kind in Happening['kind']]: (
    what: Extract<Happening, { kind: Kind }>,
    when: { readonly timeMs: number; readonly span: TimeSpan },
  ) => string;
};

const words: Words = {
  event: ({ event, by }) => (by === null ? eventText(event) : `${eventText(killedBy(event))} by ${by}`),
  shortage: ({ resource, toMs, criticalMs, worst, times, path }, { span, timeMs }) => {
    const lengthMs = Math.max(0, (toMs ?? span.toMs) - timeMs);
    const shortage = { resource, level: 'critical', cause: worst, sinceMs: 0, levelSinceMs: 0 } as const;
    const at = path === null ? 'at worst ' : '';
    const text = shortageSentence(shortage, lengthMs).replace(/: (?=something|everything|one )/, `: ${at}`);
    const more = [
      ...(criticalMs === null
        ? []
        : [criticalMs <= timeMs ? 'critical' : `critical from ${utcClock(criticalMs)} on`]),
      ...(times > 1 ? [`in ${times} spells`] : []),
      toMs === null ? 'not over at the end' : `over at ${utcClock(toMs)}`,
    ];
    return `${text} (${more.join(', ')})`;
  },
  stall: ({ device, toMs, longestSec, times }) => {
    const often = times > 1 ? `, ${times} times` : '';
    const end = toMs === null ? 'still at the end' : `it answered again at ${utcClock(toMs)}`;
    return `${device} finished no request for ${lengthText(longestSec * 1000)}${often} (${end})`;
  },
  comings: ({ of, how, names, count }) => {
    const titles = of === 'build' ? names : [...new Set(names.map(commandTitle))];
    const more = count > names.length ? ` and ${count - names.length} more` : '';
    const list = titles.join(', ');
    return count === 1 ? `${list} ${how}` : `${plural(count, of)} ${how}: ${list}${more}`;
  },
  notice: ({ notice, count, toMs }) =>
    count === 1 ? notice.text : `${notice.text} (${count} times, until ${utcClock(toMs)})`,
  action: ({ entry: { user, via, title, status } }) => {
    const how = status === 'done' || status === null ? '' : ` (${status})`;
    return `${via === 'guard' ? 'guard' : user}: ${title}${how}`;
  },
  probe: ({ result }) => `${probeTitle(result.id, result.subject)}: ${probeResultText(result)}`,
  silence: ({ toMs, lost }, { timeMs }) => {
    const length = lengthText(Math.max(0, toMs - timeMs));
    if (lost === null) return `nothing recorded for ${length}`;
    const why = lost === 'disk too slow' ? 'the disk did not take them' : 'they were too long';
    return `samples of ${length} were lost: ${why}`;
  },
};

export function happeningText({ what, timeMs }: TimelineEntry, span: TimeSpan): string {
  const word = words[what.kind] as (what: Happening, when: { timeMs: number; span: TimeSpan }) => string;
  return word(what, { timeMs, span });
}

/** A log says only by which signal; our journal says who sent it. */
function killedBy(event: ModelEvent): ModelEvent {
  if (event.kind !== 'build-failed') return event;
  return { ...event, cause: { kind: 'killed', by: 'us' } };
}

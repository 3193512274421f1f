/** The words of what happened: a row per kind of event. */

import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { clientCommand, commandTitle } from '../model/forest/client-command.ts';
import { isForMemory, isNixLimit } from '../model/machine/killers.ts';
import type { ModelEvent } from '../model/model.ts';
import { nameOfProcess } from '../model/nix-store/store-path.ts';
import { kindOf } from '../model/past/event-data.ts';
import { lostText, type RecordedEvent } from '../model/past/recorded.ts';
import { rootCauseText } from './causes.ts';
import { hypothesisTitles } from './findings.ts';
import { foundTitle } from './found-titles.ts';
import { guardActText } from './guard-act.ts';
import { causeText, cgroupName } from './shortages.ts';

type Of<Kind extends ModelEvent['kind']> = Extract<ModelEvent, { kind: Kind }>;
type Words = { readonly [Kind in ModelEvent['kind']]: (event: Of<Kind>) => string };

const words: Words = {
  'oom-kill': ({ count }) => `out of memory: the kernel killed ${plural(count, 'process', 'processes')}`,
  'oom-limit': ({ cgroup, limitBytes, count, build }) =>
    `out of memory at the limit of ${cgroupName(cgroup)}${limitBytes === null ? '' : ` (${bytesText(limitBytes)})`}: ` +
    `the kernel killed ${plural(count, 'process', 'processes')}${build === null ? '' : `, ${build} ended`}`,
  killed: killedText,
  'hung-task': ({ comm, pid, lengthSec, build, command }) => {
    const whose = build ?? (command === null ? null : commandTitle(command));
    return `${nameOfProcess(comm) ?? 'process'} (${pid})${whose === null ? '' : ` of ${whose}`} did not run for ${lengthText(lengthSec * 1000)}`;
  },
  pressure: (event) => `${event.resource} ${event.level}: ${causeText(event)}`,
  limit: (event) => `${event.resource} ${event.level}: ${causeText(event)}`,
  stall: (event) => `io ${event.level}: ${causeText(event)}`,
  space: (event) => `space ${event.level}: ${causeText(event)}`,
  inodes: (event) => `space ${event.level}: ${causeText(event)}`,
  'shortage-ended': ({ resource, path, lengthSec }) =>
    `${path ?? resource} ok again after ${lengthText(lengthSec * 1000)}`,
  suspend: ({ lengthSec }) => `the machine was suspended for ${lengthText(lengthSec * 1000)}`,
  'clock-jump': ({ bySec, unsure }) =>
    `the clock was set ${bySec > 0 ? 'forward' : 'back'} by ${lengthText(Math.abs(bySec) * 1000)}${
      unsure ? ', or the machine slept' : ''
    }`,
  'build-started': buildTitle,
  'build-ended': (event) => `${buildTitle(event)}${afterOf(event)}`,
  'client-ended': ({ command }) => clientCommand(command),
  'build-failed': ({ name, command, cause, said, ageSec }) => {
    const why = rootCauseText({ cause, text: said, lines: [said] });
    const after = ageSec === null ? '' : ` after ${lengthText(ageSec * 1000)}`;
    return `${name ?? rebuildTitle(command)} failed${after}${why === '' ? '' : `: ${why}`}`;
  },
  'rebuild-ended': ({ command, built, failed, unbuilt, lengthSec, level }) => {
    const parts = [
      `${built} built`,
      ...(failed > 0 ? [`${failed} failed`] : []),
      ...(unbuilt > 0 ? [`${unbuilt} not built because of it`] : []),
    ];
    const how = level === 'ok' ? 'ended' : 'failed';
    return `${rebuildTitle(command)} ${how} after ${lengthText(lengthSec * 1000)}: ${parts.join(', ')}`;
  },
  finding: ({ hypothesis, state, found, about }) => {
    const sure = state === 'likely' ? 'likely: ' : '';
    // Another version may find what this one has no words for.
    const other = `${hypothesisTitles[hypothesis]}${about === null ? '' : `: ${about}`}`;
    return `${sure}${foundTitle(found, about) ?? other}`;
  },
  guard: (event) => `guard: ${guardActText(event)}`,
  foreign: ({ text }) => text,
};

/** Before the clause of an event that is only a name. */
const verbs: Readonly<Record<string, string>> = {
  'build-started': 'started ',
  'build-ended': 'ended ',
  'client-ended': 'ended ',
};

/** One clause beside the kind: of a build or client its name, as in recordings and JSON. */
export function eventClause<Event extends ModelEvent>(event: Event): string {
  return (words[event.kind] as (event: Event) => string)(event);
}

/** The same by itself: `started firefox-130.0`. */
export function eventText(event: ModelEvent): string {
  return `${verbs[kindOf(event)] ?? ''}${eventClause(event)}`;
}

const killers: Readonly<Record<Of<'killed'>['killer'], (event: Of<'killed'>) => string>> = {
  kernel: () => 'out of memory: the kernel',
  limit: ({ cgroup, limitBytes }) =>
    `out of memory at ${cgroup === null ? 'a limit' : `the limit of ${cgroupName(cgroup)}`}${
      limitBytes === null ? '' : ` (${bytesText(limitBytes)})`
    }: the kernel`,
  'systemd-oomd': () => 'systemd-oomd',
  earlyoom: () => 'earlyoom',
  nohang: () => 'nohang',
  timeout: () => 'Nix',
  'max-silent-time': () => 'Nix',
  'max-build-log-size': () => 'Nix',
  nix: () => 'Nix',
  nixpulse: () => 'nixpulse',
  'nixpulse guard': () => 'the guard',
};

/** `systemd-oomd killed systemd-resolved.service; cause: firefox-130.0 (28.0 GB, +24.0 GB a minute)`. */
function killedText(event: Of<'killed'>): string {
  if (!isForMemory(event)) return endedText(event);
  const { killer, pid, comm, cgroup, residentBytes, build, builds, command } = event;
  const name = comm === null ? null : nameOfProcess(comm);
  const who = name ?? (pid !== null ? `process ${pid}` : cgroup === null ? 'a process' : cgroupName(cgroup));
  const size = residentBytes === null ? '' : ` (${bytesText(residentBytes)})`;
  const whose = build ?? (command === null ? null : commandTitle(command));
  const of = whose !== null ? ` of ${whose}` : builds > 1 ? ` with ${plural(builds, 'build')} in it` : '';
  const cause = event.causeBuild ?? (event.causeCommand === null ? null : commandTitle(event.causeCommand));
  const figures = [
    ...(event.causeResidentBytes === null ? [] : [bytesText(event.causeResidentBytes)]),
    ...((event.causeGrowthBytesPerMin ?? 0) > 0
      ? [`+${bytesText(event.causeGrowthBytesPerMin)} a minute`]
      : []),
  ].join(', ');
  const why =
    cause === null ? '' : cause === whose ? `; it had ${figures}` : `; cause: ${cause} (${figures})`;
  return `${killers[killer](event)} killed ${who}${size}${of}${why}`;
}

/** `Nix ended firefox-130.0: no line for 1 h (max-silent-time)`. */
function endedText(event: Of<'killed'>): string {
  const { killer, pid, build, builds, command, lengthSec, limitBytes } = event;
  const whom = build ?? (command === null ? `process ${pid ?? ''}` : commandTitle(command));
  const after = lengthSec === undefined ? '' : ` ${lengthText(lengthSec * 1000)}`;
  const why = {
    timeout: `: it took more than${after} (timeout)`,
    'max-silent-time': `: no line for${after} (max-silent-time)`,
    'max-build-log-size': `: its log has more than ${bytesText(limitBytes)} (max-build-log-size)`,
    nix: `: a limit of${after} (timeout or max-silent-time)`,
  };
  const by = killers[killer](event);
  if (build !== null && builds === 0) return `${by} killed process ${pid ?? ''} of ${build}`;
  return `${by} ended ${whom}${isNixLimit(killer) ? why[killer] : ''}`;
}

function rebuildTitle(command: string | null): string {
  return command === null ? 'a rebuild' : commandTitle(command);
}

function buildTitle({ name, user, pid }: Of<'build-started' | 'build-ended'>): string {
  return name ?? `unnamed build of ${user ?? `pid ${pid}`}`;
}

/** ` after 4 min (nixbld3)`: it tells two builds of one name apart. */
function afterOf({ name, ageSec, user }: Of<'build-ended'>): string {
  const length = ageSec === null ? '' : ` after ${lengthText(ageSec * 1000)}`;
  return name === null || user === null ? length : `${length} (${user})`;
}

/** What a recording's entry says where it is gone to: `alice: killed firefox-130.0`. */
export function recordedText(recorded: RecordedEvent): string {
  switch (recorded.kind) {
    case 'alert':
      return eventText(recorded.event);
    case 'action':
      return `${recorded.entry.user}: ${recorded.entry.summary}`;
    case 'gap':
      return `${lostText(recorded.samples, recorded.events ?? 0)} lost: ${recorded.why}`;
    case 'note':
      return recorded.text;
  }
}

/** What is known of one machine of a fleet, in words: for cells, for the rows of the selected one, for plain text. */
import { formatDuration, lengthText } from '../../base/duration.ts';
import { unknown } from '../../base/number.ts';
import { plural } from '../../base/plural.ts';
import {
  type Fleet,
  type FleetAlerts,
  type FleetCaches,
  type FleetFinding,
  type FleetMachine,
  type FleetRebuild,
  type FleetShortage,
  type MachineState,
  machineStates,
  staleChecksSec,
} from '../../model/fleet/machine.ts';
import type { FleetCheck } from '../../model/fleet/queries.ts';
import { foundTitles } from '../found-titles.ts';
import type { Tone } from '../paint.ts';
import { levelTone } from '../words.ts';

export interface Worded {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

const nobodyKnows: Worded = { text: unknown, tone: 'muted' };

const stateTones: Readonly<Record<MachineState, Tone | undefined>> = {
  critical: 'danger',
  warning: 'warning',
  gone: 'warning',
  stuck: 'warning',
  slow: 'warning',
  ok: 'ok',
};

export function stateWords({ state }: Pick<FleetMachine, 'state'>): Worded {
  return { text: state === 'stuck' ? 'STUCK' : state, tone: stateTones[state] };
}

/** `working 34/57 12:03`, `working 3 builds`, `idle`. */
export function rebuildWords(rebuild: FleetRebuild | null): Worded {
  if (rebuild === null || (rebuild.underWay === null && rebuild.running === null)) return nobodyKnows;
  const { underWay, running, verdict, builds, done, failed, ageSec } = rebuild;
  if (!underWay && !running && verdict === null) return { text: 'idle', tone: 'muted' };
  const isFollowed = (underWay ?? 0) > 0;
  const count =
    isFollowed && builds !== null && builds > 0
      ? `${done ?? unknown}/${builds}`
      : running === null || running === 0
        ? ''
        : `${running} ${running === 1 ? 'build' : 'builds'}`;
  const words = [
    (verdict === 'stuck' ? 'STUCK' : verdict) ?? 'begun',
    count,
    isFollowed && (failed ?? 0) > 0 ? `${failed} failed` : '',
    isFollowed && ageSec !== null ? formatDuration(ageSec) : '',
  ];
  const isHeldUp = verdict === 'stuck' || verdict === 'slow';
  return { text: words.filter((word) => word !== '').join(' '), tone: isHeldUp ? 'warning' : undefined };
}

/** `memory critical`, the most urgent. Of CPUs: that they are busy is what a rebuild is for. */
export function pressureWords(pressure: readonly FleetShortage[] | null): Worded {
  if (pressure === null) return nobodyKnows;
  const [worst] = pressure;
  if (worst === undefined) return { text: 'ok', tone: 'muted' };
  const tone = worst.resource === 'cpu' ? undefined : levelTone(worst.level);
  return { text: shortageText(worst), tone };
}

function shortageText({ resource, level }: FleetShortage): string {
  return resource === 'cpu' ? 'cpu busy' : `${resource} ${level}`;
}

/** `a build is stuck`; what a newer nixpulse finds is called as it calls it. `possible` where it is no more. */
export function findingTitle({ kind, state }: FleetFinding): string {
  const title = Object.hasOwn(foundTitles, kind) ? foundTitles[kind as keyof typeof foundTitles](null) : kind;
  return state === 'possible' || state === 'likely' ? `${state}: ${title}` : title;
}

export function heaviestFindingWords(findings: readonly FleetFinding[] | null): Worded {
  if (findings === null) return nobodyKnows;
  const [heaviest] = findings;
  if (heaviest === undefined) return { text: 'none', tone: 'muted' };
  return { text: findingTitle(heaviest), tone: levelTone(heaviest.level) };
}

const failedWords: Readonly<Record<FleetCheck, string>> = {
  cache: 'cache gone',
  upstream: 'upstream gone',
  builders: 'builders fail',
  hit: 'not fetched',
};

/** `ok`, or what is not: `cache gone, builders fail`. */
export function cachesWords(caches: FleetCaches | null): Worded {
  if (caches === null) return nobodyKnows;
  const { failed, working, ageSec } = caches;
  const isOld = ageSec !== null && ageSec > staleChecksSec;
  const state = failed.map((check) => failedWords[check]).join(', ') || (working > 0 ? 'ok' : unknown);
  const isBad = isOld || failed.some((check) => check !== 'hit');
  return {
    text: isOld ? `${state}, ${lengthText(ageSec * 1000)} old` : state,
    tone: isBad ? 'warning' : failed.length > 0 ? undefined : 'muted',
  };
}

/** `2 NixpulseDiskFailing`: how many, and the worst of them. */
export function alertsWords(alerts: FleetAlerts | null): Worded {
  if (alerts === null) return nobodyKnows;
  const [worst] = alerts.named;
  if (alerts.firing === 0) return { text: 'none', tone: 'muted' };
  const tone = worst?.severity === 'critical' ? 'danger' : 'warning';
  return { text: `${alerts.firing} ${worst?.name ?? ''}`.trimEnd(), tone };
}

export function ageWords({ ageSec, state }: Pick<FleetMachine, 'ageSec' | 'state'>): Worded {
  if (ageSec === null) return nobodyKnows;
  return { text: formatDuration(ageSec), tone: state === 'gone' ? 'warning' : 'muted' };
}

/** Rows about one machine: what the cells of its row have no room for. */
export function machineLines(
  machine: FleetMachine,
): readonly { readonly label: string; readonly text: string }[] {
  const { rebuild, pressure, findings, caches, alerts, ageSec } = machine;
  const alertNames = (alerts?.named ?? []).map(({ name, severity }) =>
    severity ? `${name} (${severity})` : name,
  );
  const more = (alerts?.firing ?? 0) - alertNames.length;
  return [
    {
      label: 'alerts',
      text:
        alerts === null
          ? `${unknown} (no alert fires, and no rules of nixpulse are known there)`
          : [...alertNames, ...(more > 0 ? [`${more} more`] : [])].join(', ') || 'none',
    },
    {
      label: 'findings',
      text: findings === null ? unknown : findings.map(findingTitle).join(', ') || 'none',
    },
    {
      label: 'pressure',
      text: pressure === null ? unknown : pressure.map(shortageText).join(', ') || 'ok',
    },
    { label: 'rebuild', text: rebuildWords(rebuild).text },
    { label: 'caches', text: cachesText(caches) },
    {
      label: 'told',
      text: ageSec === null ? 'nothing within the last hour' : `${lengthText(ageSec * 1000)} ago`,
    },
  ];
}

/** `cache gone, 2 checks work, tried 5 min ago`. */
function cachesText(caches: FleetCaches | null): string {
  if (caches === null) return unknown;
  const { failed, working, ageSec } = caches;
  return [
    ...failed.map((check) => failedWords[check]),
    plural(working, 'check works', 'checks work'),
    ageSec === null ? '' : `tried ${lengthText(ageSec * 1000)} ago`,
  ]
    .filter((word) => word !== '')
    .join(', ');
}

/** `3 critical`, `12 warning`, in the order of need; those that are ok last. */
export function countWords({ machines }: Fleet): readonly Worded[] {
  return machineStates.flatMap((state): Worded[] => {
    const count = machines.filter((machine) => machine.state === state).length;
    return count === 0 ? [] : [{ text: `${count} ${stateWords({ state }).text}`, tone: stateTones[state] }];
  });
}

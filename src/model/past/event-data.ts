/** The data of each kind of event: what a recorded one must have, and which of it says what it is about. */

import { type Fields, isFields } from '../../base/fields.ts';
import { hypothesisIds } from '../diagnosis/hypothesis.ts';
import { units } from '../fields/field.ts';
import { guardActions, guardRuleIds, guardUndos } from '../guard/guard.ts';
import { outcomeStatuses } from '../intents/outcome-status.ts';
import { isForMemory } from '../machine/killers.ts';
import type { Level, ModelEvent } from '../model.ts';
import { isCause } from './cause-data.ts';

interface Datum {
  readonly is: (value: unknown) => boolean;
  /** Part of what the event is about, which everybody who saw it saw alike. */
  readonly names?: true;
}
type DataOf<Event> = {
  readonly [Name in Exclude<keyof Event, 'timeMs' | 'level' | 'kind'>]-?: Datum;
};
type EventData = {
  readonly [Kind in ModelEvent['kind']]: DataOf<Extract<ModelEvent, { kind: Kind }>>;
};

const number: Datum = { is: (value) => Number.isFinite(value) };
const flag: Datum = { is: (value) => typeof value === 'boolean' };
const text: Datum = { is: (value) => typeof value === 'string' };
const named = (datum: Datum): Datum => ({ ...datum, names: true });
const oneOf = (words: readonly string[]): Datum => ({ is: (value) => words.some((word) => word === value) });
const orNull = ({ is, ...datum }: Datum): Datum => ({ ...datum, is: (value) => value === null || is(value) });

/** Not in recordings of versions that did not know it. */
const optional = ({ is, ...datum }: Datum): Datum => ({
  ...datum,
  is: (value) => value === undefined || is(value),
});

const identity = { pid: named(number), startTime: named(number) };
const build = { ...identity, name: orNull(text), user: orNull(text) };

const eventData: EventData = {
  'oom-kill': { count: number },
  'oom-limit': { cgroup: named(text), limitBytes: orNull(number), count: number, build: orNull(text) },
  killed: {
    killer: text,
    lengthSec: optional(number),
    pid: named(orNull(number)),
    comm: named(orNull(text)),
    uid: orNull(number),
    residentBytes: orNull(number),
    cgroup: named(orNull(text)),
    limitBytes: orNull(number),
    build: orNull(text),
    drv: orNull(text),
    builds: number,
    command: orNull(text),
    causeBuild: orNull(text),
    causeCommand: orNull(text),
    causeResidentBytes: orNull(number),
    causeGrowthBytesPerMin: orNull(number),
  },
  'hung-task': {
    pid: named(number),
    comm: text,
    lengthSec: number,
    build: orNull(text),
    drv: orNull(text),
    command: orNull(text),
  },
  limit: {
    resource: named(text),
    line: text,
    percent: number,
    cgroup: named(text),
    limitBytes: number,
  },
  pressure: { resource: named(text), line: text, percent: number },
  stall: { device: named(orNull(text)), stalledSec: orNull(number) },
  space: { path: named(text), usedPercent: number, availableBytes: number },
  inodes: { path: named(text), freeInodesPercent: number },
  'shortage-ended': { resource: named(text), path: named(orNull(text)), lengthSec: number },
  suspend: { lengthSec: number },
  'clock-jump': { bySec: number, unsure: flag },
  'build-started': build,
  'build-ended': { ...build, ageSec: orNull(number) },
  'client-ended': { ...identity, command: text },
  'build-failed': {
    rebuild: named(text),
    command: orNull(text),
    drv: named(orNull(text)),
    name: orNull(text),
    phase: orNull(text),
    ageSec: orNull(number),
    cause: { is: isCause },
    said: text,
  },
  'rebuild-ended': {
    rebuild: named(text),
    command: orNull(text),
    built: number,
    failed: number,
    unbuilt: number,
    lengthSec: number,
  },
  finding: {
    hypothesis: named(oneOf(hypothesisIds)),
    state: oneOf(['likely', 'confirmed']),
    found: named(text),
    about: named(orNull(text)),
  },
  guard: {
    rule: named(oneOf(guardRuleIds)),
    action: named(oneOf([...guardActions, ...guardUndos])),
    names: { is: (value) => Array.isArray(value) && value.every(text.is), names: true },
    dryRun: flag,
    status: orNull(oneOf(outcomeStatuses)),
    value: orNull(number),
    limit: number,
    unit: oneOf(units),
    heldSec: number,
    summary: orNull(text),
    below: optional({ is: (value) => value === true }),
  },
  foreign: { was: named(text), text: named(text) },
};

/** Also of one that another version recorded. */
export function kindOf(event: ModelEvent): string {
  return event.kind === 'foreign' ? event.was : event.kind;
}

/** The same for two events that are of one kind and about the same. */
export function subjectOf(event: ModelEvent): string {
  const values = event as unknown as Fields;
  const names = dataOf(event.kind).filter(([, { names }]) => names === true);
  // Whom Nix ended is known by the log alone, and then to everybody who follows it.
  const ended = event.kind === 'killed' && !isForMemory(event) ? [event.killer, event.drv] : [];
  return JSON.stringify([event.kind, ...names.map(([name]) => values[name]), ...ended]);
}

const comings: readonly string[] = ['build-started', 'build-ended', 'client-ended'];

/** Builds come and go: that is no alert. What Nix or we ended is told by the failure, or the action, that stands beside it. */
export function isAlert(event: ModelEvent): boolean {
  if (event.kind === 'killed') return isForMemory(event);
  return !comings.includes(kindOf(event));
}

/**
 * What was recorded, by whichever version; null where it is no event. Where the data is not what this
 * version knows of the kind, its kind and words are kept.
 */
export function readEvent(value: unknown): ModelEvent | null {
  if (!isFields(value) || typeof value['kind'] !== 'string' || !Number.isFinite(value['timeMs'])) return null;
  const { kind, timeMs } = value;
  const level = levelIn(value);
  const data = Object.hasOwn(eventData, kind) ? dataOf(kind as ModelEvent['kind']) : null;
  if (!data?.every(([name, { is }]) => is(value[name]))) return foreignEvent(value, kind, timeMs as number);
  return {
    timeMs,
    level,
    kind,
    ...Object.fromEntries(data.flatMap(([name]) => (value[name] === undefined ? [] : [[name, value[name]]]))),
  } as ModelEvent;
}

/** Of a kind that this version does not know: with the words that came with it. */
export function foreignEvent(value: Fields, was: string, timeMs: number): ModelEvent {
  const said = value['text'];
  return { timeMs, level: levelIn(value), kind: 'foreign', was, text: typeof said === 'string' ? said : was };
}

function dataOf(kind: ModelEvent['kind']): readonly (readonly [string, Datum])[] {
  return Object.entries(eventData[kind]);
}

function levelIn({ level }: Fields): Level {
  return level === 'warning' || level === 'critical' ? level : 'ok';
}

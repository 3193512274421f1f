/** What a guard says of itself, as somebody wrote it: a guard of another version, a recording, or who means harm. */
import type { ProcessIdentity } from '../../base/identity.ts';
import {
  flag,
  listOf,
  number,
  object,
  oneOf,
  orNull,
  type Reader,
  tagged,
  withOptional,
} from '../../base/reader.ts';
import type { FindingSubject } from '../diagnosis/finding.ts';
import type { Evidence } from '../diagnosis/verdict.ts';
import { units } from '../fields/field.ts';
import { outcomeStatuses } from '../intents/outcome-status.ts';
import {
  type GuardAct,
  type GuardReading,
  type GuardStatus,
  guardActions,
  guardRuleIds,
  guardRuleStates,
  guardUndos,
} from './guard.ts';
import type { GuardSeen } from './guard-seen.ts';

/** More than a guard has of each. */
const mostReadings = 32;
const mostActs = 64;
const mostNames = 32;
const mostEvidence = 16;
/** Of a name or a sentence; the rest is cut. */
const mostCharacters = 400;

const words: Reader<string> = (value) =>
  typeof value === 'string' ? value.slice(0, mostCharacters) : undefined;
/** A pid, clock ticks, Unix ms. */
const natural: Reader<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
const identity = object<ProcessIdentity>({ pid: natural, startTime: natural });

const ofProcess = { pid: natural, startTime: natural };
const subject = tagged<FindingSubject, 'kind'>('kind', {
  machine: {},
  build: ofProcess,
  client: ofProcess,
  process: ofProcess,
  rebuild: { rebuild: words },
  device: { device: words },
  filesystem: { mountPoint: words },
  cgroup: { cgroup: words },
  path: { path: words },
  unit: { unit: words },
  cache: { cache: words },
  builder: { host: words },
});

const reading = withOptional(
  object<Omit<GuardReading, 'below'>>({
    rule: oneOf(...guardRuleIds),
    state: oneOf(...guardRuleStates),
    subject: orNull(subject),
    name: orNull(words),
    value: orNull(number),
    limit: number,
    unit: oneOf(...units),
    heldSec: number,
    forSec: number,
    worsening: orNull(flag),
    agrees: orNull(flag),
    taken: natural,
  }),
  { below: (value) => (value === true ? true : undefined) },
);

const evidence = object<Evidence>({
  for: flag,
  field: words,
  value: (value) => (value === null ? null : (number(value) ?? words(value))),
  unit: oneOf(...units),
  sinceMs: orNull(number),
});

const act = withOptional(
  object<Omit<GuardAct, 'below' | 'processes'>>({
    atMs: natural,
    rule: oneOf(...guardRuleIds),
    action: oneOf(...guardActions, ...guardUndos),
    names: listOf(words, mostNames),
    value: orNull(number),
    limit: number,
    unit: oneOf(...units),
    heldSec: number,
    evidence: listOf(evidence, mostEvidence),
    dryRun: flag,
    status: orNull(oneOf(...outcomeStatuses)),
    summary: orNull(words),
  }),
  { below: (value) => (value === true ? true : undefined), processes: listOf(identity, mostNames) },
);

const status = {
  version: (value: unknown) => (value === 1 ? 1 : undefined),
  pid: natural,
  startTime: natural,
  atMs: natural,
  sinceMs: natural,
  scope: oneOf('machine', 'command'),
  dryRun: flag,
  heldUntilMs: orNull(natural),
  readings: listOf(reading, mostReadings),
  acts: listOf(act, mostActs),
} as const;

/** Readings and acts that are none, and those of rules that this version does not know, are left out. */
export const readGuardStatus = object<GuardStatus>(status);

const mostGuards = 8;

/** As a Sample holds them. */
export const readGuards = listOf(
  object<GuardSeen>({ ...status, directory: orNull(words), uid: orNull(natural), ended: flag }),
  mostGuards,
);

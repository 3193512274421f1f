/** Fields of what is also said in words: shortages and events. */

import type { Problem } from '../../base/problem.ts';
import type { DecisionStep } from '../diagnosis/decision.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Hypothesis } from '../diagnosis/hypothesis.ts';
import type { ProbeRun } from '../diagnosis/probe.ts';
import type { Remedy } from '../diagnosis/remedy.ts';
import type { Verdict } from '../diagnosis/verdict.ts';
import type { Model, ModelEvent, Shortage } from '../model.ts';
import {
  bytes,
  bytesPerMin,
  count,
  type Field,
  flag,
  list,
  number,
  percent,
  seconds,
  text,
  ticks,
  time,
  within,
} from './field.ts';
import type { WordedGuard } from './guard.ts';
import type { RebuildRow } from './rebuild.ts';

/** Shortages, verdicts, findings, events and rebuilds with their words, which are made in format. */
export interface WordedModel extends Model {
  readonly rebuildRows: readonly RebuildRow[];
  readonly shortages: readonly (Shortage & { readonly text: string })[];
  readonly verdicts: readonly (Verdict & { readonly text: string })[];
  readonly findings: readonly (Finding & { readonly text: string; readonly remedies: readonly Remedy[] })[];
  readonly hypotheses: readonly (Hypothesis & { readonly title: string })[];
  readonly questions: readonly (DecisionStep & {
    readonly here: boolean;
    readonly question: string;
    readonly text: string;
    readonly nextText: string | null;
  })[];
  readonly events: readonly (ModelEvent & { readonly text: string })[];
  readonly probeRows: readonly ProbeAt[];
  readonly guards: readonly WordedGuard[];
}
/** A probe that runs or has ended. */
export interface ProbeAt extends ProbeRun {
  /** Unix ms; null while it runs. */
  readonly endedMs: number | null;
  readonly ok: boolean | null;
  readonly text: string | null;
  readonly problem: Problem | null;
}
/** Of a shortage and the moment (monotonic ms) at which it is looked at. */
export interface ShortageAt {
  readonly shortage: WordedModel['shortages'][number];
  readonly monotonicMs: number;
}
type EventRow = WordedModel['events'][number];

/** A datum of some kinds only: of others it is not there. */
function datum<Value>(name: string): (subject: object) => Value | null | undefined {
  return (subject) => (subject as Readonly<Record<string, Value | null>>)[name];
}

const causeFields: readonly Field<object>[] = [
  text('line', 'LINE', 'Of `pressure` and `limit`: `some` or `full`.', datum('line')),
  percent(
    'percent',
    'PRESSURE',
    'Of `pressure` and `limit`: the share of time that was judged.',
    datum('percent'),
  ),
  text(
    'device',
    'DEVICE',
    'Of `stall`: the disk that answers nothing; null when one has just stalled.',
    datum('device'),
  ),
  seconds('stalledSec', 'STALLED', 'Of `stall`: for how long.', datum('stalledSec')),
  text(
    'cgroup',
    'CGROUP',
    'Of `limit`, `oom-limit` and `killed` at a limit: path of the cgroup whose limit was met; of another `killed` that of the victim.',
    datum('cgroup'),
  ),
  bytes('limitBytes', 'LIMIT', 'Of `limit`, `oom-limit` and `killed`: that limit.', datum('limitBytes')),
  text('path', 'PATH', 'Of a file system that is or was short.', datum('path')),
  percent('usedPercent', 'USED', 'Of `space`: used share.', datum('usedPercent')),
  bytes('availableBytes', 'FREE', 'Of `space`: free for users.', datum('availableBytes')),
  percent('freeInodesPercent', 'INODES FREE', 'Of `inodes`: free inodes.', datum('freeInodesPercent')),
];

export const shortageFields: readonly Field<ShortageAt>[] = [
  text('resource', 'SHORT', '`memory`, `io`, `cpu` or `space`.', ({ shortage }) => shortage.resource),
  text('level', 'LEVEL', '`warning` or `critical`.', ({ shortage }) => shortage.level),
  text('text', 'WHAT', 'One clause for people.', ({ shortage }) => shortage.text),
  seconds('sinceSec', 'SINCE', 'For how long.', ({ shortage, monotonicMs }) =>
    Math.max(0, (monotonicMs - shortage.sinceMs) / 1000),
  ),
  ...within('cause', ({ shortage }: ShortageAt) => shortage.cause, [
    text('kind', 'CAUSE', '`pressure`, `limit`, `stall`, `space` or `inodes`.', datum('kind')),
    text(
      'resource',
      'RESOURCE',
      'Of `pressure` and `limit`: `memory`, `io`, `cpu` or `irq`.',
      datum('resource'),
    ),
    ...causeFields,
  ]),
];

export const eventFields: readonly Field<EventRow>[] = [
  time('time', 'TIME', 'When, ISO 8601 in UTC.', (e) => e.timeMs),
  text(
    'kind',
    'EVENT',
    'What sort: `oom-kill`, `oom-limit`, `killed`, `hung-task`, `pressure`, `limit`, `stall`, `space`, `inodes`, `shortage-ended`, `suspend`, `clock-jump`, `build-started`, `build-ended`, `client-ended`, `build-failed`, `rebuild-ended`, `finding`, `guard`.',
    (e) => e.kind,
  ),
  text('level', 'LEVEL', '`ok`, `warning` or `critical`.', (e) => e.level),
  text('text', 'WHAT', 'One clause for people.', (e) => e.text),
  count('count', 'COUNT', 'Of `oom-kill` and `oom-limit`: processes that the kernel killed.', datum('count')),
  text(
    'resource',
    'RESOURCE',
    'Of `pressure`, `limit` and `shortage-ended`: what is or was short.',
    datum('resource'),
  ),
  ...causeFields,
  seconds(
    'lengthSec',
    'LENGTH',
    'Of `shortage-ended` and `suspend`: how long it was so; of `rebuild-ended`: how long it took; of `hung-task`: for how long it did not run; of `killed` by a limit of Nix that counts time: that limit.',
    datum('lengthSec'),
  ),
  seconds('bySec', 'BY', 'Of `clock-jump`: positive where the clock was set forward.', datum('bySec')),
  text('hypothesis', 'HYPOTHESIS', 'Of `finding`: which one it speaks for.', datum('hypothesis')),
  text('state', 'STATE', 'Of `finding`: `likely` or `confirmed`.', datum('state')),
  text('found', 'FOUND', 'Of `finding`: its kind.', datum('found')),
  text('about', 'ABOUT', 'Of `finding`: whom or what it is about; null: the machine.', datum('about')),
  text('rule', 'RULE', 'Of `guard`: the rule.', datum('rule')),
  text(
    'action',
    'ACTION',
    'Of `guard`: what it did: `tell`, `lower`, `limit`, `pause`, `kill`, `cancel`, `restart-daemon`, `restart-unit`, `resume`, `restore`.',
    datum('action'),
  ),
  list('names', 'NAMES', 'Of `guard`: on whom; empty: the machine.', datum('names')),
  flag('dryRun', 'DRY RUN', 'Of `guard`: it was only said.', datum('dryRun')),
  text('status', 'STATUS', 'Of `guard`: what came of it, as in `guards[].acts[]`.', datum('status')),
  flag('unsure', 'UNSURE', 'Of `clock-jump`: it may have been a suspend.', datum('unsure')),
  number(
    'pid',
    'PID',
    'Of a build its builder, of a client its process, of `killed` and `hung-task` the process.',
    datum('pid'),
  ),
  ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.', datum('startTime')),
  text(
    'name',
    'DERIVATION',
    'Of a build; null where nobody names it, and of `build-failed` where no build failed.',
    datum('name'),
  ),
  text('user', 'USER', 'Of a build: who it ran as.', datum('user')),
  seconds('ageSec', 'AGE', 'Of `build-ended` and `build-failed`: its age.', datum('ageSec')),
  text(
    'command',
    'COMMAND',
    'Of `client-ended`, `build-failed` and `rebuild-ended`: what was typed; of `killed` and `hung-task` the client that it was of.',
    datum('command'),
  ),
  text(
    'rebuild',
    'REBUILD',
    'Of `build-failed` and `rebuild-ended`: the id of its `rebuilds[]`.',
    datum('rebuild'),
  ),
  text('drv', 'DRV', 'Of `build-failed`, `killed` and `hung-task`: the .drv file.', datum('drv')),
  text('phase', 'PHASE', 'Of `build-failed`: the phase in which it failed.', datum('phase')),
  text(
    'cause',
    'CAUSE',
    'Of `build-failed`: the kind of cause, as in `rebuilds[].failures[]`.',
    (subject) => datum<{ readonly kind: string }>('cause')(subject)?.kind,
  ),
  count('built', 'BUILT', 'Of `rebuild-ended`: derivations that were built.', datum('built')),
  count('failed', 'FAILED', 'Of `rebuild-ended`: derivations that failed.', datum('failed')),
  count('unbuilt', 'UNBUILT', 'Of `rebuild-ended`: not built because of those.', datum('unbuilt')),
  text(
    'build',
    'BUILD',
    'Of `oom-limit`: the build in it that ended then; of `killed` and `hung-task`: the build that it was of. Null where there was none, or several, or it is not proven.',
    datum('build'),
  ),
  text(
    'killer',
    'KILLER',
    'Of `killed`: `kernel`, `limit` (the kernel, at the limit of a cgroup), `systemd-oomd`, `earlyoom` or `nohang`; a setting of Nix, `timeout`, `max-silent-time` or `max-build-log-size`, or `nix` where it is not said which; `nixpulse`, `nixpulse guard`.',
    datum('killer'),
  ),
  text('comm', 'PROCESS', 'Of `killed` and `hung-task`: name of the process.', datum('comm')),
  number('uid', 'UID', 'Of `killed`: who it ran as.', datum('uid')),
  bytes('residentBytes', 'RSS', 'Of `killed`: what the victim had.', datum('residentBytes')),
  count('builds', 'BUILDS', 'Of `killed`: how many builds were hit.', datum('builds')),
  text(
    'causeBuild',
    'CAUSE BUILD',
    'Of `killed`: the build that had the most memory then or grew the most.',
    datum('causeBuild'),
  ),
  text('causeCommand', 'CAUSE COMMAND', 'The same where it was a client.', datum('causeCommand')),
  bytes('causeResidentBytes', 'CAUSE RSS', 'What that one had.', datum('causeResidentBytes')),
  bytesPerMin(
    'causeGrowthBytesPerMin',
    'CAUSE GROWTH',
    'By how much it grew.',
    datum('causeGrowthBytesPerMin'),
  ),
];

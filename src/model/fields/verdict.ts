/** Fields of a verdict and of what it stands on. */
import type { Evidence, Partner, Reason } from '../diagnosis/verdict.ts';
import {
  changingFlag,
  changingText,
  type Field,
  list,
  number,
  seconds,
  text,
  ticks,
  within,
} from './field.ts';
import type { WordedModel } from './notes.ts';

/** Of a verdict and the moment (monotonic ms) at which it is looked at. */
export interface VerdictAt {
  readonly verdict: WordedModel['verdicts'][number];
  readonly monotonicMs: number;
}
export interface EvidenceAt {
  readonly evidence: Evidence;
  readonly monotonicMs: number;
}

const subjectOf = ({ verdict }: VerdictAt) => verdict.subject;

export const verdictFields: readonly Field<VerdictAt>[] = [
  ...within('subject', subjectOf, [
    text('kind', 'SUBJECT', '`build`, `client`, or `rebuild` of which only the log is known.'),
    number('pid', 'PID', 'Of a build its builder, of a client its process.', (subject) =>
      'pid' in subject ? subject.pid : undefined,
    ),
    ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.', (subject) =>
      'startTime' in subject ? subject.startTime : undefined,
    ),
    text('rebuild', 'REBUILD', 'Stream that tells of it; null without one.', (subject) =>
      'rebuild' in subject ? subject.rebuild : undefined,
    ),
  ]),
  changingText(
    'state',
    'VERDICT',
    '`working`, `slow`, `waiting`, `stuck` or `paused`.',
    ({ verdict }) => verdict.state,
  ),
  seconds('sinceSec', 'SINCE', 'For how long.', ({ verdict, monotonicMs }) =>
    Math.max(0, (monotonicMs - verdict.sinceMs) / 1000),
  ),
  changingFlag(
    'atLeast',
    'AT LEAST',
    'It was so already when it was first seen.',
    ({ verdict }) => verdict.atLeast,
  ),
  changingText(
    'reason',
    'REASON',
    '`progress`, `idle`, `spinning`, `quiet`, `overdue`, `short`, `wait`, `transfer`, `stopped` or `builds`.',
    ({ verdict }) => verdict.reason.kind,
  ),
  changingText(
    'detail',
    'DETAIL',
    'Of `idle` where it sleeps, of `wait` for what, of `short` what is short, of `stopped` by what (`nixpulse`, `freezer`, `signal`); null of others.',
    ({ verdict }) => detailOf(verdict.reason),
  ),
  ...within('partner', ({ verdict: { reason } }: VerdictAt) => partnerOf(reason), [
    text(
      'name',
      'WAITS FOR',
      'Host, cache, path, unit, program or holder; null where it cannot be told.',
      nameOf,
    ),
    number(
      'pid',
      'WAITS FOR PID',
      'Process that it waits for, or that sleeps; null where it cannot be told.',
      pidOf,
    ),
  ]),
  changingText('certainty', 'CERTAINTY', '`certain` or `likely`.', ({ verdict }) => verdict.certainty),
  list(
    'unseen',
    'UNSEEN',
    'Signs of progress that cannot be seen here: `io` and `wchan` take root, `lines` a followed log.',
    ({ verdict }) => verdict.unseen,
  ),
  text('text', 'WHAT', 'One line for people.', ({ verdict }) => verdict.text),
];

export const evidenceFields: readonly Field<EvidenceAt>[] = [
  changingFlag('for', 'FOR', 'It speaks for the verdict; false: against it.', ({ evidence }) => evidence.for),
  text('field', 'FIELD', 'Id of the field, in the lists above and below.', ({ evidence }) => evidence.field),
  text('value', 'VALUE', 'Its value as text; null where only its time counts.', ({ evidence: { value } }) =>
    value === null ? null : `${value}`,
  ),
  text('unit', 'UNIT', 'Of the value.', ({ evidence }) => evidence.unit),
  seconds(
    'sinceSec',
    'SINCE',
    'For how long it has been so; null: at this moment.',
    ({ evidence, monotonicMs }) =>
      evidence.sinceMs === null ? null : Math.max(0, (monotonicMs - evidence.sinceMs) / 1000),
  ),
];

function detailOf(reason: Reason): string | null {
  if (reason.kind === 'idle') return reason.asleep?.kind ?? null;
  if (reason.kind === 'wait') return reason.partner.kind;
  if (reason.kind === 'stopped')
    return reason.fromNixpulse ? 'nixpulse' : reason.frozen ? 'freezer' : 'signal';
  return reason.kind === 'short' ? reason.resource : null;
}

function partnerOf(reason: Reason): Partner | null {
  return reason.kind === 'wait' ? reason.partner : null;
}

function nameOf(partner: Partner): string | null {
  switch (partner.kind) {
    case 'lock':
    case 'garbage-collection':
      return partner.holder ?? ('path' in partner ? partner.path : null);
    case 'builder':
    case 'upload-lock':
      return partner.host;
    case 'cache':
      return partner.peer;
    case 'other-fetch':
      return partner.input;
    case 'database':
    case 'profile':
      return partner.path;
    case 'post-build-hook':
      return partner.drv;
    case 'unit':
      return partner.unit;
    case 'disk':
      return partner.device;
    case 'memory-limit':
      return partner.cgroup;
    case 'timer':
    case 'virtual-machine':
    case 'network':
      return partner.program;
    case 'said':
      return partner.text;
    default:
      return null;
  }
}

function pidOf(partner: Partner): number | null {
  if ('holderPid' in partner) return partner.holderPid;
  if ('pid' in partner) return partner.pid;
  return partner.kind === 'unit' ? partner.switchPid : null;
}

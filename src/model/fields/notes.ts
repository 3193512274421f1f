/** Fields of what is also said in words: problems, shortages, events. */

import type { Problem } from '../../base/problem.ts';
import type { Model, ModelEvent, Shortage } from '../model.ts';
import type { Field, FieldValue, Unit } from './field.ts';

/** A part that failed carries `problem`; one that did not has none. */
export function problemFieldsOf<Subject>(
  what: string,
  problemOf: (subject: Subject) => Problem | null,
  prefix = '',
  title = '',
): Field<Subject>[] {
  return [
    {
      id: `${prefix}problem.kind`,
      json: `${prefix}problem.kind`,
      title: `${title}problem`,
      unit: 'text',
      kind: 'fact',
      help: `Why ${what}: \`gone\`, \`denied\`, \`malformed\`, \`timeout\`, \`exhausted\` or \`unsupported\`.`,
      read: (subject) => problemOf(subject)?.kind,
    },
    {
      id: `${prefix}problem.where`,
      json: `${prefix}problem.where`,
      title: `${title}problem at`,
      unit: 'text',
      kind: 'fact',
      help: 'The file or source that was read.',
      read: (subject) => problemOf(subject)?.where,
    },
    {
      id: `${prefix}problem.cause`,
      json: `${prefix}problem.cause`,
      title: `${title}cause`,
      unit: 'text',
      kind: 'fact',
      help: 'One clause more, where there is one.',
      read: (subject) => {
        const found = problemOf(subject);
        return found === null ? undefined : (found.cause ?? null);
      },
    },
  ];
}

export const problemFields: readonly Field<Problem>[] = [
  {
    id: 'kind',
    json: 'kind',
    title: 'PROBLEM',
    unit: 'text',
    kind: 'fact',
    help: '`gone`, `denied`, `malformed`, `timeout`, `exhausted` or `unsupported`.',
    read: (p) => p.kind,
  },
  {
    id: 'where',
    json: 'where',
    title: 'WHERE',
    unit: 'text',
    kind: 'fact',
    help: 'The file or source that was read.',
    read: (p) => p.where,
  },
  {
    id: 'cause',
    json: 'cause',
    title: 'CAUSE',
    unit: 'text',
    kind: 'fact',
    help: 'One clause more, where there is one.',
    read: (p) => p.cause ?? null,
  },
];

/** Shortages and events with their words, which are made in format. */
export interface WordedModel extends Model {
  readonly shortages: readonly (Shortage & { readonly text: string })[];
  readonly events: readonly (ModelEvent & { readonly text: string })[];
}
/** Of a shortage and the moment (monotonic ms) at which it is looked at. */
export interface ShortageAt {
  readonly shortage: WordedModel['shortages'][number];
  readonly monotonicMs: number;
}
type EventRow = WordedModel['events'][number];

/** A datum of some kinds only: of others it is not there. */
function datum<Subject>(
  name: string,
  unit: Unit,
  title: string,
  help: string,
  of: (subject: Subject) => object,
  prefix = '',
): Field<Subject> {
  return {
    id: `${prefix}${name}`,
    json: `${prefix}${name}`,
    title,
    unit,
    kind: unit.startsWith('bytes') || unit === 'percent' || unit === 's' ? 'gauge' : 'fact',
    help,
    read: (subject) => (of(subject) as Readonly<Record<string, FieldValue>>)[name],
  };
}

function causeData<Subject>(of: (subject: Subject) => object, prefix = ''): readonly Field<Subject>[] {
  const row = (name: string, unit: Unit, title: string, help: string) =>
    datum(name, unit, title, help, of, prefix);
  return [
    row('line', 'text', 'LINE', 'Of `pressure`: `some` or `full`.'),
    row('percent', 'percent', 'PRESSURE', 'Of `pressure`: the share of time that was judged.'),
    row(
      'device',
      'text',
      'DEVICE',
      'Of `stall`: the disk that answers nothing; null when one has just stalled.',
    ),
    row('stalledSec', 's', 'STALLED', 'Of `stall`: for how long.'),
    row('path', 'text', 'PATH', 'Of a file system that is or was short.'),
    row('usedPercent', 'percent', 'USED', 'Of `space`: used share.'),
    row('availableBytes', 'bytes', 'FREE', 'Of `space`: free for users.'),
    row('freeInodesPercent', 'percent', 'INODES FREE', 'Of `inodes`: free inodes.'),
  ];
}

export const shortageFields: readonly Field<ShortageAt>[] = [
  {
    id: 'resource',
    json: 'resource',
    title: 'SHORT',
    unit: 'text',
    kind: 'fact',
    help: '`memory`, `io`, `cpu` or `space`.',
    read: ({ shortage }) => shortage.resource,
  },
  {
    id: 'level',
    json: 'level',
    title: 'LEVEL',
    unit: 'text',
    kind: 'fact',
    help: '`warning` or `critical`.',
    read: ({ shortage }) => shortage.level,
  },
  {
    id: 'text',
    json: 'text',
    title: 'WHAT',
    unit: 'text',
    kind: 'fact',
    help: 'One clause for people.',
    read: ({ shortage }) => shortage.text,
  },
  {
    id: 'since',
    json: 'sinceSec',
    title: 'SINCE',
    unit: 's',
    kind: 'gauge',
    help: 'For how long.',
    read: ({ shortage, monotonicMs }) => Math.max(0, (monotonicMs - shortage.sinceMs) / 1000),
  },
  datum('kind', 'text', 'CAUSE', '`pressure`, `stall`, `space` or `inodes`.', causeOf, 'cause.'),
  datum('resource', 'text', 'RESOURCE', 'Of `pressure`: `memory`, `io`, `cpu` or `irq`.', causeOf, 'cause.'),
  ...causeData(causeOf, 'cause.'),
];

function causeOf({ shortage }: ShortageAt): Shortage['cause'] {
  return shortage.cause;
}

const eventRow = (name: string, unit: Unit, title: string, help: string) =>
  datum(name, unit, title, help, (event: EventRow) => event);

export const eventFields: readonly Field<EventRow>[] = [
  {
    id: 'time',
    json: 'time',
    title: 'TIME',
    unit: 'time',
    kind: 'fact',
    help: 'When, ISO 8601 in UTC.',
    read: (e) => e.timeMs,
  },
  {
    id: 'kind',
    json: 'kind',
    title: 'EVENT',
    unit: 'text',
    kind: 'fact',
    help: 'What sort: `oom-kill`, `pressure`, `stall`, `space`, `inodes`, `shortage-ended`, `suspend`, `clock-jump`, `build-started`, `build-ended`, `client-ended`.',
    read: (e) => e.kind,
  },
  {
    id: 'level',
    json: 'level',
    title: 'LEVEL',
    unit: 'text',
    kind: 'fact',
    help: '`ok`, `warning` or `critical`.',
    read: (e) => e.level,
  },
  {
    id: 'text',
    json: 'text',
    title: 'WHAT',
    unit: 'text',
    kind: 'fact',
    help: 'One clause for people.',
    read: (e) => e.text,
  },
  eventRow('count', 'none', 'COUNT', 'Of `oom-kill`: processes that the kernel killed.'),
  eventRow('resource', 'text', 'RESOURCE', 'Of `pressure` and `shortage-ended`: what is or was short.'),
  ...causeData((event: EventRow) => event),
  eventRow('lengthSec', 's', 'LENGTH', 'Of `shortage-ended` and `suspend`: how long it was so.'),
  eventRow('bySec', 's', 'BY', 'Of `clock-jump`: positive where the clock was set forward.'),
  eventRow('unsure', 'flag', 'UNSURE', 'Of `clock-jump`: it may have been a suspend.'),
  eventRow('pid', 'none', 'PID', 'Of a build its builder, of a client its process.'),
  eventRow('startTime', 'ticks', 'STARTED', 'With `pid` it names the process for ever.'),
  eventRow('name', 'text', 'DERIVATION', 'Of a build; null where nobody names it.'),
  eventRow('user', 'text', 'USER', 'Of a build: who it ran as.'),
  eventRow('ageSec', 's', 'AGE', 'Of `build-ended`: its age.'),
  eventRow('command', 'text', 'COMMAND', 'Of `client-ended`: what was typed.'),
];

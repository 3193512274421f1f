/** Fields of what is said in words: problems, shortages, events. */

import type { Problem } from '../../base/problem.ts';
import type { ModelEvent, Shortage } from '../model.ts';
import type { Field } from './field.ts';

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

/** Of a shortage and the moment (monotonic ms) at which it is looked at. */
export interface ShortageAt {
  readonly shortage: Shortage;
  readonly monotonicMs: number;
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
];

export const eventFields: readonly Field<ModelEvent>[] = [
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
    help: 'What sort: `oom-kill`, `pressure`, `stall`, `suspend`, `clock-jump`, `build-started`, `build-ended`, `client-ended`.',
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
];

/** Fields of what is said in words: shortages and events. */

import type { ModelEvent, Shortage } from '../model.ts';
import type { Field } from './field.ts';

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

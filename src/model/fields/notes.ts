/** Fields of what is said in words: shortages and events. */

import type { ModelEvent, Shortage } from '../model.ts';
import { type Field, seconds, text, time } from './field.ts';

/** Of a shortage and the moment (monotonic ms) at which it is looked at. */
export interface ShortageAt {
  readonly shortage: Shortage;
  readonly monotonicMs: number;
}

export const shortageFields: readonly Field<ShortageAt>[] = [
  text('resource', 'SHORT', '`memory`, `io`, `cpu` or `space`.', ({ shortage }) => shortage.resource),
  text('level', 'LEVEL', '`warning` or `critical`.', ({ shortage }) => shortage.level),
  text('text', 'WHAT', 'One clause for people.', ({ shortage }) => shortage.text),
  seconds('sinceSec', 'SINCE', 'For how long.', ({ shortage, monotonicMs }) =>
    Math.max(0, (monotonicMs - shortage.sinceMs) / 1000),
  ),
];

export const eventFields: readonly Field<ModelEvent>[] = [
  time('time', 'TIME', 'When, ISO 8601 in UTC.', (e) => e.timeMs),
  text(
    'kind',
    'EVENT',
    'What sort: `oom-kill`, `pressure`, `stall`, `suspend`, `clock-jump`, `build-started`, `build-ended`, `client-ended`.',
  ),
  text('level', 'LEVEL', '`ok`, `warning` or `critical`.'),
  text('text', 'WHAT', 'One clause for people.'),
];

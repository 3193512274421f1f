/** Fields of who exports: how it does itself, and how old what it tells is. */
import type { Model } from '../model.ts';
import { type Part, parts } from '../source-table.ts';
import { bytes, changingFlag, counter, type Field, seconds, text, time } from './field.ts';

export interface ExporterHealth {
  /** Unix ms. */
  readonly startedMs: number;
  /** How late it was, the worst of the last ten seconds. */
  readonly latenessMs: number;
  readonly lowDetail: boolean;
  /** A privilege would add something to what is seen. */
  readonly missingPrivilege: boolean;
  /** Null: not known. */
  readonly residentBytes: number | null;
  readonly cpuUsec: number;
  readonly looks: number;
  /** Null: no file is written. */
  readonly fileFailures: number | null;
}

export const exporterFields: readonly Field<ExporterHealth>[] = [
  time('start', 'STARTED', 'When the export began.', (one) => one.startedMs),
  counter('looks', 'LOOKS', 'Looks at the machine since then.'),
  seconds(
    'latenessSec',
    'LATE',
    'How late it looked, the worst of the last ten seconds, in steps of 0.1 s.',
    (one) => one.latenessMs / 1000,
  ),
  changingFlag('lowDetail', 'LOW DETAIL', 'It leaves details out, because it does not keep up.'),
  changingFlag('missingPrivilege', 'PRIVILEGE', 'It would see more with a privilege that it does not have.'),
  bytes('residentBytes', 'RSS', 'Its own memory (VmRSS).'),
  // Seconds that only grow: a counter with a unit, unlike all others.
  {
    ...seconds<ExporterHealth>('cpuSec', 'CPU', 'Its own CPU time.', (one) => one.cpuUsec / 1e6),
    kind: 'counter',
  },
  counter(
    'fileFailures',
    'NOT WRITTEN',
    'How often the file for a textfile collector could not be written; null where none is.',
  ),
];

export interface SourceAge {
  readonly part: Part;
  readonly ageSec: number;
}

/** Of what was read at least once: a part of the machine that is no more read grows old. */
export function sourceAges({ readAtMs, monotonicMs }: Model): readonly SourceAge[] {
  return parts.flatMap((part) => {
    const atMs = readAtMs[part];
    return atMs === undefined ? [] : [{ part, ageSec: Math.max(0, (monotonicMs - atMs) / 1000) }];
  });
}

export const sourceAgeFields: readonly Field<SourceAge>[] = [
  text('part', 'PART', 'Of the machine.'),
  seconds('ageSec', 'AGE', 'How old what is known of a part of the machine is.'),
];

/** Models of a machine second by second, as an incident is folded from. */

import type { Finding } from '../../src/model/diagnosis/finding.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model, ModelEvent, Shortage } from '../../src/model/model.ts';
import { buildOf } from './model-fixture.ts';

export const incidentFromMs = Date.UTC(2026, 10, 20, 13, 20);
const monotonicFromMs = 1_000_000;
const MB = 2 ** 20;

/** Nothing is short and nothing runs. `sec`: since the begin. */
export function modelAt(sec: number, over: Partial<Model> = {}): Model {
  const monotonicMs = monotonicFromMs + sec * 1000;
  return {
    ...emptyModel,
    timeMs: incidentFromMs + sec * 1000,
    monotonicMs,
    readAtMs: { pressure: monotonicMs, memory: monotonicMs, forest: monotonicMs, disks: monotonicMs },
    memory: { ...emptyModel.memory, totalBytes: 1024 * MB, availableBytes: 800 * MB, usedBytes: 224 * MB },
    ...over,
  };
}

/** `sinceSec`: since the begin. */
export function shortageAt(
  resource: 'memory' | 'io',
  level: Shortage['level'],
  sinceSec: number,
  percent = 40,
): Shortage {
  const sinceMs = monotonicFromMs + sinceSec * 1000;
  const cause = { kind: 'pressure', resource, line: 'full', percent } as const;
  return { resource, level, cause, sinceMs, levelSinceMs: sinceMs };
}

export function leakAt(sinceSec: number, over: Partial<Finding> = {}): Finding {
  return {
    id: 'build-leak build-leak 7:70',
    hypothesis: 'build-leak',
    subject: { kind: 'build', pid: 7, startTime: 70 },
    level: 'critical',
    state: 'likely',
    found: {
      kind: 'build-leak',
      build: 'webkitgtk-2.46.1',
      process: null,
      residentBytes: 700 * MB,
      sharePercent: 68,
      bytesPerMin: 500 * MB,
      untilSec: 20,
    },
    evidence: [
      { for: true, field: 'builds.residentBytes', value: 700 * MB, unit: 'bytes', sinceMs: null },
      { for: false, field: 'cpu', value: 90, unit: 'percent', sinceMs: null },
    ],
    sinceMs: monotonicFromMs + sinceSec * 1000,
    probe: null,
    ...over,
  };
}

export const leaking = buildOf({
  pid: 7,
  startTime: 70,
  name: 'webkitgtk-2.46.1',
  user: 'nixbld5',
  clientPid: 5,
});

export function endedAt(sec: number, name = 'webkitgtk-2.46.1', pid = 7): ModelEvent {
  const timeMs = incidentFromMs + sec * 1000;
  return {
    timeMs,
    level: 'ok',
    kind: 'build-ended',
    pid,
    startTime: pid * 10,
    name,
    user: 'nixbld5',
    ageSec: 120,
  };
}

export function startedAt(sec: number, name: string, pid: number): ModelEvent {
  const timeMs = incidentFromMs + sec * 1000;
  return { timeMs, level: 'ok', kind: 'build-started', pid, startTime: pid * 10, name, user: 'nixbld5' };
}

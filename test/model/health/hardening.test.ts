import { describe, expect, test } from 'vitest';
import {
  type HardeningPart,
  type HardeningPartId,
  hardeningLine,
  hardeningMark,
  missingHardening,
} from '../../../src/model/health/hardening.ts';

const part = (id: HardeningPartId, status: HardeningPart['status'], reason = 'why'): HardeningPart => ({
  id,
  status,
  reason,
});
const all = (over: Partial<Record<HardeningPartId, HardeningPart['status']>>) =>
  (['memory', 'own-memory', 'priority', 'oom', 'cgroup'] as const).map((id) => part(id, over[id] ?? 'done'));

describe('the mark in the title', () => {
  test.each([
    [{}, 'hardened'],
    [{ cgroup: 'unsupported' }, 'hardened'],
    [{ cgroup: 'denied' }, 'hardened 4/5'],
    [{ oom: 'denied', cgroup: 'unsupported' }, 'hardened 3/4'],
    [{ memory: 'unsupported', cgroup: 'unsupported' }, 'hardened 3/4'],
    [{ 'own-memory': 'unsupported', cgroup: 'unsupported' }, 'hardened 3/4'],
    [
      {
        memory: 'denied',
        'own-memory': 'denied',
        priority: 'denied',
        oom: 'denied',
        cgroup: 'unsupported',
      },
      'not hardened',
    ],
  ] as const)('%o: %s', (over, mark) => {
    expect(hardeningMark(all(over))).toBe(mark);
  });

  test('nothing before it was tried', () => {
    expect(hardeningMark(null)).toBeNull();
  });
});

test('what is required and missing, in one line', () => {
  expect(missingHardening(all({}))).toBeNull();
  expect(missingHardening(all({ cgroup: 'unsupported' }))).toBeNull();
  expect(missingHardening(all({ oom: 'denied', memory: 'unsupported' }))).toBe(
    'memory lock unsupported: why; OOM score denied: why',
  );
  expect(missingHardening(all({ 'own-memory': 'denied' }))).toBe('own memory denied: why');
  expect(hardeningLine(part('oom', 'denied', 'needs a right'))).toBe('OOM score denied: needs a right');
});

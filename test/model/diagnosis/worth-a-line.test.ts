/** What stands in the Overview, the status line and the journal without being asked for. */
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import { isWorthALine } from '../../../src/model/diagnosis/worth-a-line.ts';

const stuck: Pick<Finding, 'level' | 'state' | 'found'> = {
  level: 'critical',
  state: 'likely',
  found: { kind: 'build-stuck', build: 'a-1.0', how: 'idle' },
};

test('what is likely and to be mended, and no pause that somebody asked for', () => {
  expect(isWorthALine(stuck)).toBe(true);
  expect(isWorthALine({ ...stuck, state: 'possible' })).toBe(false);
  expect(isWorthALine({ ...stuck, level: 'ok' })).toBe(false);
  const found = { kind: 'paused', build: 'a-1.0', by: 'signal', cgroup: null, fromNixpulse: false } as const;
  expect(isWorthALine({ level: 'warning', state: 'confirmed', found })).toBe(false);
});

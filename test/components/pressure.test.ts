/** The same pressure has the same share wherever it stands beside its level. */
import { expect, test } from 'vitest';
import { compactPressureRow } from '../../components/pressure/compact-row.ts';
import { pressureRows } from '../../components/pressure/pressure-rows.ts';
import { noPaint } from '../../src/format/paint.ts';
import type { Model } from '../../src/model/model.ts';
import { busy, busyHistory } from '../support/model-fixture.ts';

const style = { paint: noPaint, unicode: true };
const late = { pressure: null, memory: null, disks: null };

function memoryAt(level: 'ok' | 'critical', avg10: number, tickPercent: number): Model {
  const line = { avg10, avg60: 0, avg300: 0, tickPercent };
  const memory = { ...busy.pressure.memory, some: line, full: line, level };
  return { ...busy, pressure: { ...busy.pressure, memory } };
}

test.each([
  // What is judged: the kernel's 10 s lag a rise, and a quiet tick amid a freeze denies nothing.
  ['a quiet tick', 'critical', 52, 3, '52%'],
  ['a rise', 'critical', 20, 88, '88%'],
  ['calm, a spike ten seconds ago', 'ok', 22, 1, '1%'],
] as const)('%s', (_, level, avg10, tick, share) => {
  const model = memoryAt(level, avg10, tick);
  const [memory = ''] = pressureRows(model, busyHistory, late, 120, style);
  expect(memory.match(/\d+%/g)).toEqual([share, share]);
  expect(/memory \w+ (\d+%)/.exec(compactPressureRow(model, late, 120, style))?.[1]).toBe(share);
});

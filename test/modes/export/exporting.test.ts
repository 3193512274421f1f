import { expect, test } from 'vitest';
import { createExporting } from '../../../src/modes/export/exporting.ts';
import { busy } from '../../support/model-fixture.ts';

const health = { latenessMs: 0, lowDetail: false, privilegeHint: null };

function start() {
  let asked = 0;
  const own = () => {
    asked += 1;
    return { residentBytes: 1, cpuUsec: 2 };
  };
  return { exporting: createExporting({ version: '1', top: 0, startedMs: 0, own }), asked: () => asked };
}

test('before the first look there is only itself', () => {
  const { exporting } = start();
  expect(exporting.has).toBe(false);
  expect(exporting.text()).toContain('nixpulse_exporter_info');
  expect(exporting.text()).not.toContain('nixpulse_memory');
});

test('asked a thousand times between two looks it is made once', () => {
  const { exporting, asked } = start();
  let reads = 0;
  const model = Object.defineProperty({ ...busy }, 'timeMs', {
    enumerable: true,
    get() {
      reads += 1;
      return busy.timeMs;
    },
  });
  exporting.looked(model, health, null);
  const text = exporting.text();
  const before = { reads, asked: asked() };
  expect(before.reads).toBeGreaterThan(0);
  for (let count = 0; count < 1000; count += 1) expect(exporting.text()).toBe(text);
  expect({ reads, asked: asked() }).toEqual(before);
  exporting.looked({ ...busy, timeMs: busy.timeMs + 1000 }, health, null);
  expect(exporting.text()).not.toBe(text);
  expect(exporting.text()).toContain('nixpulse_exporter_looks_total 2\n');
});

test('what happened stays counted when the Model forgets it', () => {
  const { exporting } = start();
  exporting.looked(busy, health, null);
  const line = /nixpulse_events_total\{kind="oom-kill"\} 1\n/;
  expect(exporting.text()).toMatch(line);
  exporting.looked({ ...busy, events: [] }, { ...health, privilegeHint: 'root sees more' }, 3);
  expect(exporting.text()).toMatch(line);
  expect(exporting.text()).toContain('nixpulse_exporter_missing_privilege 1\n');
  expect(exporting.text()).toContain('nixpulse_exporter_file_failures_total 3\n');
});

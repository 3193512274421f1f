/** What a sample does not bring keeps its objects: narrow selectors compare references. */
import { expect, test } from 'vitest';
import { derive } from '../../src/model/derive.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { HostRaw, Sample } from '../../src/model/sample.ts';
import {
  cpuRaw,
  diskRaw,
  memoryRaw,
  pressureRaw,
  run,
  sampleAt,
  storageRaw,
} from './machine/machine-samples.ts';

const host: HostRaw = {
  name: 'box',
  kernel: '6.12.1',
  system: null,
  cpuModel: null,
  cpus: 8,
  nixVersion: null,
  diskModels: {},
};
const parts = {
  host,
  pressure: pressureRaw(),
  memory: memoryRaw(),
  cpu: cpuRaw(),
  disks: [diskRaw()],
  storage: storageRaw(),
};
const slices = [
  'host',
  'pressure',
  'memory',
  'cpu',
  'disks',
  'filesystems',
  'shortages',
  'events',
  'problems',
] as const;

test('an empty sample changes nothing but the time', () => {
  const before = run(sampleAt(1000, parts), sampleAt(2000, parts));
  const after = derive(sampleAt(2500, {}), before);
  for (const slice of slices) expect(after.model[slice], slice).toBe(before.model[slice]);
  for (const slice of ['daemon', 'clients', 'workers', 'builds', 'transfers', 'totals'] as const)
    expect(after.model[slice], slice).toBe(before.model[slice]);
  expect(after.model).toMatchObject({ monotonicMs: 2500, intervalSec: 1 });
  expect(after.model.readAtMs).toEqual(before.model.readAtMs);
});

test.each([
  ['pressure', ['pressure'], parts.pressure],
  ['memory', ['memory'], { ...parts.memory, dirtyBytes: 12_345 }],
  ['disks', ['disks'], [{ ...diskRaw(), readsDone: diskRaw().readsDone + 7 }]],
  ['memory', [], parts.memory],
  ['disks', [], parts.disks],
  ['storage', [], parts.storage],
  ['cpu', ['cpu'], parts.cpu],
] as const)('a sample of %s changes %o', (part, changed, raw) => {
  const before = run(sampleAt(1000, parts), sampleAt(2000, parts));
  const { model } = derive(sampleAt(3000, { [part]: raw }), before);
  const differing = slices.filter((slice) => model[slice] !== before.model[slice]);
  expect(differing).toEqual(changed);
  expect(model.readAtMs[part]).toBe(3000);
});

test('nothing read: everything unknown, and nothing thrown', () => {
  const { model } = run(sampleAt(7, {}));
  expect(model).toEqual({ ...emptyModel, timeMs: model.timeMs, monotonicMs: 7 });
});

test('facts of the host that come later are added; uptime counts on without the host part', () => {
  const first = run(sampleAt(0, { host, cpu: cpuRaw({}, 99.6) }));
  expect(first.model.host).toMatchObject({ name: 'box', cpus: 8, uptimeSec: 99 });
  const second = derive(
    sampleAt(500, { host: { ...host, nixVersion: '2.26.3' }, cpu: cpuRaw({}, 99.9) }),
    first,
  );
  expect(second.model.host).toMatchObject({ nixVersion: '2.26.3', uptimeSec: 99 });
  const third = derive(sampleAt(1000, { cpu: cpuRaw({}, 100.4) }), second);
  expect(third.model.host).toMatchObject({ name: 'box', uptimeSec: 100 });
});

test('the same samples give the same models, and are not changed', () => {
  const samples: readonly Sample[] = [
    sampleAt(0, parts),
    sampleAt(500, { pressure: pressureRaw() }),
    sampleAt(1000, parts),
  ];
  const copy = structuredClone(samples);
  expect(run(...samples)).toEqual(run(...copy));
  expect(samples).toEqual(copy);
});

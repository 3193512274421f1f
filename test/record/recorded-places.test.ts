/** The places of recorded storage are read, not believed: what is none costs no more than itself. */
import { expect, test } from 'vitest';
import type { PlacesRaw } from '../../src/model/machine/places.ts';
import type { Sample } from '../../src/model/sample.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { sampleAt, storageRaw } from '../model/machine/machine-samples.ts';

const places: PlacesRaw = {
  buildDirectory: '/tmp',
  minFreeBytes: null,
  upperLayers: [{ mountPoint: '/nix/store', upperMountPoint: '/', upperType: 'tmpfs' }],
  boot: {
    mountPoint: '/boot',
    type: 'vfat',
    totalBytes: 5e8,
    availableBytes: 9e6,
    pairBytes: 5e7,
    staleEntries: 3,
  },
  buildSizes: [{ path: '/tmp/nix-7-1', uid: 30_001, bytes: 5, whole: false }],
};
const modelOf = (recorded: unknown) =>
  deriveRecorded(
    sampleAt(1000, { storage: { ...storageRaw(), places: recorded } as ReturnType<typeof storageRaw> }),
    null,
  ).model;

test('as they were recorded', () => {
  expect(modelOf(JSON.parse(JSON.stringify(places))).places).toEqual(places);
});

test.each([
  ['no fields', 7],
  ['no lists', { ...places, upperLayers: 'x' }],
  ['no partition', { ...places, boot: { mountPoint: 5 } }],
])('places that are none are left out, the rest stays: %s', (_, recorded) => {
  const model = modelOf(recorded);
  expect(model.places).toBeUndefined();
  expect(model.filesystems).toHaveLength(2);
});

test('sizes that are none are left out alone', () => {
  const { buildSizes, ...kept } = places;
  expect(buildSizes).toHaveLength(1);
  expect(modelOf({ ...places, buildSizes: 'x' }).places).toEqual(kept);
});

test('storage that is none at all', () => {
  const sample = { ...sampleAt(1000, {}), storage: { ok: true, atMs: 1, value: 5 } } as unknown as Sample;
  expect(deriveRecorded(sample, null).model.monotonicMs).toBe(1000);
});

/** Caches and builders of recordings: as they were written, and as somebody writes them who means harm. */
import { expect, test } from 'vitest';
import { peerRows } from '../../src/model/caches/peer-list.ts';
import type { Sample } from '../../src/model/sample.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { readCaches } from '../../src/record/read-caches.ts';
import { cachesRaw } from '../support/caches-fixture.ts';

const at = (second: number, value?: unknown): Sample => ({
  ...{ version: 1, timeMs: 1e12 + second * 1000, monotonicMs: second * 1000 },
  ...(value !== undefined && { caches: { ok: true, atMs: second * 1000, value: value as never } }),
});

test('every field is read as it was written', () => {
  expect(readCaches(structuredClone(cachesRaw))).toEqual(cachesRaw);
});

test('a replay has them until they are others; old recordings have none', () => {
  const first = deriveRecorded(at(1), null);
  expect(first.model.caches).toBeNull();
  const second = deriveRecorded(at(2, cachesRaw), first);
  expect(second.model.caches).toEqual(cachesRaw);
  const third = deriveRecorded(at(3), second);
  expect(third.model.caches).toBe(second.model.caches);
});

test.each([
  7,
  null,
  [],
  {},
  { ...cachesRaw, caches: 'x' },
  { ...cachesRaw, day: null },
  { ...cachesRaw, locks: [{ name: 1 }, null], checks: [{ ...cachesRaw.checks[0], version: 2 }, {}] },
  { ...cachesRaw, builders: [{ address: {} }, 3] },
])('%j harms nobody', (value) => {
  const { model } = deriveRecorded(at(1, value), null);
  expect(() => peerRows(model)).not.toThrow();
});

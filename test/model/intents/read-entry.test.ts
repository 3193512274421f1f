/** What a journal of this version or another names, as far as it is understood. */
import { expect, test } from 'vitest';
import { readEntry } from '../../../src/model/intents/read-entry.ts';

const target = { root: { pid: 300, startTime: 1300 }, uid: 30_001, name: 'hello-1.0', user: 'nixbld1' };
const entry = {
  ...{ version: 1, time: '2026-11-20T03:28:00.000Z', user: 'root', via: 'guard', title: 't', status: 'done' },
  ...{ summary: 's', details: [], durationMs: 1 },
};
const intentOf = (intent: unknown) => readEntry({ ...entry, intent })?.intent;

test.each([
  { type: 'lower', targets: [target] },
  { type: 'limit', targets: [target], memoryHighBytes: 4096 },
  { type: 'restore', targets: [target] },
  { type: 'restart-unit', unit: 'nix-daemon.service' },
])('$type', (intent) => expect(intentOf(intent)).toEqual(intent));

test.each([
  { type: 'lower', targets: [{ root: { pid: '300' } }] },
  { type: 'limit' },
  { type: 'restart-unit', unit: 5 },
  { type: 'of another version', targets: [target] },
])('%j is none of ours', (intent) => expect(intentOf(intent)).toBeNull());

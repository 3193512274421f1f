/** A guard is held by a file in its directory, and only the very guard that was asked about. */
import { expect, test } from 'vitest';
import { holdGuard } from '../../src/actions/hold-guard.ts';
import { fail } from '../../src/base/problem.ts';
import type { OwnFiles } from '../../src/platform/ports.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { guardStatus } from '../support/guard-status.ts';

const directory = '/run/user/1000/nixpulse-guard';
const { pid, startTime } = guardStatus();
const intent = { type: 'hold-guard', guard: { pid, startTime }, directory, holdMs: 3_600_000 } as const;

function world(ownFiles: Partial<OwnFiles> = {}) {
  const ports = createFakePorts();
  ports.ownFiles.texts.set(`${directory}/status.json`, JSON.stringify(guardStatus()));
  const native = fakeNative({ uid: 1000 });
  const context = {
    ports: { ...ports, native, ownFiles: { ...ports.ownFiles, ...ownFiles } },
    readForest: () => null,
    stateDirectory: '/state',
    report: () => {},
    cancelled: new AbortController().signal,
  };
  const hold = () => JSON.parse(ports.ownFiles.texts.get(`${directory}/hold.json`) ?? 'null');
  return { ports, hold, perform: (over: object = {}) => holdGuard({ ...intent, ...over }, context) };
}

test('for an hour, and no longer when it is asked again', async () => {
  const { ports, hold, perform } = world();
  expect(await perform()).toMatchObject({
    status: 'done',
    summary: expect.stringMatching(/^the guard is held until \d\d:\d\d:\d\d$/),
  });
  expect(hold()).toEqual({ version: 1, untilMs: ports.clock.now() + 3_600_000, by: 'uid 1000' });
  expect(await perform({ holdMs: 0 })).toMatchObject({
    status: 'done',
    summary: 'the guard is held no more',
  });
  expect(hold()).toEqual({ version: 1, untilMs: ports.clock.now(), by: 'uid 1000' });
});

test.each([
  ['another guard is there by now', JSON.stringify(guardStatus({ startTime: startTime + 1 }))],
  ['it is no status', '{}'],
  ['it is gone', undefined],
])('%s: nothing is written', async (_, text) => {
  const { ports, hold, perform } = world();
  const path = `${directory}/status.json`;
  if (text === undefined) ports.ownFiles.texts.delete(path);
  else ports.ownFiles.texts.set(path, text);
  expect(await perform()).toMatchObject({ status: 'refused', summary: 'that guard is no longer there' });
  expect(hold()).toBeNull();
});

test('where we may not write, and how one may', async () => {
  const { perform } = world({ replace: async (path) => fail('denied', path, 'EACCES') });
  expect(await perform()).toMatchObject({
    status: 'denied',
    summary: 'not permitted, it is not your guard: sudo nixpulse guard hold',
  });
});

test('a disk that does not answer', async () => {
  const { perform } = world({ replace: async (path) => fail('timeout', path) });
  expect(await perform()).toMatchObject({
    status: 'failed',
    summary: `the guard could not be told: ${directory}/hold.json: no answer`,
  });
});

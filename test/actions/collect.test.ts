/** A bundle is gathered by our own program beside the screen: its lines are progress, its last one the outcome. */
import { expect, test } from 'vitest';
import { collect } from '../../src/actions/collect.ts';
import type { Progress } from '../../src/model/intents/outcome.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';
import type { FakeStream } from '../support/fake-spawn.ts';

const directory = '/var/lib/nixpulse/bundles';
const result = {
  ...{
    kind: 'bundle',
    path: `${directory}/x.tar.gz`,
    bytes: 84_000,
    sha256: 'abc',
    place: 'the disk answers',
  },
  ...{ inMemory: false, missed: ['smart'] },
};

function world(stream: FakeStream) {
  const ports = createFakePorts();
  ports.spawn.onStream = () => stream;
  const reports: Progress[] = [];
  const cancel = new AbortController();
  const context = {
    ...{ ports, readForest: () => null, stateDirectory: '/state', cancelled: cancel.signal },
    collect: {
      command: ['/bin/node', 'nixpulse.cjs', 'collect', '--json'] as [string, ...string[]],
      environment: { HOME: '/root' },
      directory,
    },
    report: (progress: Progress) => void reports.push(progress),
  };
  return { ports, reports, cancel, context, done: () => collect({ type: 'collect', directory }, context) };
}

test('tells how far it is, and where the archive is', async () => {
  const { done, reports, ports } = world({
    lines: [
      '{"kind":"progress","done":3,"total":70,"what":"memory and swap"}',
      'no JSON',
      '{"kind":"progress","done":70,"total":70,"what":"the recording"}',
      JSON.stringify(result),
    ],
  });
  expect(await done()).toEqual({
    status: 'done',
    summary: `${directory}/x.tar.gz, 82 KB`,
    details: [
      '1 source gave less than all; README.md in it says which',
      'read it before you share it; sha256 abc',
    ],
  });
  expect(reports).toEqual([
    { text: 'memory and swap', done: 3, total: 70 },
    { text: 'the recording', done: 70, total: 70 },
  ]);
  expect(ports.spawn.calls).toMatchObject([
    { file: '/bin/node', args: ['nixpulse.cjs', 'collect', '--json'] },
  ]);
});

test('says that it is in memory, where that is so', async () => {
  const { done } = world({ lines: [JSON.stringify({ ...result, inMemory: true, missed: [] })] });
  expect(await done()).toMatchObject({
    details: ['it is in memory, gone with the next boot: the disk answers', expect.anything()],
  });
});

test('ends early with what there is', async () => {
  const { done, cancel, ports } = world({ lines: [JSON.stringify(result)], endless: true });
  const ended = done();
  await settled();
  cancel.abort();
  expect(await ended).toMatchObject({
    status: 'incomplete',
    summary: expect.stringContaining('with what there was'),
  });
  expect(ports.spawn.calls[0]?.cancelled).toBe(true);
});

test('says why there is none', async () => {
  const failed = world({ lines: ['2>nixpulse: nothing was gathered: /x: denied'], exitCode: 1 });
  expect(await failed.done()).toMatchObject({
    status: 'failed',
    summary: 'no bundle: nothing was gathered: /x: denied',
  });
  const denied = world({ lines: ['2>nixpulse: nothing was gathered: /x: denied'], exitCode: 3 });
  expect(await denied.done()).toMatchObject({ status: 'denied' });
  const silent = world({ lines: [], signal: 'SIGKILL' });
  expect(await silent.done()).toMatchObject({
    status: 'failed',
    summary: 'no bundle: it ended without a word',
  });
  const { collect: _, ...none } = failed.context;
  expect(await collect({ type: 'collect', directory }, none)).toMatchObject({ status: 'refused' });
});

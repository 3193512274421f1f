import { expect, test } from 'vitest';
import { probe } from '../../src/actions/probe.ts';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { ProbeLoaders } from '../../src/probes/load-probe.ts';
import type { Probe } from '../../src/probes/probe.ts';
import { createProbes } from '../../src/probes/run-probes.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

function world(bring: Probe<'units'>) {
  const ports = createFakePorts();
  const loaders: Partial<ProbeLoaders> = { units: async () => bring };
  const abort = new AbortController();
  const reports: string[] = [];
  const context = {
    ports,
    probes: createProbes(ports, { stateDirectory: undefined, loaders }),
    readForest: () => null,
    stateDirectory: '/state',
    report: ({ text }: { text?: string }) => void reports.push(text ?? ''),
    cancelled: abort.signal,
  };
  return { ports, context, abort, reports };
}

const units = { type: 'probe', probe: 'units', subject: null } as const;
const title = 'list failed units and waiting jobs';
const failedUnit = { failed: [{ unit: 'nix-gc.service', state: 'failed' }], jobs: [] };

test.each<[string, Result<typeof failedUnit>, object]>([
  ['what it found', ok(failedUnit), { status: 'done', summary: `${title}: 1 unit failed: nix-gc.service` }],
  [
    'nothing',
    ok({ failed: [], jobs: [] }),
    { status: 'done', summary: `${title}: no unit has failed, no job is under way` },
  ],
  [
    'a privilege',
    fail('denied', '/dev/kmsg', 'needs root'),
    { status: 'denied', summary: `${title}: /dev/kmsg: denied, needs root` },
  ],
  ['no program', fail('unsupported', 'systemctl', 'not installed'), { status: 'refused' }],
  ['its deadline', fail('timeout', 'systemctl'), { status: 'failed' }],
])('%s is the outcome', async (_, result, outcome) => {
  const { context, reports } = world(async (_subject, { progress }) => {
    progress('asks');
    return result;
  });
  expect(await probe(units, context)).toMatchObject(outcome);
  expect(reports).toEqual(['asks']);
});

test('cancelled it ends the probe', async () => {
  const { context, abort } = world(
    (_, { cancelled }) =>
      new Promise((resolve) => cancelled.addEventListener('abort', () => resolve(fail('gone', 'ended')))),
  );
  const outcome = probe(units, context);
  await settled();
  abort.abort();
  expect(await outcome).toEqual({ status: 'cancelled', summary: `${title}: ended`, details: [] });
  expect(context.probes.running).toEqual([]);
});

test('why one is not begun is said', async () => {
  const { context } = world(async () => ok(failedUnit));
  expect(await probe({ ...units, subject: 'sda' }, context)).toEqual({
    status: 'refused',
    summary: `${title}: sda: it is about the machine`,
    details: [],
  });
  const { probes: _, ...without } = context;
  expect(await probe(units, without)).toMatchObject({ status: 'refused' });
});

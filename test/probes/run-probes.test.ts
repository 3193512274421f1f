import { expect, test } from 'vitest';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import { deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { ProbeValues } from '../../src/model/diagnosis/probe-values.ts';
import { resultOf } from '../../src/model/diagnosis/probes-done.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model, Shortage } from '../../src/model/model.ts';
import type { ProbeLoaders } from '../../src/probes/load-probe.ts';
import type { Probe, ProbeContext } from '../../src/probes/probe.ts';
import { createProbes } from '../../src/probes/run-probes.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

type Units = ProbeValues['units'];
const noUnits: Units = { failed: [], jobs: [] };

/** Probes that wait until the test answers; all of one list. */
function waiting(options: { deaf?: boolean } = {}) {
  const asked: { context: ProbeContext; answer: (result: Result<never>) => void }[] = [];
  const probe: Probe<'units'> = (_, context) =>
    new Promise((resolve) => {
      asked.push({ context, answer: resolve as (result: Result<never>) => void });
      if (!options.deaf) context.cancelled.addEventListener('abort', () => resolve(fail('gone', 'ended')));
    });
  const load = async () => probe as Probe<never>;
  const loaders: Partial<ProbeLoaders> = {
    units: load,
    stack: load,
    smart: load,
    'verify-store': load,
    'bad-blocks': load,
  };
  return { asked, loaders };
}

function probesOf({ deaf = false } = {}) {
  const ports = createFakePorts();
  const { asked, loaders } = waiting({ deaf });
  const probes = createProbes(ports, { stateDirectory: undefined, loaders });
  /** The next Sample's part, as the loop would take it. */
  const told = () => {
    const { probes: reading } = probes.source.sample();
    return reading?.ok ? reading.value : null;
  };
  return { ports, asked, probes, told };
}

function short(resource: Shortage['resource'], level: Shortage['level'] = 'critical'): Model {
  const cause = { kind: 'stall', device: null, stalledSec: null } as const;
  return { ...emptyModel, shortages: [{ resource, level, cause, sinceMs: 0, levelSinceMs: 0 }] };
}

async function begun(start: ReturnType<ReturnType<typeof probesOf>['probes']['run']>) {
  if (!start.ok) throw new Error(start.refusal.kind);
  await settled();
  return start.done;
}

test('nothing is told, and nothing waits, while none runs', () => {
  const { ports, told } = probesOf();
  expect(told()).toBeNull();
  expect(ports.clock.pending).toBe(0);
});

test('what runs and what it brought come into the Model, each once', async () => {
  const { ports, asked, probes, told } = probesOf();
  const start = probes.run('units', null);
  await settled();
  expect(told()).toMatchObject({ running: [{ id: 'units', subject: null, progress: null }], results: [] });
  expect(told()).toBeNull();
  asked[0]?.context.progress('half');
  expect(told()).toMatchObject({ running: [{ progress: 'half' }] });
  asked[0]?.answer(ok(noUnits) as never);
  ports.clock.advance(10);
  expect(await begun(start)).toMatchObject({ id: 'units', ok: true, value: noUnits });
  const reading = probes.source.sample();
  expect(told()).toBeNull();
  const { model } = deriveSample({ version: 1, timeMs: 1, monotonicMs: 1, ...reading }, null);
  expect(model.probes.running).toEqual([]);
  expect(resultOf(model.probes, 'units')).toMatchObject({ ok: true, value: noUnits });
  // Told again for recordings that are entered later: the same Model.
  ports.clock.advance(60_000);
  const again = probes.source.sample();
  expect(again.probes).toMatchObject({ value: { results: [{ id: 'units' }] } });
  const before = deriveSample({ version: 1, timeMs: 1, monotonicMs: 1, ...reading }, null);
  const after = deriveSample({ version: 1, timeMs: 2, monotonicMs: 2, ...again }, before);
  expect(after.model.probes).toBe(before.model.probes);
  expect(ports.clock.pending).toBe(0);
});

test.each([
  ['device', 'smart', '../sda'],
  ['device', 'smart', null],
  ['process', 'stack', '12; rm'],
  ['process', 'stack', '-1'],
  [null, 'units', 'nix-daemon.service'],
] as const)('a subject that is no %s is refused: %s %s', async (wants, id, subject) => {
  const { asked, probes } = probesOf();
  expect(probes.run(id, subject)).toEqual({ ok: false, refusal: { kind: 'subject', wants } });
  await settled();
  expect(asked).toEqual([]);
});

test('of one probe and subject one runs at a time, of heavy ones one at all', async () => {
  const { probes } = probesOf();
  expect(probes.run('stack', '7').ok).toBe(true);
  expect(probes.run('stack', '7')).toEqual({ ok: false, refusal: { kind: 'running' } });
  expect(probes.run('stack', '8').ok).toBe(true);
  expect(probes.run('verify-store', null).ok).toBe(true);
  expect(probes.run('bad-blocks', 'sda')).toEqual({
    ok: false,
    refusal: { kind: 'busy', with: 'verify-store' },
  });
  expect(probes.running.map(({ id }) => id)).toEqual(['stack', 'stack', 'verify-store']);
});

test.each(['memory', 'io'] as const)(
  'heavy ones wait while %s is critical, unless forced',
  async (resource) => {
    const { probes } = probesOf();
    probes.source.looked?.(short(resource));
    expect(probes.run('verify-store', null)).toEqual({ ok: false, refusal: { kind: 'critical', resource } });
    expect(probes.run('units', null).ok).toBe(true);
    expect(probes.run('verify-store', null, { force: true }).ok).toBe(true);
    probes.source.looked?.(short(resource));
    await settled();
    expect(probes.running.map(({ id }) => id)).toContain('verify-store');
  },
);

test.each([
  ['memory', 'critical', false],
  ['memory', 'warning', true],
  ['io', 'critical', true],
  ['cpu', 'critical', true],
] as const)('a heavy one while %s becomes %s goes on: %s', async (resource, level, goesOn) => {
  const { probes, told } = probesOf();
  const start = probes.run('verify-store', null);
  await settled();
  probes.source.looked?.(short(resource, level));
  await settled();
  expect(probes.running.length === 1).toBe(goesOn);
  if (goesOn) return;
  expect(await begun(start)).toMatchObject({ ok: false, problem: { kind: 'exhausted' } });
  expect(told()).toMatchObject({ running: [], results: [{ id: 'verify-store', ok: false }] });
});

test('at its deadline it is ended, and says so', async () => {
  const { ports, asked, probes } = probesOf();
  const start = probes.run('units', null);
  await settled();
  ports.clock.advance(29_999);
  expect(asked[0]?.context.cancelled.aborted).toBe(false);
  ports.clock.advance(1);
  expect(await begun(start)).toMatchObject({ ok: false, problem: { kind: 'timeout' } });
});

test('cancelled it leaves nothing behind, and no result', async () => {
  const { ports, probes, told } = probesOf();
  const start = probes.run('units', null);
  await settled();
  told();
  expect(probes.cancel('units', null)).toBe(true);
  expect(await begun(start)).toBeNull();
  expect(told()).toEqual({ running: [], results: [] });
  expect(told()).toBeNull();
  expect(probes.cancel('units', null)).toBe(false);
  expect(ports.clock.pending).toBe(0);
});

test('what it found before it was cancelled counts', async () => {
  const { asked, probes } = probesOf({ deaf: true });
  const start = probes.run('units', null);
  await settled();
  probes.cancel('units', null);
  asked[0]?.answer(ok(noUnits) as never);
  expect(await begun(start)).toMatchObject({ ok: true, value: noUnits });
});

test('one that does not come back is left behind, and not begun again before it does', async () => {
  const { ports, asked, probes } = probesOf({ deaf: true });
  const start = probes.run('units', null);
  await settled();
  probes.cancel('units', null);
  ports.clock.advance(3000);
  expect(await begun(start)).toBeNull();
  expect(probes.running).toEqual([]);
  expect(probes.run('units', null)).toEqual({ ok: false, refusal: { kind: 'hangs' } });
  asked[0]?.answer(fail('gone', 'late'));
  await settled();
  expect(probes.run('units', null).ok).toBe(true);
});

test('when nixpulse ends, all are ended, and none begins', async () => {
  const { asked, probes } = probesOf();
  const start = probes.run('stack', '7');
  await settled();
  probes.source.close();
  expect(asked[0]?.context.cancelled.aborted).toBe(true);
  expect(await begun(start)).toBeNull();
  expect(probes.run('stack', '7')).toEqual({ ok: false, refusal: { kind: 'unknown' } });
});

test('a bug in one is its result', async () => {
  const ports = createFakePorts();
  const probes = createProbes(ports, {
    stateDirectory: undefined,
    loaders: {
      units: async () => {
        throw new Error('no such module');
      },
    },
  });
  const start = probes.run('units', null);
  expect(await begun(start)).toMatchObject({ problem: { cause: 'a bug in nixpulse: no such module' } });
});

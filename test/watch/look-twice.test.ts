import { expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import type { DerivedSample as Derived } from '../../src/diagnose/derive-sample.ts';
import type { Notice } from '../../src/model/diagnosis/notice.ts';
import type { HostRaw, Sample } from '../../src/model/sample.ts';
import type { Source } from '../../src/samplers/source.ts';
import { takeModel } from '../../src/watch/look-twice.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { settled } from '../support/fake-ports.ts';

function setUp(facts?: () => Promise<void>) {
  const clock = createFakeClock({ monotonic: 0 });
  const looks: number[] = [];
  let closed = 0;
  const source: Source = {
    id: 'pressure',
    sample: () => {
      looks.push(clock.monotonic());
      return {};
    },
    close: () => {
      closed += 1;
    },
  };
  const derived: [Sample, Derived | null][] = [];
  const derive = (sample: Sample, before: Derived | null) => {
    derived.push([sample, before]);
    return { model: { intervalSec: derived.length }, carry: { sample } } as unknown as Derived;
  };
  const model = takeModel({
    sources: [source],
    clock,
    intervalMs: 1000,
    derive,
    ...(facts ? { settled: facts } : {}),
  });
  return { clock, looks, derived, model, closed: () => closed };
}

test('two looks, one interval apart, the second derived from the first', async () => {
  const { clock, looks, derived, model, closed } = setUp();
  await settled();
  clock.advance(999);
  await settled();
  expect(looks).toEqual([0]);
  clock.advance(1);
  expect((await model).intervalSec).toBe(2);
  expect(looks).toEqual([0, 1000]);
  expect(derived[0]?.[1]).toBeNull();
  expect(derived[1]?.[1]?.carry).toEqual({ sample: derived[0]?.[0] });
  expect(closed()).toBe(1);
});

test('looks until the facts are back before the first that counts', async () => {
  const { clock, looks, derived, model } = setUp(async () => {});
  await settled();
  clock.advance(1000);
  expect((await model).intervalSec).toBe(2);
  expect(looks).toEqual([0, 0, 0, 0, 1000]);
  expect(derived).toHaveLength(2);
});

test('what is given only once, in a look before those that count, is kept', async () => {
  const clock = createFakeClock({ monotonic: 0 });
  const host = { atMs: 0, ...ok({ name: 'vm' } as HostRaw) };
  let given = false;
  const source: Source = {
    id: 'iostat',
    sample: () => {
      if (given) return {};
      given = true;
      return { host };
    },
    close: () => {},
  };
  const seen: Sample[] = [];
  const derive = (sample: Sample) => {
    seen.push(sample);
    return {} as unknown as Derived;
  };
  const taken = takeModel({ sources: [source], clock, intervalMs: 1000, derive, settled: async () => {} });
  await settled();
  clock.advance(1000);
  await taken;
  expect(seen.map((sample) => sample.host)).toEqual([host, undefined]);
});

test('facts that hang are not waited for', async () => {
  const { clock, looks, model } = setUp(() => new Promise(() => {}));
  clock.advance(500);
  await settled();
  expect(looks).toEqual([0, 500]);
  clock.advance(1000);
  await settled();
  clock.advance(500);
  await model;
  expect(looks).toEqual([0, 500, 2000]);
});

test('of what streams tell before the looks that count nothing is lost', async () => {
  const clock = createFakeClock({ monotonic: 0 });
  let look = 0;
  const source: Source = {
    id: 'logs',
    sample: () => {
      look += 1;
      const events = [{ kind: 'output', lines: [`${look}`], count: 1 }] as const;
      const stream = { id: 'stdin', origin: { kind: 'stdin' }, writers: 'one', events } as const;
      return { logs: { atMs: 0, ...ok({ streams: [stream] }) } };
    },
    close: () => {},
  };
  const taken = takeModel({ sources: [source], clock, intervalMs: 1000, settled: async () => {} });
  await settled();
  clock.advance(1000);
  const { rebuilds } = await taken;
  expect(rebuilds[0]?.rebuild.output).toEqual(['1', '2', '3', '4', '5']);
});

test('what the kernel said in a look before those that count is kept', async () => {
  const clock = createFakeClock({ monotonic: 0 });
  const said: (readonly Notice[])[] = [[noticeOf(1)], [], [noticeOf(2), noticeOf(3)]];
  const source: Source = {
    id: 'health',
    sample: () => {
      const value = said.shift();
      return value === undefined ? {} : { notices: { atMs: clock.monotonic(), ...ok(value) } };
    },
    close: () => {},
  };
  const model = takeModel({ sources: [source], clock, intervalMs: 1000, settled: async () => {} });
  await settled();
  clock.advance(1000);
  expect((await model).notices).toEqual([noticeOf(1), noticeOf(2), noticeOf(3)]);
});

function noticeOf(pid: number): Notice {
  return { kind: 'hung-task', pid, comm: 'x', sec: 120, timeMs: pid, from: 'kernel', text: 'x' };
}

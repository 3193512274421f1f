import { expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Sample } from '../../src/model/sample.ts';
import { eventsOf } from '../support/logs.ts';
import { bare, build, drvOf, progress, say, stop } from '../support/rebuild-log.ts';

const startMs = Date.UTC(2026, 10, 29, 12, 0, 0);
const names = ['a', 'b', 'c'];
const heard: Readonly<Record<number, readonly object[]>> = {
  0: [bare(10, 102), bare(11, 104), say('these 3 derivations will be built:')],
  1: [...names.map((name) => say(`  ${drvOf(name)}`)), build(1, 'a')],
  61: [progress(11, 1, 3, 0, 0), stop(1), build(2, 'b')],
  121: [progress(11, 2, 3, 0, 0), stop(2), build(3, 'c')],
};

/** A rebuild of three builds of a minute, one after the other; all that is known comes with the first Sample. */
const samples: readonly Sample[] = Array.from({ length: 180 }, (_, sec): Sample => {
  const text = (heard[sec] ?? []).map((one) => `@nix ${JSON.stringify(one)}\n`).join('');
  const events: readonly LogEvent[] = eventsOf(text).filter(({ kind }) => kind !== 'end');
  const stream = { id: 's', origin: { kind: 'stdin' }, writers: 'one', events } as const;
  const value = {
    streams: events.length === 0 ? [] : [stream],
    ...(sec === 0 && {
      durations: names.map((name) => ({ name, hosts: [{ host: '', seconds: [60, 60, 60] }] })),
      derivations: names.map((name) => ({ drv: drvOf(name), inputs: [], pname: null, system: null })),
      maxJobs: 1,
    }),
  };
  const monotonicMs = sec * 1000;
  return {
    ...{ version: 1, timeMs: startMs + monotonicMs, monotonicMs },
    logs: { ok: true, value, atMs: monotonicMs },
  };
});

const quiet = ({ version, timeMs, monotonicMs }: Sample): Sample => ({ version, timeMs, monotonicMs });

function play(of: readonly Sample[]) {
  let derived: DerivedSample | null = null;
  return of.map((sample) => {
    derived = deriveSample(sample, derived);
    return derived.model;
  });
}

test('it goes down as builds end and time passes, at most once a second', () => {
  const models = play(samples);
  const highs = models.map(({ rebuilds }) => rebuilds[0]?.estimate?.highSec ?? null);
  expect(highs[0]).toBeNull();
  expect(highs[3]).toBeGreaterThan(170);
  expect(highs[3]).toBeLessThan(240);
  expect(highs[90]).toBeLessThan(130);
  expect(highs[174]).toBeLessThan(30);
});

test('the same Samples give the same one, and one that does not change is the same object', () => {
  const models = play(samples);
  const again = play(samples);
  expect(models.map(({ rebuilds }) => rebuilds[0]?.estimate)).toEqual(
    again.map(({ rebuilds }) => rebuilds[0]?.estimate),
  );
  expect(models[5]?.rebuilds).toBe(models[4]?.rebuilds);
  for (let sec = 1; sec < models.length; sec++) {
    const [before, now] = [models[sec - 1]?.rebuilds[0], models[sec]?.rebuilds[0]];
    if (before?.rebuild === now?.rebuild && before?.estimate === now?.estimate) expect(now).toBe(before);
  }
});

test('that of a large rebuild is made every three seconds', () => {
  const many = Array.from({ length: 600 }, (_, i) => `p${i}x`);
  const [first] = samples;
  if (!first?.logs?.ok) throw new Error('no sample');
  const durations = many.map((name) => ({ name, hosts: [{ host: '', seconds: [600] }] }));
  const paths = many.map(drvOf);
  const plan: readonly LogEvent[] = [
    { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null },
    { kind: 'planned', paths },
    ...eventsOf(`@nix ${JSON.stringify(build(1, 'p0x'))}\n`).filter(({ kind }) => kind !== 'end'),
  ];
  const stream = { id: 's', origin: { kind: 'stdin' }, writers: 'one', events: plan } as const;
  const value = { streams: [stream], durations };
  const models = play([{ ...first, logs: { ...first.logs, value } }, ...samples.slice(1, 60).map(quiet)]);
  const changed = models.flatMap(({ rebuilds }, sec) =>
    rebuilds[0]?.estimate !== models[sec - 1]?.rebuilds[0]?.estimate ? sec : [],
  );
  expect(changed.length).toBeGreaterThan(0);
  expect(changed.every((sec) => sec % 3 === 0)).toBe(true);
});

test('it is gone with the rebuild', () => {
  const last = play(samples.slice(0, 100)).at(-1);
  expect(last?.rebuilds[0]?.estimate).not.toBeNull();
  const end: Sample = {
    ...{ version: 1, timeMs: startMs + 100_000, monotonicMs: 100_000 },
    logs: {
      ...{ ok: true, atMs: 100_000 },
      value: {
        streams: [
          { id: 's', origin: { kind: 'stdin' }, writers: 'one', events: [{ kind: 'end', exitCode: 1 }] },
        ],
      },
    },
  };
  expect(play([...samples.slice(0, 100), end]).at(-1)?.rebuilds[0]?.estimate).toBeNull();
});

test('what is no history in a recording is none', () => {
  const broken = [{ name: 'a', hosts: [{ host: '', seconds: [Number.NaN, -1, 'x'] }] }];
  const [first, ...rest] = samples;
  if (!first?.logs?.ok) throw new Error('no sample');
  const value = { ...first.logs.value, durations: broken as never };
  const models = play([{ ...first, logs: { ...first.logs, value } }, ...rest]);
  expect(models.at(60)?.rebuilds[0]?.estimate).toBeNull();
});

/** Samples come out of the codec as they went in, whatever their fields are. */
import { isDeepStrictEqual } from 'node:util';
import { decode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import type { ProcessRaw, Sample } from '../../src/model/sample.ts';
import { createDecoder, type Decoder } from '../../src/record/decode.ts';
import { createEncoder } from '../../src/record/encode.ts';
import type { PlainObject } from '../../src/record/packed.ts';
import { forest, later, process } from '../support/forest-raw.ts';
import { createRandom } from './random.ts';
import { randomSample } from './trees.ts';

function roundTrip(samples: readonly Sample[], beginsChunk: (i: number) => boolean = () => false) {
  const encoder = createEncoder();
  const decoders: Decoder[] = [];
  const bodies: Uint8Array[] = [];
  const decoded = samples.map((sample, i) => {
    if (beginsChunk(i)) encoder.beginChunk();
    const { kind, body, chunkValues } = encoder.encode(sample);
    bodies.push(body);
    if (kind === 'key') decoders.push(createDecoder());
    const decoder = decoders.at(-1) as Decoder;
    const read = kind === 'key' ? decoder.key(body) : decoder.delta(body);
    expect(chunkValues).toBe(decoder.values);
    return read;
  });
  return { decoded, decoders, bodies };
}

const asSample = (plain: PlainObject) => plain as unknown as Sample;
const at = (timeMs: number, parts: Partial<Sample>): Sample => ({
  version: 1,
  timeMs,
  monotonicMs: timeMs / 8,
  ...parts,
});
const reading = <T>(value: T, atMs = 1) => ({ atMs, ok: true as const, value });

test.each(Array.from({ length: 60 }, (_, seed) => seed))('any tree of values, seed %i', (seed) => {
  const random = createRandom(seed);
  const samples: PlainObject[] = [];
  for (let i = 0; i < 40; i++) {
    samples.push(randomSample(random, samples.at(-1) ?? null, 1_700_000_000_000 + i * 500));
  }
  const begins = samples.map(() => random.chance(0.1));
  const { decoded } = roundTrip(samples.map(asSample), (i) => begins[i] === true);
  expect(isDeepStrictEqual(decoded, samples)).toBe(true);
  expect(JSON.stringify(decoded)).toBe(JSON.stringify(samples));
});

test('a field named __proto__ stays a field', () => {
  const tree = (value: number) => JSON.parse(`{"__proto__": {"pid": ${value}}, "${value}": 1}`);
  const samples = [1, 2, 2].map((value, i) => asSample({ ...randomless(i), part: tree(value) }));
  expect(JSON.stringify(roundTrip(samples).decoded)).toBe(JSON.stringify(samples));
});

const randomless = (timeMs: number) => ({ version: 1, timeMs, monotonicMs: timeMs });

test('a field that is undefined is absent, before and after', () => {
  const facts = { argv: ['a'], cwd: undefined } as unknown as ProcessRaw['facts'];
  const known = { ...facts, cwd: '/build' };
  const samples = [facts, facts, known, facts].map((one, i) =>
    at(i, { forest: reading(forest([process({ pid: 7, facts: one })])) }),
  );
  expect(roundTrip(samples).decoded).toStrictEqual(JSON.parse(JSON.stringify(samples)));
});

describe('a forest', () => {
  const first = forest([3, 5, 8, 9].map((pid) => process({ pid, facts: { argv: [`/bin/${pid}`, '-O2'] } })));

  test('what did not change is the same object', () => {
    const busy = later(first, 1, {
      processes: first.processes.map((one) => (one.pid === 8 ? { ...one, userTicks: 5 } : { ...one })),
    });
    const { decoded } = roundTrip([at(0, { forest: reading(first) }), at(500, { forest: reading(busy, 2) })]);
    const [one, two] = decoded.map(({ forest }) => (forest?.ok ? forest.value : undefined));
    expect(two?.processes[0]).toBe(one?.processes[0]);
    expect(two?.processes[2]).not.toBe(one?.processes[2]);
    expect(two?.processes[2]?.facts).toBe(one?.processes[2]?.facts);
    expect(two?.buildUsers).toBe(one?.buildUsers);
  });

  test('a part that was absent for a while goes on from its last reading', () => {
    const samples = [
      at(0, { forest: reading(first) }),
      at(500, { cpu: { atMs: 2, ok: false, problem: { kind: 'gone', where: '/proc/stat' } } }),
      at(1000, { forest: reading(first, 3) }),
    ];
    const { decoded, bodies } = roundTrip(samples);
    expect(decoded).toStrictEqual(samples);
    expect(bodies[2]?.length).toBeLessThan(40);
  });

  test('processes that come and go cost themselves, not the others', () => {
    const next = later(first, 1, { processes: [...first.processes.slice(1), process({ pid: 12 })] });
    const { decoded, bodies } = roundTrip([first, next].map((raw, i) => at(i, { forest: reading(raw) })));
    expect(decoded[1]).toStrictEqual(at(1, { forest: reading(next) }));
    expect(bodies[1]?.length).toBeLessThan(150);
  });
});

test('the bodies that packed.ts shows as an example', () => {
  const samples = [
    { version: 1, timeMs: 1000, disks: [{ device: 'sda', reads: 7 }] },
    { version: 1, timeMs: 1500, disks: [{ device: 'sda', reads: 9 }] },
  ];
  const encoder = createEncoder();
  const bodies = samples.map((sample) => decode(encoder.encode(asSample(sample)).body));
  expect(bodies).toEqual([
    [
      1,
      [
        ['version', 'timeMs', 'disks'],
        ['device', 'reads'],
      ],
      [1, 1, 1000, [0, [2, 'sda', 7]]],
    ],
    [[], [], [0, 1, 2], 1, 500, 2, [1, 0, [1, 1, 2]]],
  ]);
});

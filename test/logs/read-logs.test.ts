/** What a recording says of streams: all that is, as it was; and of what is none nothing. */
import { describe, expect, it } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { packState, unpackState } from '../../src/logs/checkpoint.ts';
import { packStream } from '../../src/logs/entry.ts';
import { noFacts, packFacts, unpackFacts, withFacts } from '../../src/logs/facts.ts';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { readEvent } from '../../src/logs/read-events.ts';
import { readLogs } from '../../src/logs/read-logs.ts';
import { followStreams, noStreams, type Stream } from '../../src/logs/streams.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { createRandom, type Random } from '../record/random.ts';
import { eventsOf, logBytes, logNames, pairNames } from '../support/logs.ts';

const names = [...logNames, ...pairNames.flatMap((name) => [`${name}-text`, `${name}-json`])];
const stream = { id: 'x', origin: { kind: 'stdin' as const }, writers: 'one' as const };

it.each(names)('%s: its events and its state are read as they are', (name) => {
  const events = eventsOf(logBytes(name));
  expect(events.map(readEvent)).toEqual(events);
  const state = foldLog(newLogState('one'), events, 1_000);
  expect(unpackState(JSON.parse(JSON.stringify(packState(state))))).toEqual(state);
});

it('what was there before it was followed is early, in the recording and where one enters it', () => {
  const raw = { ...stream, events: [], early: true as const };
  expect(readLogs({ streams: [raw] })).toMatchObject({ streams: [raw] });
  const events = eventsOf(logBytes('nix-2.34/nixbuild-fail'));
  const after = followStreams(noStreams, { streams: [{ ...raw, events }] }, 5_000);
  const { packed } = packStream(after.byId.get('x') as Stream, { tailLines: 10, finished: 10, planned: 10 });
  const entered = followStreams(
    noStreams,
    { streams: [{ ...stream, events: [], checkpoint: packed }] },
    9_000,
  );
  expect(after.rebuilds).toMatchObject([{ early: true }]);
  expect(entered.rebuilds).toMatchObject([{ early: true }]);
});

it('what a later version has added is left out, what an earlier one did not have is as in a new state', () => {
  const events = eventsOf(logBytes('nix-2.34/nixbuild-fail'));
  const state = foldLog(newLogState('one'), events, 1_000);
  const packed = JSON.parse(JSON.stringify(packState(state)));
  const [rebuild] = packed.rebuilds;
  rebuild.mood = 'good';
  for (const [, build] of [...rebuild.failed, ...rebuild.finished]) {
    build.colour = 'red';
    delete build.cpuUsec;
  }
  delete rebuild.clues;
  expect(unpackState(packed)).toEqual(state);
  expect(readEvent({ kind: 'stop', id: '7', by: 'x' })).toEqual({ kind: 'stop', id: '7' });
  expect(readEvent({ kind: 'sings', id: '7' })).toBeUndefined();
});

describe('what is none', () => {
  const event = (over: object) => ({ kind: 'phase', id: '1', phase: 'buildPhase', ...over });
  const good = { ...stream, events: [event({})] };
  it.each([
    ['null', null],
    ['a text', 'streams'],
    ['no streams', {}],
    ['streams that are no list', { streams: { 0: good } }],
  ])('%s', (_, value) => {
    expect(readLogs(value)).toBeNull();
  });

  it.each<readonly [string, object, readonly object[]]>([
    ['a stream without origin', { ...good, origin: undefined }, []],
    ['an origin of another kind', { ...good, origin: { kind: 'moon' } }, []],
    ['words that are no list', { ...good, origin: { kind: 'command', words: 'x', pid: 1 } }, []],
    ['an id that is a number', { ...good, id: 7 }, []],
    ['a problem that is none', { ...good, problem: 7, lostBytes: 'many', leftOut: [] }, [good]],
    ['events that are none', { ...good, events: [null, 7, {}, event({ phase: {} }), event({})] }, [good]],
    ['a number that is none', { ...good, lostBytes: Number.NaN }, [good]],
  ])('%s', (_, raw, streams) => {
    expect(readLogs({ streams: [raw] })).toEqual({ streams });
  });

  it('a text that is too long, whatever it is in', () => {
    expect(readEvent({ kind: 'status', id: '1', text: 'x'.repeat((1 << 20) + 1) })).toBeUndefined();
  });
});

it('a checkpoint is never more than a state may be', () => {
  const many = (count: number, of: (i: number) => unknown) => Array.from({ length: count }, (_, i) => of(i));
  const build = (i: number) => [
    `${i}`,
    { drv: `${i}`, tail: many(10_000, String), phases: many(1000, () => ({ name: 'x', sinceMs: 1 })) },
  ];
  const state = unpackState({
    writers: 'one',
    lastKey: null,
    memories: [],
    rebuilds: many(1000, (key) => ({
      key: `${key}`,
      planned: key === 999 ? many(200_000, String) : [],
      running: key === 999 ? many(30, build) : [],
    })),
  });
  expect(state?.rebuilds).toHaveLength(32);
  const last = state?.rebuilds.at(-1);
  expect([last?.planned.size, last?.running.get('3')?.tail.length]).toEqual([50_000, 400]);
  expect(last?.running.get('3')?.phases).toHaveLength(30);
});

describe('what is known beside streams', () => {
  const rows: DerivationRaw[] = [
    { drv: 'a.drv', inputs: ['b.drv', 'c.drv'], pname: 'a', system: null },
    { drv: 'b.drv', inputs: ['c.drv'], pname: null, system: 'x86_64-linux' },
  ];
  const durations = [
    {
      name: 'a',
      hosts: [
        { host: '', seconds: [9, 3] },
        { host: 'big', seconds: [2] },
      ],
    },
  ];
  const logPath = { path: '/run/nix-log/log', problem: problem('denied', '/run/nix-log', 'x') };
  const known = withFacts(noFacts, { derivations: rows, durations, logPath, maxJobs: 4 });
  const packed = JSON.parse(JSON.stringify(packFacts(known)));

  it('is packed, each path once', () => {
    expect(JSON.stringify(packed).match(/c\.drv/g)).toHaveLength(1);
    expect(withFacts(noFacts, unpackFacts(packed, noFacts))).toEqual(known);
  });

  it('and new only to whoever does not know it', () => {
    expect(unpackFacts(packed, known)).toEqual({ derivations: [], durations: [], maxJobs: 4 });
    const other = withFacts(known, { durations: [{ name: 'a', hosts: [{ host: '', seconds: [1] }] }] });
    expect(withFacts(other, unpackFacts(packed, other))).toEqual(known);
  });

  it.each([
    null,
    7,
    {},
    { paths: 7, derivations: [[0]], durations: 'x' },
    { paths: [], derivations: [[0, null]] },
  ])('%j is nothing', (none) => {
    expect(withFacts(noFacts, unpackFacts(none, noFacts))).toEqual(noFacts);
  });
});

/** Puts something else somewhere. */
function spoilt(value: unknown, random: Random): unknown {
  const other = [null, true, -1, 1e300, '', '\u001b[2J', 'stdin', [], {}, [[]], ['x', {}], 'x'.repeat(3000)];
  if (typeof value !== 'object' || value === null || random.chance(0.05)) return random.pick(other);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(other);
  const key = random.pick(keys);
  if (Array.isArray(value)) {
    const copy = [...value];
    if (random.chance(0.2)) copy.splice(Number(key), 1);
    else copy[Number(key)] = spoilt(copy[Number(key)], random);
    return copy;
  }
  const fields = value as Record<string, unknown>;
  if (random.chance(0.1)) return { ...fields, [key]: undefined };
  return { ...fields, [key]: spoilt(fields[key], random) };
}

it('whatever is in a recording, nothing throws, and what is read is read again as it is', () => {
  const random = createRandom(12);
  const all = ['nix-2.34/nixbuild-fail-k', 'nix-2.8/remote-ssh-ng', 'nix-2.34/nixstore-realise-file'].map(
    (name) => eventsOf(logBytes(name), 4096),
  );
  for (let round = 0; round < 600; round++) {
    const events: readonly LogEvent[] = random.pick(all);
    const at = random.below(events.length);
    const state = packState(foldLog(newLogState('one'), events.slice(0, at), 1_000));
    const more = events.slice(at, at + 40);
    let logs: unknown = {
      streams: [
        { ...stream, events: more, [random.pick(['checkpoint', 'becomes'])]: { state, problem: null } },
      ],
      before: 'here',
    };
    for (let times = 1 + random.below(30); times > 0; times--) logs = spoilt(logs, random);
    const read = readLogs(logs);
    if (read === null) continue;
    expect(readLogs(read)).toEqual(read);
    const followed = followStreams(noStreams, read, 2_000);
    for (const one of followed.byId.values())
      expect(unpackState(JSON.parse(JSON.stringify(packState(one.state))))).toEqual(one.state);
    const on = followStreams(followed, { streams: [{ ...stream, events: events.slice(at + 40) }] }, 3_000);
    expect(on.rebuilds.length).toBeLessThan(100);
  }
});

/** Rebuilds in a replay: wherever one jumps, as they were live, but for what a recording says that it left out. */
import { describe, expect, it } from 'vitest';
import { colouredLine } from '../../../src/base/coloured-line.ts';
import type { Model } from '../../../src/model/model.ts';
import type { DerivationRaw } from '../../../src/model/rebuild/derivation.ts';
import type { FollowedRebuild } from '../../../src/model/rebuild/followed.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { createCursor } from '../../../src/modes/replay/cursor.ts';
import { modelsOf } from '../../../src/modes/replay/moments.ts';
import type { Position } from '../../../src/modes/replay/recorded-samples.ts';
import type { Recording } from '../../../src/record/recording.ts';
import { busyMachine } from '../../record/busy-machine.ts';
import { apart, inPieces, type Recorded, recordLive, withStream } from '../../support/followed-recording.ts';
import { logBytes } from '../../support/logs.ts';
import { build, drvOf, error, line, stop } from '../../support/rebuild-log.ts';
import { recordedFromMs, recordedSamples } from '../../support/recorded-machine.ts';
import { timedRebuild } from '../../support/timed-rebuild.ts';

/** A recording keeps so many lines of each tick and each checkpoint, and so much of a line. */
const keptLines = 20;
const beginsOf = (lines: readonly string[]) => lines.map((line) => colouredLine(line, 500));

function cursorOf(recording: Recording) {
  return createCursor({ recording, rest: async () => {}, onMoved: () => {}, onGrown: () => {} });
}

async function jumpTo(recording: Recording, timeMs: number): Promise<Model> {
  const cursor = cursorOf(recording);
  await cursor.goTo((await cursor.find(timeMs)) as Position, false);
  const model = cursor.moment?.derived.model;
  if (model?.timeMs !== timeMs) throw new Error('another moment');
  return model;
}

/** Those that are over are counted where there are many. */
function expectSame(replayed: readonly FollowedRebuild[], live: readonly FollowedRebuild[]): void {
  const [own, theirs] = [apart(replayed), apart(live)];
  const counted = theirs.rebuilds.map((one, i): FollowedRebuild => {
    const over = (own.rebuilds[i]?.rebuild.forgotten ?? 0) - one.rebuild.forgotten;
    if (over <= 0) return one;
    const finished = new Map([...one.rebuild.finished].slice(over));
    return { ...one, rebuild: { ...one.rebuild, finished, forgotten: one.rebuild.forgotten + over } };
  });
  expect(own.rebuilds).toEqual(counted);
  for (const [key, tail] of own.tails) {
    const whole = theirs.tails.get(key) ?? [];
    expect(beginsOf(tail)).toEqual(beginsOf(whole.slice(whole.length - tail.length)));
    expect(tail.length).toBeGreaterThanOrEqual(Math.min(keptLines, whole.length));
  }
}

async function expectEverywhere({ recording, live }: Recorded, every: number): Promise<void> {
  for (let i = 0; i < live.length; i += every) {
    const { timeMs, rebuilds } = live[i] as Model;
    expectSame((await jumpTo(recording, timeMs)).rebuilds, rebuilds);
  }
}

describe.each([
  'nix-2.34/nixbuild-fail-k',
  'nix-2.34/nixbuild-spam',
  'nix-2.8/nixstore-realise-http',
  'nixos-rebuild/flake-switch-json',
])('%s, over some minutes', (name) => {
  const seconds = 180;
  const samples = withStream(recordedSamples(seconds + 20), inPieces(logBytes(name), seconds), {
    ends: true,
  });
  const recorded = recordLive(samples);

  it('a jump to every tenth moment', async () => {
    await expectEverywhere(await recorded, 10);
  });

  it('stepping back further than moments are kept, then on again', async () => {
    const { recording, live } = await recorded;
    const cursor = cursorOf(recording);
    await cursor.goTo((await cursor.find('end')) as Position, false);
    const shown = () => cursor.moment?.derived.model as Model;
    const stepMs: number[] = [];
    for (let i = 0; i < 80; i++) {
      await cursor.goTo((await cursor.before()) as Position, false);
      stepMs.push(shown().timeMs);
      expectSame(shown().rebuilds, live.find(({ timeMs }) => timeMs === shown().timeMs)?.rebuilds ?? []);
    }
    for (let i = 0; i < 40; i++) {
      await cursor.advance((await cursor.next()) as Position);
      expectSame(shown().rebuilds, live.find(({ timeMs }) => timeMs === shown().timeMs)?.rebuilds ?? []);
    }
    expect(new Set(stepMs).size).toBe(80);
  });

  it('played from its start, and from a time on', async () => {
    const { recording, live } = await recorded;
    for (const from of [0, Math.floor(live.length * 0.7)]) {
      let at = from;
      for await (const model of modelsOf(recording, from === 0 ? null : (live[from] as Model).timeMs)) {
        expect(model.timeMs).toBe(live[at]?.timeMs);
        expectSame(model.rebuilds, live[at]?.rebuilds ?? []);
        at += 1;
      }
      expect(at).toBe(live.length);
    }
  });
});

/** The first half second of each second alone, so that a large rebuild takes no minutes to play. */
function* seconds(count: number): Generator<Sample> {
  const machine = busyMachine(3, 1_000_000);
  for (let i = 0; i < count; i++) {
    const { forest, ...sample } = machine.next().value;
    machine.next();
    if (forest?.ok) yield { ...sample, forest: { ...forest, value: { ...forest.value, processes: [] } } };
  }
}

describe('a rebuild of thousands', () => {
  const rebuild = { builds: 2500, fetches: 200, jobs: 12, linesPerSec: 3, longestSec: 8, failPercent: 2 };
  const facts: Record<number, readonly DerivationRaw[]> = {
    3: [{ drv: drvOf('a'), inputs: [drvOf('b')], pname: 'a', system: null }],
    70: [{ drv: drvOf('b'), inputs: [], pname: 'b', system: null }],
  };
  const recorded = recordLive(withStream(seconds(1000), timedRebuild(5, rebuild), { facts }));
  const kinds = async () => {
    const { recording } = await recorded;
    const firsts = await Promise.all(recording.chunks.map(async ({ load }) => (await load())[0]));
    return firsts.map((first) => (first?.logs?.ok ? first.logs.value.before : null) ?? null);
  };

  it('is not told whole in every chunk', async () => {
    const all = await kinds();
    expect(all.filter((one) => one === 'here').length).toBeGreaterThan(1);
    expect(all.filter((one) => one === 'earlier').length).toBeGreaterThan(8);
  });

  it('and is as it was, wherever one jumps, with the derivations that were known', async () => {
    const { recording, live } = await recorded;
    for (const i of [5, 200, 443, 700, 870, 999]) {
      const { timeMs, rebuilds, derivations } = live[i] as Model;
      const model = await jumpTo(recording, timeMs);
      expectSame(model.rebuilds, rebuilds);
      expect([...model.derivations]).toEqual([...derivations]);
    }
  });

  it('a jump back to a chunk whose state is known reads nothing before it again', async () => {
    const { recording, live } = await recorded;
    let loads = 0;
    const chunks = recording.chunks.map((chunk) => ({
      ...chunk,
      load() {
        loads += 1;
        return chunk.load();
      },
    }));
    const cursor = cursorOf({ ...recording, chunks });
    const find = async (i: number) => (await cursor.find(live[i]?.timeMs ?? 0)) as Position;
    await cursor.goTo(await find(800), false);
    const first = loads;
    await cursor.goTo(await find(700), false);
    await cursor.goTo(await find(800), false);
    expect(first).toBeGreaterThan(5);
    const again = loads;
    await cursor.goTo(await find(700), false);
    await cursor.goTo(await find(800), false);
    expect(loads - again).toBeLessThan(first);
  });
});

it('a disk that does not keep up: after the gap it is as it was live, played or jumped to', async () => {
  const rebuild = { builds: 300, fetches: 20, jobs: 12, linesPerSec: 3, longestSec: 8 };
  let unblock = () => {};
  const samples = withStream(seconds(200), timedRebuild(5, rebuild));
  const { recording, live } = await recordLive(samples, { queueItems: 10 }, (files, i) => {
    if (i === 80) unblock = files.block();
    if (i === 110) unblock();
    return i < 80 || i >= 110 ? 'is waited for' : 'has no turn';
  });
  expect(recording.events.filter(({ kind }) => kind === 'gap')).toMatchObject([{ why: 'disk too slow' }]);
  const liveAt = (timeMs: number) => live.find((model) => model.timeMs === timeMs) as Model;
  const times: number[] = [];
  for await (const { timeMs, rebuilds } of modelsOf(recording)) {
    times.push(timeMs);
    expectSame(rebuilds, liveAt(timeMs).rebuilds);
  }
  expect(times.length).toBeLessThan(190);
  for (const timeMs of times.filter((_, i) => i % 20 === 0))
    expectSame((await jumpTo(recording, timeMs)).rebuilds, liveAt(timeMs).rebuilds);
});

it('a build that was killed for want of memory: minutes later a jump knows that, too', async () => {
  const failsAt = 30;
  const fails = [
    build(1, 'a'),
    line(1, 'g++: fatal error: Killed signal terminated program cc1plus'),
    error(`builder for '${drvOf('a')}' failed with exit code 1`),
    stop(1),
  ];
  function* pieces(): Generator<Uint8Array> {
    for (let i = 0; i < failsAt; i++) yield new Uint8Array();
    yield Buffer.from(fails.map((document) => `@nix ${JSON.stringify(document)}\n`).join(''));
  }
  const killed = recordedSamples(240).map((sample): Sample => {
    const memory = sample.memory;
    if (!memory?.ok) return sample;
    const oomKills = sample.timeMs - recordedFromMs < (failsAt - 1) * 1000 ? 3 : 4;
    return { ...sample, memory: { ...memory, value: { ...memory.value, oomKills } } };
  });
  const { recording, live } = await recordLive(withStream(killed, pieces()));
  const last = live.at(-1) as Model;
  expect(last.rebuilds).toMatchObject([
    { failures: [{ cause: { kind: 'out-of-memory', scope: 'machine' } }] },
  ]);
  for (const i of [100, 300, live.length - 1])
    expectSame((await jumpTo(recording, live[i]?.timeMs ?? 0)).rebuilds, live[i]?.rebuilds ?? []);
});

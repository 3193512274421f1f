import { describe, expect, it } from 'vitest';
import { buildSlots } from '../../src/logs/build-slots.ts';
import { endedUnsaid } from '../../src/logs/ended-unsaid.ts';
import { estimateRebuild, type Known } from '../../src/logs/estimate.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import { withNamed } from '../../src/model/rebuild/durations.ts';
import type { Estimate } from '../../src/model/rebuild/followed.ts';
import {
  bare,
  build,
  drvOf,
  error,
  progress,
  RebuildLog,
  result,
  say,
  start,
  stop,
} from '../support/rebuild-log.ts';
import { type Simulation, simulatedStartMs, simulateRebuild } from '../support/simulated-rebuild.ts';

const startMs = 1_000_000;
const at = (sec: number) => startMs + sec * 1000;
const plan = (...names: readonly string[]) => [
  say(`these ${names.length} derivations will be built:`),
  ...names.map((name) => say(`  ${drvOf(name)}`)),
];
const begin = [bare(10, 102), bare(11, 104)];
const done = (id: number, count: number) => [progress(11, count, 9, 0, 0), stop(id)];

/** `needs`: by name what it needs; `took`: by name seconds of earlier runs. */
function knownOf(
  needs: Readonly<Record<string, readonly string[]>>,
  took: Readonly<Record<string, readonly number[]>>,
  maxJobs: number | null = 1,
): Known {
  const derivations = Object.entries(needs).map(
    ([name, inputs]): DerivationRaw => ({
      drv: drvOf(name),
      inputs: inputs.map(drvOf),
      pname: null,
      system: null,
    }),
  );
  const durations = Object.entries(took).map(([name, seconds]) => ({ name, hosts: [{ host: '', seconds }] }));
  return {
    derivations: new Map(derivations.map((one) => [one.drv, one])),
    durations: withNamed(new Map(), durations),
    maxJobs,
    hasPlan: true,
  };
}

const often = (sec: number) => Array.from({ length: 10 }, () => sec);
const middle = (estimate: Estimate | null) =>
  estimate === null ? null : (estimate.lowSec + estimate.highSec) / 2;
const isAbout = (estimate: Estimate | null, sec: number) => {
  expect(middle(estimate)).toBeGreaterThan(0.85 * sec);
  expect(middle(estimate)).toBeLessThan(1.15 * sec);
};

describe('how long a rebuild still takes', () => {
  it('one after the other on one slot, side by side on more', () => {
    const needs = { a: [], b: [], c: [] };
    const took = { a: often(100), b: often(60), c: often(40) };
    const { rebuild } = new RebuildLog().at(at(0), ...begin, ...plan('a', 'b', 'c'));
    isAbout(estimateRebuild({ rebuild }, knownOf(needs, took, 1), at(0)), 200);
    isAbout(estimateRebuild({ rebuild }, knownOf(needs, took, 2), at(0)), 100);
    isAbout(estimateRebuild({ rebuild }, knownOf(needs, took, 0), at(0)), 200);
  });

  it('in the order that inputs force, however many slots there are', () => {
    const known = knownOf({ a: [], b: ['a'], c: ['b'] }, { a: often(100), b: often(60), c: often(40) }, 8);
    const log = new RebuildLog().at(at(0), ...begin, ...plan('c', 'b', 'a'));
    isAbout(estimateRebuild(log, known, at(0)), 200);
    log.at(at(1), build(1, 'a')).at(at(101), ...done(1, 1), build(2, 'b'));
    isAbout(estimateRebuild(log, known, at(131)), 70);
  });

  it('has a range that says how much the runs before differed', () => {
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a'));
    const width = (took: readonly number[]) => {
      const estimate = estimateRebuild(log, knownOf({ a: [] }, { a: took }), at(0));
      return estimate === null ? 0 : (estimate.highSec - estimate.lowSec) / estimate.highSec;
    };
    expect(width([290, 295, 300, 300, 300, 305, 310])).toBeLessThan(0.25);
    expect(width([100, 150, 200, 300, 400, 450, 500])).toBeGreaterThan(0.4);
    expect(width([300])).toBeGreaterThan(0.3);
  });

  it('is unknown where more than half was never built, or nobody said what comes', () => {
    const known = knownOf({ a: [], b: [], c: [] }, { a: often(100) });
    const { rebuild } = new RebuildLog().at(at(0), ...begin, ...plan('a', 'b', 'c'));
    expect(estimateRebuild({ rebuild }, known, at(0))).toBeNull();
    const half = new RebuildLog().at(at(0), ...begin, ...plan('a', 'b'));
    expect(estimateRebuild(half, known, at(0))).toMatchObject({ known: 0.5 });
    expect(estimateRebuild(half, { ...known, hasPlan: false }, at(0))).toBeNull();
    half.at(at(1), build(1, 'a')).at(at(2), ...done(1, 1), build(2, 'b'));
    expect(estimateRebuild(half, known, at(2))).toBeNull();
  });

  it('is nothing when nothing is left, and when it is over', () => {
    const known = knownOf({ a: [] }, { a: often(100) });
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a'), build(1, 'a'));
    isAbout(estimateRebuild(log, known, at(0)), 100);
    log.at(at(90), ...done(1, 1));
    expect(estimateRebuild(log, known, at(90))).toBeNull();
    const over = new RebuildLog()
      .at(at(0), ...begin, ...plan('a'))
      .events(at(1), { kind: 'end', exitCode: 1 });
    expect(estimateRebuild(over, known, at(1))).toBeNull();
  });

  it('of a build that is late: not much more at first, then as much as it is late', () => {
    const known = knownOf({ a: [] }, { a: often(100) });
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a'), build(1, 'a'));
    expect(estimateRebuild(log, known, at(115))?.highSec).toBeLessThan(60);
    const late = estimateRebuild(log, known, at(400));
    expect(late?.lowSec).toBeLessThan(100);
    expect(late?.highSec).toBeGreaterThan(100);
  });

  it('leaves out what needs a build that failed', () => {
    const known = knownOf(
      { a: [], b: ['a'], c: ['b'], d: [] },
      {
        ...{ a: often(10), b: often(1_000), c: often(1_000), d: often(50) },
      },
    );
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a', 'b', 'c', 'd'), build(1, 'a'));
    log.at(at(10), error(`builder for '${drvOf('a')}' failed with exit code 1`), stop(1));
    expect([...log.rebuild.failed.keys()]).toEqual([drvOf('a')]);
    isAbout(estimateRebuild(log, known, at(10)), 50);
  });

  it('counts the slots that are used, not only those that may be', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const needs = Object.fromEntries(names.map((name) => [name, []]));
    const known = knownOf(needs, Object.fromEntries(names.map((name) => [name, often(100)])), 8);
    const log = new RebuildLog().at(at(0), ...begin, ...plan(...names), build(1, 'a'));
    expect(estimateRebuild(log, known, at(1))?.highSec).toBeLessThan(150);
    // `-j 1`: seven that are ready wait.
    expect(estimateRebuild(log, known, at(50))?.highSec).toBeGreaterThan(700);
    // Not known how many may run: as many as did.
    log.at(at(51), build(2, 'b'));
    isAbout(estimateRebuild(log, { ...known, maxJobs: null }, at(52)), 375);
  });

  it('takes builds whose file nobody could read as side by side at best, in turn at worst', () => {
    const names = ['a', 'b', 'c', 'd'];
    const known = knownOf({}, Object.fromEntries(names.map((name) => [name, often(100)])), 4);
    const log = new RebuildLog().at(at(0), ...begin, ...plan(...names));
    const estimate = estimateRebuild(log, known, at(0));
    expect(estimate?.lowSec).toBeLessThan(110);
    expect(estimate?.highSec).toBeGreaterThan(390);
  });

  it('does not count builds that have ended though an old Nix has not said so', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const known = knownOf(
      Object.fromEntries(names.map((name) => [name, []])),
      Object.fromEntries(names.map((name) => [name, often(100)])),
      2,
    );
    const log = new RebuildLog()
      .at(at(0), ...begin, ...plan(...names), build(1, 'a'), build(2, 'b'))
      .at(at(100), progress(11, 1, 5, 1, 0), build(3, 'c'))
      .at(at(101), progress(11, 2, 5, 1, 0), build(4, 'd'));
    const told = (...alive: readonly string[]) => {
      const ended = endedUnsaid(
        log.rebuild,
        log.state.memories.get('stream'),
        new Set(alive.map(drvOf)),
        at(150),
      );
      return { ended: [...ended], estimate: estimateRebuild(log, { ...known, ended }, at(150)) };
    };
    expect(log.rebuild.running.size).toBe(4);
    expect(told().ended).toEqual(['a', 'b'].map(drvOf));
    expect(told('a', 'c').ended).toEqual(['b', 'd'].map(drvOf));
    isAbout(told().estimate, 150);
    log.at(at(200), progress(11, 5, 5, 0, 0), ...[1, 2, 3, 4].map(stop));
    expect([...log.rebuild.finished.values()].map(({ endIsLate }) => endIsLate)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(buildSlots(log.rebuild, null)).toEqual({ most: 1, least: 1 });
  });

  it('of builds on another machine goes by how long they took there, or anywhere', () => {
    const took = [
      { host: '', seconds: often(100) },
      { host: 'big-arm', seconds: often(20) },
    ];
    const known = {
      ...knownOf({ a: [], b: [] }, {}),
      durations: withNamed(
        new Map(),
        ['a', 'b'].map((name) => ({ name, hosts: took })),
      ),
    };
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a'), build(1, 'a', 'ssh-ng://u@big-arm'));
    isAbout(estimateRebuild(log, known, at(0)), 20);
  });

  describe('with downloads', () => {
    const path = `/nix/store/${'b'.repeat(32)}-big-1.0`;
    const fetches = [
      say('this path will be fetched (100.00 MiB download, 300.00 MiB unpacked):'),
      say(`  ${path}`),
    ];
    const cache = 'https://cache.example.org';
    const moving = [
      start(20, 108, '', [path, cache]),
      start(21, 100, `copying path '${path}'`, [path, cache, 'local'], 20),
      start(22, 101, `downloading '${cache}/nar/x.nar'`, [`${cache}/nar/x.nar`], 21),
    ];
    const known = knownOf({ a: [] }, { a: often(30) });

    it('adds what is left of them at their speed, and is unknown while there is none', () => {
      const log = new RebuildLog().at(at(0), ...begin, result(10, 106, 101, 100e6), ...plan('a'), ...fetches);
      expect(estimateRebuild(log, known, at(0))).toBeNull();
      log.at(at(1), ...moving);
      for (let sec = 2; sec <= 20; sec++) log.at(at(sec), progress(22, sec * 1e6, 100e6, 0, 0));
      const before = estimateRebuild(log, known, at(20));
      expect(before?.lowSec).toBeGreaterThan(70);
      expect(before?.highSec).toBeGreaterThan(100);
      // Beside a build that runs it is the longer of both.
      log.at(at(21), build(1, 'a'));
      isAbout(estimateRebuild(log, known, at(21)), 80);
    });

    it('is the downloads alone where nothing is built', () => {
      const log = new RebuildLog().at(at(0), ...begin, result(10, 106, 101, 100e6), ...fetches, ...moving);
      for (let sec = 1; sec <= 50; sec++) log.at(at(sec), progress(22, sec * 1e6, 100e6, 0, 0));
      isAbout(estimateRebuild(log, known, at(50)), 50);
    });
  });

  it('ends, whatever the graph is', () => {
    const known = knownOf(
      { a: ['b', 'a'], b: ['a'], c: [], d: ['d'] },
      { a: often(9), b: often(9), c: often(9), d: [] },
    );
    const log = new RebuildLog().at(at(0), ...begin, ...plan('a', 'b', 'c'));
    expect(estimateRebuild(log, known, at(0))?.highSec).toBeLessThan(20);
  });
});

describe('the error of estimates, on rebuilds of which all is known', () => {
  function errorsOf(options: Omit<Simulation, 'seed'>, share: number) {
    const seeds = Array.from({ length: 30 }, (_, i) => (i + 1) * 7_919);
    const results = seeds.map((seed) => {
      const simulated = simulateRebuild({ ...options, seed });
      const sec = Math.ceil(share * simulated.totalSec);
      const known = {
        derivations: simulated.derivations,
        durations: withNamed(new Map(), simulated.durations),
        ...{ maxJobs: options.slots, hasPlan: true },
      };
      const estimate = estimateRebuild(simulated.stateAt(sec), known, simulatedStartMs + sec * 1000);
      const leftSec = simulated.totalSec - sec;
      if (estimate === null) throw new Error('unknown');
      const { lowSec, highSec } = estimate;
      return {
        error: Math.abs((lowSec + highSec) / 2 - leftSec) / leftSec,
        inside: leftSec >= lowSec - 1 && leftSec <= highSec + 1,
      };
    });
    const errors = results.map(({ error }) => error).sort((a, b) => a - b);
    return {
      median: errors[Math.floor(errors.length / 2)] ?? 1,
      inside: results.filter(({ inside }) => inside).length / results.length,
    };
  }

  it.each([
    { builds: 30, slots: 4, runs: 10 },
    { builds: 200, slots: 4, runs: 10 },
    { builds: 200, slots: 1, runs: 3 },
  ])(
    '$builds builds on $slots slots after $runs runs: a sixth at most, two of three in the range',
    (options) => {
      for (const share of [0.01, 0.25, 0.5]) {
        const { median, inside } = errorsOf(options, share);
        expect(median).toBeLessThan(0.17);
        expect(inside).toBeGreaterThan(0.65);
      }
    },
  );
});

describe('what an estimate costs', () => {
  class CountingMap<K, V> extends Map<K, V> {
    gets = 0;
    override get(key: K): V | undefined {
      this.gets += 1;
      return super.get(key);
    }
  }

  it('looks at each of 5,000 builds so many times, not at all of them for each', () => {
    const simulated = simulateRebuild({ seed: 1, builds: 5_000, slots: 8, runs: 3 });
    const { rebuild } = simulated.stateAt(60);
    const derivations = new CountingMap(simulated.derivations);
    const durations = new CountingMap(withNamed(new Map(), simulated.durations));
    const known = { derivations, durations, maxJobs: 8, hasPlan: true };
    expect(estimateRebuild({ rebuild }, known, simulatedStartMs + 60_000)).not.toBeNull();
    expect(derivations.gets).toBeLessThanOrEqual(2 * 5_000);
    expect(durations.gets).toBeLessThanOrEqual(5_000);
  });
});

/**
 * A rebuild of which everything is known: a graph with the shape of nixpkgs' (many small builds, few long ones), how long
 * each build takes in this run, and how long the ones before it took. No two runs are alike: each build differs by itself,
 * and all of a run together, as on a machine with something else to do.
 */

import { foldLog } from '../../src/logs/fold.ts';
import { type LogState, newLogState } from '../../src/logs/log-state.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import type { DurationsRaw } from '../../src/model/rebuild/durations.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';

export interface Simulation {
  readonly seed: number;
  readonly builds: number;
  readonly slots: number;
  /** Runs before this one, of each build. */
  readonly runs: number;
  /** Share of builds that were never built before. */
  readonly unknown?: number;
  /** Standard deviation of the logarithm: of a build from run to run, and of whole runs. */
  readonly noise?: { readonly build: number; readonly run: number };
}

export interface Simulated {
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  readonly durations: readonly DurationsRaw[];
  /** Of the whole run, seconds. */
  readonly totalSec: number;
  /** As the log tells it after so many seconds. */
  stateAt(sec: number): { readonly state: LogState; readonly rebuild: Rebuild };
}

export const simulatedStartMs = Date.UTC(2026, 10, 29, 12, 0, 0);
const pnameOf = (node: number) => `p${node}x`;
const drvOf = (node: number) => `/nix/store/${String(node).padStart(32, '0')}-${pnameOf(node)}-1.0.drv`;

export function simulateRebuild(options: Simulation): Simulated {
  const { builds, slots, runs, unknown = 0, noise = { build: 0.15, run: 0.08 } } = options;
  const random = randomOf(options.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const usual = Array.from({ length: builds }, () => Math.exp(2.2 + 1.5 * normal()));
  const inputs = usual.map((_, node) => {
    const count = node === 0 ? 0 : Math.floor(random() * 4);
    // Of those before it, mostly of the near ones: chains, and some that many need.
    return [...new Set(Array.from({ length: count }, () => Math.floor(node * Math.sqrt(random()))))];
  });
  const timesOfRun = () => {
    const all = Math.exp(noise.run * normal());
    return usual.map((sec) => sec * all * Math.exp(noise.build * normal()));
  };
  const earlier = Array.from({ length: runs }, timesOfRun);
  const truth = timesOfRun();

  const derivations = new Map(
    inputs.map((list, node) => [
      drvOf(node),
      { drv: drvOf(node), inputs: list.map(drvOf), pname: pnameOf(node), system: 's' },
    ]),
  );
  const durations = usual.flatMap((_, node) => {
    const seconds = earlier.map((run) => Math.round(run[node] ?? 0));
    return random() < unknown ? [] : [{ name: pnameOf(node), hosts: [{ host: '', seconds }] }];
  });
  const { events, totalSec } = timeline(inputs, truth, slots, random);
  return {
    ...{ derivations, durations, totalSec },
    stateAt(sec) {
      let state = newLogState('one');
      for (const { atSec, list } of events) {
        if (atSec > sec) break;
        state = foldLog(state, list, simulatedStartMs + atSec * 1000);
      }
      const [rebuild] = state.rebuilds;
      if (rebuild === undefined) throw new Error('nothing was heard');
      return { state, rebuild };
    },
  };
}

/** Which of several that are ready Nix begins is as good as chance. */
function timeline(
  inputs: readonly (readonly number[])[],
  seconds: readonly number[],
  slots: number,
  random: () => number,
) {
  const ticks = new Map<number, LogEvent[]>();
  const at = (sec: number, ...list: readonly LogEvent[]) => {
    const tick = Math.ceil(sec);
    ticks.set(tick, [...(ticks.get(tick) ?? []), ...list]);
  };
  const count = seconds.length;
  const begin = (id: string, type: 'realise' | 'builds'): LogEvent => ({
    ...{ kind: 'start', id, parent: null, level: 0, text: '' },
    activity: { type },
  });
  at(
    0,
    { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null },
    { kind: 'planned', paths: seconds.map((_, node) => drvOf(node)) },
    begin('a', 'realise'),
    begin('b', 'builds'),
  );
  const waits = inputs.map(({ length }) => length);
  const dependents: number[][] = seconds.map(() => []);
  inputs.forEach((list, node) => {
    for (const input of list) dependents[input]?.push(node);
  });
  const ready = waits.flatMap((left, node) => (left === 0 ? node : []));
  let running: { readonly node: number; readonly endSec: number }[] = [];
  let [nowSec, done] = [0, 0];
  while (ready.length + running.length > 0) {
    while (ready.length > 0 && running.length < slots) {
      const [node = 0] = ready.splice(Math.floor(random() * ready.length), 1);
      running.push({ node, endSec: nowSec + (seconds[node] ?? 0) });
      const activity = { type: 'build', drv: drvOf(node), host: null } as const;
      at(nowSec, { kind: 'start', id: `${node}`, parent: null, activity, level: 3, text: '' });
    }
    running.sort((a, b) => a.endSec - b.endSec);
    const [first] = running;
    if (first === undefined) break;
    running = running.slice(1);
    nowSec = first.endSec;
    done += 1;
    const counted = { done, expected: count, running: running.length, failed: 0 };
    at(nowSec, { kind: 'progress', id: 'b', ...counted }, { kind: 'stop', id: `${first.node}` });
    for (const next of dependents[first.node] ?? []) {
      waits[next] = (waits[next] ?? 0) - 1;
      if (waits[next] === 0) ready.push(next);
    }
  }
  const events = [...ticks].sort(([a], [b]) => a - b).map(([atSec, list]) => ({ atSec, list }));
  return { events, totalSec: nowSec };
}

/** Numerical Recipes' generator: the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

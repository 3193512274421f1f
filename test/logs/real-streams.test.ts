import { describe, expect, it } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { expectGolden } from '../support/golden.ts';
import { asPrinted } from '../support/log-text.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';
import { plainState } from '../support/plain-state.ts';

function rebuildOf(events: readonly LogEvent[]): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), events, 1000).rebuilds;
  if (rebuild === undefined) throw new Error('no rebuild');
  return rebuild;
}

/** Nothing is open after the end of a stream, and each derivation is in one place. */
function expectWhole(rebuild: Rebuild): void {
  const { running, transfers, waits, hooks, tasks } = rebuild;
  expect([running.size, transfers.size, waits.size, hooks.size, tasks.size]).toEqual([0, 0, 0, 0, 0]);
  const places = [rebuild.planned, rebuild.failed, rebuild.finished, rebuild.dependents, rebuild.elsewhere];
  const drvs = places.flatMap((place) => [...place.keys()]);
  expect(new Set(drvs).size).toBe(drvs.length);
}

describe('the final state', () => {
  it.each(logNames)('%s', (name) => {
    const rebuild = rebuildOf(eventsOf(logBytes(name)));
    expectWhole(rebuild);
    expect([...rebuild.unread.activities]).toEqual([]);
    expectGolden(
      `logs/${name}`,
      JSON.stringify(
        plainState({ totals: totalsOf(rebuild), causes: rootCauses(rebuild, {}), ...rebuild }),
        null,
        1,
      ),
    );
  });
});

describe('read as Nix prints it for people', () => {
  // At `-vvv` Nix talks between the lines of a build, and of lines for people nobody can tell which are whose.
  const machineLogs = logNames.filter(
    (name) => !/verify|optimise|gc$|flake-fail$|dry-activate$|-vv$/.test(name),
  );

  it.each(machineLogs)('%s: the totals are the same', (name) => {
    const log = Buffer.from(logBytes(name)).toString('utf8');
    const machine = rebuildOf(eventsOf(log));
    for (const verbosity of [3, 4]) {
      const people = rebuildOf(eventsOf(asPrinted(log, verbosity)));
      expectWhole(people);
      expect(common(people, verbosity)).toEqual(common(machine, verbosity));
    }
  });

  /** What both ways of writing tell. Only the machine log says of a failed rebuild which builds were done before. */
  function common(rebuild: Rebuild, verbosity: number) {
    const { builds, waiting, done, ended, elsewhere, failed, dependents, pathsToFetch, ...rest } =
      totalsOf(rebuild);
    return {
      counts: { builds, waiting, failed, dependents, pathsToFetch },
      over: done + ended + elsewhere,
      paths: [rest.fetchedPaths, rest.sentPaths],
      causes: rootCauses(rebuild, {}).map(({ cause, drvs, dependents }) => [cause, drvs, dependents]),
      why: [...rebuild.failed.values()].map(({ name, failure }) => [name, failure?.failure]).sort(),
      lines: [...rebuild.failed.values(), ...rebuild.finished.values()]
        .map(({ name, lines }) => [name, lines])
        .sort(),
      errors: rebuild.errors.map(({ failure, text }) => [failure.kind, text]),
      clues: rebuild.clues.map(({ failure }) => failure.kind),
      retries: [...rebuild.peers].map(([peer, { retries }]) => [peer, retries]),
      steps: rebuild.steps,
      tool: rebuild.toolFailures,
      ...(verbosity === 4 ? { files: rebuild.evaluation.files } : {}),
    };
  }
});

describe('folded in any number of ticks', () => {
  it.each(logNames)('%s: the totals are the same, and no state changes', (name) => {
    const bytes = logBytes(name);
    const whole = totalsOf(rebuildOf(eventsOf(bytes)));
    let state = newLogState('one');
    const events = eventsOf(bytes, 97);
    for (const event of events) {
      // To compare each state with itself costs too much for the largest.
      const before = events.length < 400 ? { state, json: JSON.stringify(plainState(state)) } : null;
      state = foldLog(state, [event], 1000);
      if (before !== null) expect(JSON.stringify(plainState(before.state))).toBe(before.json);
    }
    expect(totalsOf(state.rebuilds[0] as Rebuild)).toEqual(whole);
  });
});

describe('two clients in one file', () => {
  const pairs = [
    ['nix-2.34/nixbuild-parallel', 'nix-2.34/nixbuild-many'],
    ['nix-2.34/nixstore-realise-http', 'nix-2.34/nixbuild-fail-k'],
    ['nix-2.34/nixbuild-trace', 'nix-2.34/nixbuild-timeout'],
  ] as const;

  /** What the worker writes to json-log-path: the activities with its pid, the words for a build, no `@nix `. */
  function workerLines(name: string): readonly string[] {
    const lines = Buffer.from(logBytes(name)).toString('utf8').split('\n');
    const documents = lines.filter((line) => line.startsWith('@nix ')).map((line) => line.slice(5));
    const worker = Math.max(...documents.map((line) => Number(/"id":(\d+)/.exec(line)?.[1] ?? 0)));
    const pid = Math.floor(worker / 2 ** 32);
    return documents.filter((line) => {
      const id = /"id":(\d+)/.exec(line)?.[1];
      return id === undefined ? line.includes('builder failed') : Math.floor(Number(id) / 2 ** 32) === pid;
    });
  }

  const fold = (lines: readonly string[]) =>
    foldLog(newLogState('many'), eventsOf(lines.join('\n')), 1000).rebuilds;

  it.each(pairs)('%s and %s: each is what it is alone', (one, other) => {
    const [first, second] = [workerLines(one), workerLines(other)];
    const totals = (lines: readonly string[]) =>
      fold(lines)
        .map((rebuild) => ({ key: rebuild.key, ...totalsOf(rebuild) }))
        .sort((a, b) => a.key.localeCompare(b.key));
    const alone = [...totals(first), ...totals(second)].sort((a, b) => a.key.localeCompare(b.key));
    expect(alone).toHaveLength(2);
    for (const [a, b] of [
      [1, 1],
      [1, 7],
      [5, 2],
    ] as const) {
      const mixed: string[] = [];
      for (let i = 0, j = 0; i < first.length || j < second.length; i += a, j += b)
        mixed.push(...first.slice(i, i + a), ...second.slice(j, j + b));
      expect(totals(mixed)).toEqual(alone);
    }
  });
});

import { expect, it } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { type LogState, newLogState } from '../../src/logs/log-state.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import { newLogReader, readLog } from '../../src/parse/read-log.ts';
import { bytesEach, cache, type LargeLog, largeLog, times } from '../support/large-log.ts';
import { plainState } from '../support/plain-state.ts';

const log: LargeLog = { fetches: 75, progress: 200, builds: 20, linesOfBuild: 300 };

function fold(large: LargeLog) {
  let reader = newLogReader;
  let state: LogState = newLogState('one');
  const counted = { lines: 0, events: 0, mostEvents: 0, mostState: 0 };
  let timeMs = 0;
  for (const piece of largeLog(large)) {
    counted.lines += piece.reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
    const read = readLog(reader, piece);
    reader = read.reader;
    timeMs += 100;
    state = foldLog(state, read.events, timeMs);
    counted.events += read.events.length;
    counted.mostEvents = Math.max(counted.mostEvents, read.events.length);
    counted.mostState = Math.max(counted.mostState, JSON.stringify(plainState(state)).length);
  }
  const [rebuild] = state.rebuilds;
  if (rebuild === undefined) throw new Error('no rebuild');
  return { counted, state, rebuild };
}

it('counts a large log exactly, without parents', () => {
  const { rebuild } = fold(log);
  expect(totalsOf(rebuild)).toMatchObject({
    builds: 20,
    done: 20,
    fetchedPaths: 75,
    fetchedBytes: 75 * bytesEach,
    expectedBytes: 75 * bytesEach,
    pathsToFetch: 0,
  });
  expect([...rebuild.peers.keys()]).toEqual([cache]);
  expect(rebuild.unread).toMatchObject({ broken: 0, talkative: 0 });
});

it('folds few events of many lines, and a state that does not grow with the log', () => {
  const once = fold(log).counted;
  const fourTimes = fold(times(log, 4)).counted;
  expect(once.events).toBeLessThan(once.lines / 5);
  expect(fourTimes.lines).toBeGreaterThan(3.5 * once.lines);
  expect(fourTimes.mostEvents).toBeLessThanOrEqual(once.mostEvents);
  expect(fourTimes.mostState).toBeLessThan(1.1 * once.mostState);
});

it('keeps the reference of what did not change', () => {
  const { state, rebuild } = fold(log);
  const next = foldLog(state, [{ kind: 'output', lines: ['x'], count: 1 }], 1e9).rebuilds[0];
  expect(next).not.toBe(rebuild);
  expect(next?.finished).toBe(rebuild.finished);
  expect(next?.peers).toBe(rebuild.peers);
  expect(next?.plannedFetches).toBe(rebuild.plannedFetches);
  expect(foldLog(state, [], 1e9)).toBe(state);
});

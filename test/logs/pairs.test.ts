/** One build, written both ways by a real Nix. */
import { expect, it } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { eventsOf, logBytes, pairNames } from '../support/logs.ts';
import { toldBothWays } from '../support/told-both-ways.ts';

function read(name: string): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), eventsOf(logBytes(name)), 1000).rebuilds;
  if (rebuild === undefined) throw new Error('no rebuild');
  return rebuild;
}

it.each(pairNames)('%s: the same in both', (name) => {
  const [text, json] = [read(`${name}-text`), read(`${name}-json`)];
  expect(toldBothWays(text)).toEqual(toldBothWays(json));
});

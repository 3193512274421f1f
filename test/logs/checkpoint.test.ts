import { expect, it } from 'vitest';
import { packState, unpackState } from '../../src/logs/checkpoint.ts';
import { foldLog } from '../../src/logs/fold.ts';
import { type LogState, newLogState } from '../../src/logs/log-state.ts';
import { eventsOf, logBytes } from '../support/logs.ts';

const names = [
  'nix-2.8/nixstore-realise-http',
  'nix-2.34/nixbuild-fail-k',
  'nixos-rebuild/flake-switch-json',
];

it.each(names)('%s: folded on from a checkpoint it is the same', (name) => {
  const events = eventsOf(logBytes(name), 512);
  for (const part of [0.1, 0.5, 0.9]) {
    const at = Math.floor(events.length * part);
    const half = foldLog(newLogState('one'), events.slice(0, at), 1_000);
    const again = unpackState(JSON.parse(JSON.stringify(packState(half))));
    expect(again).toEqual(half);
    const on = (state: LogState) => foldLog(state, events.slice(at), 2_000);
    expect(on(again as LogState)).toEqual(on(half));
  }
});

it.each([null, 7, 'x', [], {}, { writers: 'one', rebuilds: [], memories: {} }])('%j is none', (value) => {
  expect(unpackState(value)).toBeNull();
});

import { expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import type { Model } from '../../src/model/model.ts';
import type { Source } from '../../src/samplers/source.ts';
import { createWatcher } from '../../src/watch/watcher.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { settled } from '../support/fake-ports.ts';
import { journalEntry } from '../support/journal-entry.ts';

/** One source, whose looks are counted; a host name comes in its own time. */
function setUp() {
  const clock = createFakeClock();
  const { promise, resolve } = Promise.withResolvers<void>();
  let looks = 0;
  const source: Source = {
    id: 'pressure',
    sample: () => {
      looks += 1;
      return {};
    },
    close: () => {},
  };
  const host = { kernel: null, system: null, cpuModel: null, cpus: null, nixVersion: null, diskModels: {} };
  const facts = {
    settled: () => promise,
    known: () => ({ host: { atMs: clock.monotonic(), ...ok({ ...host, name: 'box' }) } }),
  };
  const watcher = createWatcher({ clock, sources: [source], facts });
  const seen: Model[] = [];
  watcher.listen({ looked: (model) => void seen.push(model) });
  watcher.wantAll();
  watcher.look();
  watcher.begin();
  return { clock, watcher, seen, looks: () => looks, come: resolve };
}

test('names are shown as soon as they are there, without another look', async () => {
  const { clock, seen, looks, come } = setUp();
  clock.advance(20);
  come();
  await settled();
  expect(looks()).toBe(1);
  expect(seen.map(({ host }) => host.name)).toEqual([null, 'box']);
});

test('names that come after the second look wait for the next one', async () => {
  const { clock, seen, come } = setUp();
  clock.advance(250);
  const before = seen.length;
  come();
  await settled();
  expect(before).toBeGreaterThan(1);
  expect(seen).toHaveLength(before);
});

test('whoever has left is told nothing more', async () => {
  const { watcher, seen, come } = setUp();
  await watcher.end();
  come();
  await settled();
  expect(seen).toHaveLength(1);
});

test('what an action ended is told with the next look, once', async () => {
  const { clock, watcher } = setUp();
  clock.advance(2000);
  const killed = () => watcher.model.events.filter(({ kind }) => kind === 'killed');
  const entry = journalEntry({ time: new Date(clock.now()).toISOString() });
  watcher.entry(entry);
  expect(killed()).toEqual([]);
  clock.advance(1000);
  expect(killed()).toMatchObject([{ killer: 'nixpulse', pid: 2001, build: 'firefox-130.0' }]);
  expect(watcher.model.notices).toMatchObject([{ kind: 'own-kill', from: 'nixpulse', text: entry.summary }]);
  clock.advance(5000);
  expect(killed()).toHaveLength(1);
});

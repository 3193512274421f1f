/** The long run in short (`test/bench/soak.ts` is the long one): what is kept does not grow with the ticks. */
import { readdirSync, readlinkSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { type Derived, derive } from '../../src/model/derive.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { nextOverload, noOverload } from '../../src/model/health/overload.ts';
import { sourceTable } from '../../src/model/source-table.ts';
import { createFiles } from '../../src/platform/files.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { createDashboardStore } from '../../src/state/create.ts';
import { createLoop } from '../../src/watch/loop.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { createSoakMachine } from '../support/soak-machine.ts';
import { createSoakTree, likeTheKernel } from '../support/soak-tree.ts';

/** Objects, entries and elements that can be reached, each once. */
function weigh(...roots: readonly unknown[]): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [...roots];
  let count = 0;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    count += 1;
    if (ArrayBuffer.isView(value)) {
      count += value.byteLength / 8;
      continue;
    }
    const parts =
      value instanceof Map
        ? [...value.keys(), ...value.values()]
        : value instanceof Set
          ? [...value]
          : Object.values(value);
    count += parts.length;
    for (const part of parts) waiting.push(part);
  }
  return count;
}

test('an hour weighs as much as half of it', () => {
  const machine = createSoakMachine();
  const terminal = { columns: 120, rows: 40, unicode: true, color: true };
  const store = createDashboardStore({ model: emptyModel, terminal });
  let derived: Derived | null = null;
  let overload = noOverload;
  const weights: number[] = [];
  for (let tick = 1; tick <= 3600; tick += 1) {
    derived = derive(machine.next(), derived);
    const { model } = derived;
    overload = nextOverload(overload, model, 0);
    store.setState((state) => applyModel(state, model), true);
    // The track of a day has bounds and tests of its own (test/model).
    const { track: _, ...state } = store.getState();
    if (tick % 120 === 0) weights.push(weigh(derived, state, overload));
  }
  expect(store.getState().model.builds).toHaveLength(8);
  expect(store.getState().journal.alerts.length).toBeGreaterThan(10);
  const median = (some: readonly number[]) => some.toSorted((a, b) => a - b)[some.length >> 1] ?? 0;
  const [first, second] = [median(weights.slice(5, 15)), median(weights.slice(20))];
  expect(first).toBeGreaterThan(3000);
  expect(second).toBeLessThan(first * 1.05);
});

test('samplers keep open what is there, not what was there', async () => {
  const tree = createSoakTree();
  onTestFinished(tree.dispose);
  tree.next();
  const clock = createFakeClock();
  const files = likeTheKernel(createFiles({ root: tree.root, clock }), tree.root);
  const native = fakeNative({ pid: process.pid });
  const set = createProcSources({ ...createFakePorts({ clock, native }), files });
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`).startsWith(tree.root)).length;
  const counts: number[] = [];
  const names = new Set<string>();
  const weights: number[] = [];
  let derived: Derived | null = null;
  const loop = createLoop({
    sources: set.sources,
    clock,
    onSample(sample) {
      derived = derive(sample, derived);
      for (const { name } of derived.model.builds) names.add(name ?? '');
    },
  });
  for (const { id } of set.sources) loop.want(id, sourceTable[id].everyMs);
  loop.start();
  for (let second = 0; second < 400; second += 1) {
    tree.next();
    clock.advance(1000);
    await set.settled();
    if (second % 10 === 0) {
      counts.push(open());
      weights.push(weigh(derived));
    }
  }
  // Builds came and went all the time, with names that were found out.
  expect(names.size).toBeGreaterThan(10);
  const half = counts.length / 2;
  expect(Math.max(...counts.slice(half))).toBeLessThan(Math.max(...counts.slice(4, half)) + 30);
  expect(Math.max(...weights.slice(half))).toBeLessThan(Math.max(...weights.slice(4, half)) * 1.3);
  loop.close();
  expect(open()).toBe(0);
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

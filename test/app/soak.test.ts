/** The long run in short (`test/bench/soak.ts` is the long one): what is kept does not grow with the ticks. */
import { expect, test } from 'vitest';
import { type Derived, derive } from '../../src/model/derive.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { nextStrain, noStrain } from '../../src/model/strain.ts';
import { applyModel } from '../../src/store/apply-model.ts';
import { createDashboardStore } from '../../src/store/create.ts';
import { createSoakMachine } from '../support/soak-machine.ts';

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
  let strain = noStrain;
  const weights: number[] = [];
  for (let tick = 1; tick <= 3600; tick += 1) {
    derived = derive(machine.next(), derived);
    const { model } = derived;
    strain = nextStrain(strain, model, 0);
    store.setState((state) => applyModel(state, model), true);
    // The track of a day has bounds and tests of its own (test/model).
    const { track: _, ...state } = store.getState();
    if (tick % 120 === 0) weights.push(weigh(derived, state, strain));
  }
  expect(store.getState().model.builds).toHaveLength(8);
  expect(store.getState().journal.alerts.length).toBeGreaterThan(10);
  const [first = 0, second = 0] = [weights.slice(5, 15), weights.slice(20)].map((some) => Math.max(...some));
  expect(first).toBeGreaterThan(3000);
  expect(second).toBeLessThan(first * 1.1);
});

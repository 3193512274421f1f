import { expect, test } from 'vitest';
import { rehearseScreens } from '../../../src/modes/dashboard/rehearse-screens.tsx';
import type { State } from '../../../src/state/state.ts';
import { stateOf } from '../../components/render-screen.tsx';
import { createFakeClock } from '../../support/fake-clock.ts';
import { busy, busyHistory, idle } from '../../support/model-fixture.ts';

/** Runs it to its end, counting the pieces. */
async function rehearse(state: State, isOpen: () => boolean = () => true) {
  const clock = createFakeClock();
  let done = false;
  const rehearsal = rehearseScreens({ read: () => state, clock, isOpen }).then((result) => {
    done = true;
    return result;
  });
  let pieces = 0;
  while (!done) {
    expect(clock.pending).toBeLessThanOrEqual(1);
    clock.advance(20);
    pieces += 1;
    await new Promise((resolve) => setImmediate(resolve));
    expect(pieces).toBeLessThan(200);
  }
  return { ...(await rehearsal), pieces };
}

test.each([
  ['with builds', busy, 120, 40],
  ['on a small terminal', busy, 40, 8],
  ['with nothing at all', idle, 80, 25],
] as const)('%s: every screen is drawn, each in a piece of its own; the live state stays', async (...row) => {
  const [, model, columns, rows] = row;
  const state = stateOf({ model, history: busyHistory }, { columns, rows });
  const before = structuredClone({ ui: { ...state.ui }, actions: state.actions });
  const { screens, pieces } = await rehearse(state);
  expect(screens).toBeGreaterThan(30);
  expect(pieces).toBeGreaterThanOrEqual(screens);
  expect({ ui: { ...state.ui }, actions: state.actions }).toEqual(before);
});

test('it ends where the dashboard does', async () => {
  let open = true;
  const state = stateOf({ model: busy, history: busyHistory }, { columns: 80, rows: 25 });
  let asked = 0;
  const { screens } = await rehearse(state, () => {
    asked += 1;
    open = asked < 3;
    return open;
  });
  expect(screens).toBe(2);
});

/** The cases of a `describe` have the turn (turn.ts), and what they started is ended after each. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import { stopAllBuilds } from '../support/lab.ts';
import { takeTurn } from './turn.ts';

/** `end`: once all have run, still in our turn. */
export function inTurn(end: () => void = () => {}): void {
  let endTurn = (): void => {};
  beforeAll(async () => {
    endTurn = await takeTurn();
  }, 600_000);
  afterEach(stopAllBuilds, 60_000);
  afterAll(async () => {
    await stopAllBuilds();
    end();
    endTurn();
  }, 60_000);
}

/** What a view of the dashboard asks of the player. */
import { expect, test } from 'vitest';
import { createReplaySession } from '../../../src/modes/replay/session.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { applyStep } from '../../../src/state/apply-step.ts';
import { night } from '../../diagnose/night.ts';
import { chunksOf, createFakeRecording } from '../../support/fake-recording.ts';

test('view 6 the morning after knows of the night', async () => {
  const failed: unknown[] = [];
  const session = createReplaySession({
    recording: createFakeRecording(chunksOf([...night(13)], 60)),
    clock: systemClock,
    terminal: { columns: 120, rows: 40, color: false, unicode: true, console: false },
    ...{ readOnly: false, canReturn: false, onFailure: (error: unknown) => failed.push(error) },
  });
  const kinds = () => session.store.getState().model.findings.map(({ found }) => found.kind);
  await session.begin('end');
  expect(kinds()).toEqual([]);
  session.store.setState((state) => applyStep(state, { type: 'view', view: 'diagnosis' }), true);
  await session.idle();
  expect(kinds()).toEqual(['unattended']);
  // And after a jump within it.
  session.order({ kind: 'time', at: session.store.getState().model.timeMs - 1_800_000 });
  await session.idle();
  expect(kinds()).toEqual(['unattended']);
  expect(failed).toEqual([]);
  session.close();
});

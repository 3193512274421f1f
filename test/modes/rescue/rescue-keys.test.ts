import { describe, expect, test } from 'vitest';
import { targetOf } from '../../../src/model/intents/intent.ts';
import type { Build, Model } from '../../../src/model/model.ts';
import { isQuestion } from '../../../src/model/ui/modes.ts';
import { pressKeys, rescueCommands } from '../../../src/modes/rescue/rescue-keys.ts';
import { applyTick, listed, pickedBuild } from '../../../src/modes/rescue/rescue-state.ts';
import { beginAction } from '../../../src/state/running.ts';
import { topMode } from '../../../src/state/selectors.ts';
import type { State } from '../../../src/state/state.ts';
import { busy, chromium, crowded, firefox, linux, remote } from '../../support/model-fixture.ts';
import { type RescueSetUp, rescueStateOf } from '../../support/rescue-state.ts';

/** Each in a read of its own. */
function press(state: State, ...names: readonly string[]) {
  let now = state;
  const effects = names.flatMap((name) => {
    const pressed = pressKeys(now, [{ name }]);
    now = pressed.state;
    return pressed.effects;
  });
  return { state: now, effects };
}
const questionOf = (state: State) => {
  const top = topMode(state);
  return isQuestion(top) ? top : null;
};
const killOf = (...builds: readonly Build[]) => ({
  type: 'kill',
  targets: builds.map(targetOf),
  reason: null,
});
const without = (model: Model, gone: Build): Model => ({
  ...model,
  builds: model.builds.filter((build) => build !== gone),
});

test('the ten heaviest have a number, builds of other machines come last', () => {
  const rows = listed(rescueStateOf());
  expect(rows.slice(0, 3)).toEqual([firefox, chromium, linux]);
  expect(rows.at(-1)).toBe(remote);
  expect(listed(rescueStateOf({ model: crowded }))).toHaveLength(10);
});

test('a number picks, k asks, y acts: on that very process', () => {
  const first = listed(rescueStateOf())[0] as Build;
  const { state, effects } = press(rescueStateOf(), '1', 'k');
  expect(effects).toEqual([]);
  expect(questionOf(state)).toMatchObject({ kind: 'confirm', openedBy: 'k', intent: killOf(first) });
  const yes = press(state, 'y');
  expect(yes.effects).toEqual([{ type: 'perform', intent: killOf(first) }]);
  expect(questionOf(yes.state)).toBeNull();
});

test('0 is the tenth; a number without a row picks nothing', () => {
  const state = rescueStateOf({ model: crowded });
  expect(pickedBuild(press(state, '0').state)).toBe(listed(state)[9]);
  expect(press(rescueStateOf(), '9').state.ui.selected).toBeNull();
});

test('what is picked stays picked wherever it stands in the list', () => {
  const { state } = press(rescueStateOf(), '2');
  const chosen = pickedBuild(state) as Build;
  const grown: Model = {
    ...busy,
    builds: busy.builds.map((build) =>
      build === chosen ? { ...build, residentBytes: 500 * 2 ** 30 } : build,
    ),
  };
  const later = applyTick(state, grown);
  expect(listed(later)[0]).toMatchObject({ pid: chosen.pid });
  expect(pickedBuild(later)).toMatchObject({ pid: chosen.pid, startTime: chosen.startTime });
});

test('what is picked and ends is picked no more, also where its pid is used again', () => {
  const { state } = press(rescueStateOf(), '1');
  const chosen = pickedBuild(state) as Build;
  expect(applyTick(state, without(busy, chosen)).ui.selected).toBeNull();
  const reused = {
    ...busy,
    builds: busy.builds.map((build) => (build === chosen ? { ...build, startTime: 1 } : build)),
  };
  expect(applyTick(state, reused).ui.selected).toBeNull();
});

test('up and down move through the numbered rows', () => {
  const rows = listed(rescueStateOf());
  expect(pickedBuild(press(rescueStateOf(), 'down').state)).toBe(rows[0]);
  expect(pickedBuild(press(rescueStateOf(), 'down', 'down').state)).toBe(rows[1]);
  expect(pickedBuild(press(rescueStateOf(), 'up').state)).toBe(rows.at(-1));
  expect(pickedBuild(press(rescueStateOf(), '1', 'up').state)).toBe(rows[0]);
});

test('K asks about the heaviest and says why, C about everything', () => {
  expect(questionOf(press(rescueStateOf(), 'K').state)).toMatchObject({
    intent: { type: 'kill', reason: { by: 'memory' } },
  });
  expect(questionOf(press(rescueStateOf(), 'C').state)).toMatchObject({
    intent: { type: 'cancel', everything: true },
  });
});

describe('nothing is confirmed by accident', () => {
  const asked = press(rescueStateOf(), '1', 'k').state;

  test('a doubled key, Enter, space, Esc and every other key say no', () => {
    for (const name of ['k', 'enter', 'space', 'escape', 'n', 'Y', '1', 'up', 'f9']) {
      const { state, effects } = press(asked, name);
      expect(effects, name).toEqual([]);
      expect(questionOf(state), name).toBeNull();
    }
  });

  test('keys that came in one read do not answer', () => {
    const names = (text: string) => [...text].map((name) => ({ name }));
    expect(pressKeys(rescueStateOf(), names('1ky')).effects).toEqual([]);
    expect(pressKeys(rescueStateOf(), names('Ky')).effects).toEqual([]);
    expect(pressKeys(rescueStateOf(), names('Cy')).effects).toEqual([]);
    expect(pressKeys(asked, names('yy')).effects).toEqual([]);
  });

  test('a paste neither opens nor answers', () => {
    expect(pressKeys(asked, [{ paste: 'y' }]).effects).toEqual([]);
    expect(questionOf(pressKeys(rescueStateOf(), [{ paste: '1ky' }]).state)).toBeNull();
  });

  test('once the build has ended y does nothing and says so', () => {
    const target = pickedBuild(asked) as Build;
    const { state, effects } = press(applyTick(asked, without(busy, target)), 'y');
    expect(effects).toEqual([]);
    expect(questionOf(state)).toBeNull();
    expect(state.ui.notice?.text).toBe(`${target.name} has ended: nothing was done`);
  });

  test('a pid that somebody else has by now is another build', () => {
    const reused = { ...busy, builds: busy.builds.map((build) => ({ ...build, startTime: 1 })) };
    expect(press(applyTick(asked, reused), 'y').effects).toEqual([]);
  });
});

describe('what cannot be done says why', () => {
  const table: readonly [string, RescueSetUp, readonly string[], string][] = [
    ['nothing picked', {}, ['k'], 'Kill: pick a build first (1-9, 0)'],
    ['read-only', { health: { readOnly: true } }, ['K'], 'Kill the heaviest: started with --read-only'],
    [
      'another user',
      { actor: { uid: 1000, privileged: false, signalsAll: false, systemd: null, barred: null } },
      ['1', 'k'],
      'Kill: needs root: sudo nixpulse',
    ],
    ['no build', { model: { ...busy, builds: [] } }, ['k'], 'Kill: there is no build'],
    [
      'nothing of Nix',
      { model: { ...busy, builds: [], clients: [] } },
      ['C'],
      'Cancel everything: nothing of Nix runs here',
    ],
  ];
  test.each(table)('%s', (_, over, keys, text) => {
    const { state, effects } = press(rescueStateOf(over), ...keys);
    expect(state.ui.notice?.text).toBe(text);
    expect(questionOf(state)).toBeNull();
    expect(effects).toEqual([]);
  });
});

test('the only build needs no number', () => {
  const only = rescueStateOf({ model: { ...busy, builds: [linux] } });
  expect(questionOf(press(only, 'k').state)).toMatchObject({ intent: killOf(linux) });
  expect(questionOf(press(only, 'escape', 'k').state)).toMatchObject({ intent: killOf(linux) });
});

test('q quits; while an action runs it asks', () => {
  expect(press(rescueStateOf(), 'q').effects).toEqual([{ type: 'quit' }]);
  const intent = { type: 'kill', targets: [targetOf(firefox)], reason: null } as const;
  const running = beginAction(rescueStateOf(), { id: 1, intent, title: 'kill', sinceMs: 0 });
  const asked = press(running, 'q');
  expect(asked.effects).toEqual([]);
  expect(questionOf(asked.state)).toMatchObject({ kind: 'quit' });
  expect(press(asked.state, 'y').effects).toMatchObject([{ type: 'quit' }]);
  expect(press(asked.state, 'n').effects).toEqual([]);
  expect(press(running, 'x').effects).toEqual([{ type: 'cancel-running' }]);
});

test('every row is one of the dashboard', () => {
  expect(rescueCommands.map(({ id }) => id).toSorted()).toEqual(
    [
      'cancel-everything',
      'cancel-running',
      'down',
      'help',
      'interrupt',
      'kill',
      'kill-heaviest',
      'leave',
      'quit',
      'quit-anywhere',
      'redraw',
      'suspend',
      'up',
      'yes',
      'yes-quit',
    ].toSorted(),
  );
});

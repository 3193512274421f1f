import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { targetOf } from '../../src/model/intents/intent.ts';
import type { LoweredMark } from '../../src/model/intents/lowered-mark.ts';
import type { PausedMark } from '../../src/model/intents/paused-mark.ts';
import type { Model } from '../../src/model/model.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { applyLowered, applyPaused, intentOfQuestion, offer } from '../../src/state/questions.ts';
import { loweredByUs, pausedByUs, topMode } from '../../src/state/selectors.ts';
import type { State } from '../../src/state/state.ts';
import { busy, chromium, firefox, linux } from '../support/model-fixture.ts';
import { buildOfRow, pressed, selectedName, stateOf } from './support.ts';

const state = stateOf(busy);
const selected = pressed(state, 'home');
const without = (...gone: readonly { pid: number }[]): Model => ({
  ...busy,
  builds: busy.builds.filter(({ pid }) => !gone.some((build) => build.pid === pid)),
});
const targets = (from: State) => {
  const intent = intentOfQuestion(from);
  return intent?.type === 'kill' ? intent.targets.map(({ root }) => root.pid) : null;
};

describe('a question', () => {
  test('has two rows above the footer, and the list keeps the rest', () => {
    const asked = pressed(selected, 'k');
    expect(topMode(asked)).toMatchObject({ kind: 'confirm', openedBy: 'k', typed: '', word: null });
    expect(asked.layout.promptRows).toBe(2);
    expect(asked.layout.listRows).toBe(selected.layout.listRows - 2);
  });

  test('asks about the same build when the list is sorted anew', () => {
    expect(selectedName(selected)).toBe('firefox-130.0');
    const asked = pressed(selected, 'k');
    const later = applyModel(asked, {
      ...busy,
      builds: [{ ...chromium, residentBytes: 1e12 }, { ...firefox, residentBytes: 1 }, linux],
    });
    expect(buildOfRow(later.rows[0])?.pid).toBe(chromium.pid);
    expect(targets(later)).toEqual([firefox.pid]);
  });

  test('cannot be confirmed once its target has ended, and says so', () => {
    const ended = applyModel(pressed(selected, 'k'), without(firefox));
    expect(topMode(ended).kind).toBe('confirm');
    expect(intentOfQuestion(ended)).toBeNull();
    const answered = pressed(ended, 'y');
    expect(topMode(answered).kind).toBe('normal');
    expect(answered.ui.notice?.text).toBe('firefox-130.0 has ended: nothing was done');
  });

  test('a process that got the same pid later is another one', () => {
    const reused = { ...firefox, startTime: firefox.startTime + 1, name: 'firefox-130.0' };
    const model = { ...busy, builds: [reused, chromium] };
    expect(intentOfQuestion(applyModel(pressed(selected, 'k'), model))).toBeNull();
  });

  test('of a tagged set goes on with those that are left', () => {
    const tagged = pressed(state, 'home', 'space', 'space', 'k');
    expect(targets(tagged)).toEqual([firefox.pid, chromium.pid]);
    const one = applyModel(tagged, without(firefox));
    expect(targets(one)).toEqual([firefox.pid, chromium.pid]);
    expect(intentOfQuestion(applyModel(one, without(firefox, chromium)))).toBeNull();
  });

  test('is judged by the newest model while the screen is frozen', () => {
    const frozen = applyModel(pressed(selected, 'z'), without(firefox));
    expect(selectedName(frozen)).toBe('firefox-130.0');
    expect(intentOfQuestion(pressed(frozen, 'k'))).toBeNull();
  });

  test.each(['enter', 'space', 'k', 'n', 'Y', 'escape', 'down'])('%s closes it', (key) => {
    const closed = pressed(pressed(selected, 'k'), key);
    expect(topMode(closed).kind).toBe('normal');
    expect(selectedName(closed)).toBe('firefox-130.0');
  });

  test('an outcome that comes meanwhile is there when it is closed', () => {
    const asked = pressed(selected, 'k');
    const told: State = { ...asked, ui: { ...asked.ui, notice: { text: 'done', level: 'info' } } };
    const closed = pressed(told, 'n');
    expect(closed.ui.notice?.text).toBe('done');
    expect(pressed(closed, 'down').ui.notice).toBeNull();
  });

  test('from the details is about their build, and goes back to them', () => {
    const details = pressed(selected, 'enter');
    const moved = { ...details, ui: { ...details.ui, selected: identityKey(chromium) } };
    const asked = pressed(moved, 'k');
    expect(targets(asked)).toEqual([firefox.pid]);
    expect(topMode(pressed(asked, 'n')).kind).toBe('details');
  });
});

describe('a menu', () => {
  test('becomes the question of what was chosen', () => {
    const menu = pressed(selected, '+', 'down', 'k');
    expect(topMode(menu)).toMatchObject({ kind: 'choose', cursor: 0 });
    expect(menu.layout.promptRows).toBe(1);
    const chosen = pressed(menu, 'right', 'right', 'enter');
    expect(topMode(chosen)).toMatchObject({ kind: 'confirm', intent: { type: 'signal', signal: 'KILL' } });
    expect(intentOfQuestion(chosen)).toMatchObject({ process: { pid: firefox.tree[0]?.pid } });
    expect(topMode(pressed(chosen, 'enter')).kind).toBe('normal');
  });

  test.each(['escape', 'q'])('%s leaves it', (key) => {
    expect(topMode(pressed(pressed(selected, '+', 'down', 'k'), key)).kind).toBe('normal');
  });

  test('the cursor stops at both ends', () => {
    const menu = pressed(selected, '+', 'down', 'k');
    expect(topMode(pressed(menu, 'left'))).toMatchObject({ cursor: 0 });
    expect(topMode(pressed(menu, ...Array(9).fill('right')))).toMatchObject({ cursor: 4 });
  });
});

describe('a word', () => {
  const asked: State = {
    ...state,
    ui: {
      ...state.ui,
      modes: [
        { kind: 'normal' },
        {
          kind: 'confirm',
          intent: { type: 'repair', paths: ['/nix/store/x'] },
          openedBy: 'F',
          word: 'repair',
          typed: '',
        },
      ],
    },
  };

  test('must be typed exactly', () => {
    expect(intentOfQuestion(pressed(asked, ...'repair'))).toMatchObject({ type: 'repair' });
    for (const text of ['', 'repai', 'repairr', 'REPAIR', 'repair ']) {
      const typed = pressed(asked, ...[...text].map((letter) => (letter === ' ' ? 'space' : letter)));
      expect(intentOfQuestion(typed), text).toBeNull();
      expect(topMode(pressed(typed, 'enter')).kind).toBe('confirm');
    }
  });

  test('is erased like other text', () => {
    const typed = pressed(asked, ...'repairx', 'backspace');
    expect(intentOfQuestion(typed)).not.toBeNull();
    expect(topMode(pressed(typed, 'ctrl-u'))).toMatchObject({ typed: '' });
  });
});

describe('what is lowered or limited', () => {
  const mark = (over: Partial<LoweredMark> = {}): LoweredMark => ({
    ...{ target: targetOf(firefox), atMs: busy.timeMs - 130_000, ours: true },
    ...{ lowered: true, limited: false, memoryHighBytes: null, ...over },
  });
  const shown = (of: State) => of.model.builds.find(({ pid }) => pid === firefox.pid);

  test('is shown, though the machine does not say so', () => {
    const marked = applyLowered(state, [mark({ limited: true, memoryHighBytes: 4096 })]);
    expect(shown(marked)).toMatchObject({ lowered: true, limited: true, memoryHighBytes: 4096 });
    expect(shown(applyModel(marked, { ...busy }))).toMatchObject({ lowered: true, limited: true });
    expect(applyLowered(marked, [mark({ limited: true, memoryHighBytes: 4096 })])).toBe(marked);
  });

  test('and no more once it was put back', () => {
    const marked = applyLowered(state, [mark()]);
    expect(shown(applyLowered(marked, []))).toMatchObject({ lowered: false });
  });

  test('asks when we quit, if we did it and it runs still', () => {
    expect(topMode(pressed(applyLowered(state, [mark()]), 'q')).kind).toBe('quit');
    expect(topMode(pressed(applyLowered(state, [mark({ ours: false })]), 'q')).kind).toBe('normal');
    const ended = applyModel(applyLowered(state, [mark()]), { ...busy, builds: [] });
    expect(loweredByUs(ended)).toEqual([]);
  });
});

describe('what is paused', () => {
  const mark = (over: Partial<PausedMark> = {}): PausedMark => ({
    target: targetOf(linux),
    pausedAtMs: busy.timeMs - 130_000,
    ours: true,
    ...over,
  });

  test('has its time in the row', () => {
    const marked = applyPaused(state, [mark()]);
    const row = marked.rows.find((one) => buildOfRow(one) === linux);
    expect(row).toMatchObject({ pausedAtMs: busy.timeMs - 130_000 });
    expect(applyPaused(marked, [mark()])).toBe(marked);
  });

  test('asks when we quit, if we paused it and it is still', () => {
    expect(topMode(pressed(applyPaused(state, [mark()]), 'q')).kind).toBe('quit');
    expect(topMode(pressed(applyPaused(state, [mark({ ours: false })]), 'q')).kind).toBe('normal');
    const running = applyModel(applyPaused(state, [mark()]), {
      ...busy,
      builds: [{ ...linux, paused: false }],
    });
    expect(pausedByUs(running)).toEqual([]);
  });

  test('is offered at the start', () => {
    const offered = offer(state, [mark({ ours: false })]);
    expect(offered.layout.promptRows).toBe(2);
    expect(intentOfQuestion(offered)).toEqual({ type: 'resume', targets: [targetOf(linux)] });
    expect(topMode(pressed(offered, 'enter')).kind).toBe('normal');
    expect(offer(state, [])).toBe(state);
  });
});

import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { dispatch } from '../../src/commands/dispatch.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { cursorDiagnosis, diagnosisRows, lookedAt } from '../../src/state/diagnosis.ts';
import { limitScroll } from '../../src/state/scrolling.ts';
import { situationOf } from '../../src/state/situation.ts';
import { diagnosed, diagnosedFindings } from '../support/diagnosed-model.ts';
import { idle, linux, python, rebuild } from '../support/model-fixture.ts';
import { pressed, stateOf } from './support.ts';

const state = stateOf(diagnosed);
const view = pressed(state, '6');
const [stuck, space, spinning, lock] = diagnosedFindings;

describe('the rows', () => {
  test('what there is to mend first, the worst on top; every finding has a row, every hypothesis one at least', () => {
    const rows = diagnosisRows(diagnosed);
    expect(rows.slice(0, 4).map(({ finding }) => finding)).toEqual([stuck, spinning, space, lock]);
    expect(rows.map(({ first }) => first).filter(Boolean)).toHaveLength(diagnosed.hypotheses.length);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  });

  test('the cursor stands on the first, follows what was selected, and is let go by Esc', () => {
    expect(cursorDiagnosis(view)?.finding).toBe(stuck);
    const third = pressed(view, 'down', 'down');
    expect(cursorDiagnosis(third)?.hypothesis.id).toBe('space');
    const gone = diagnosed.findings.filter((one) => one !== spinning && one !== stuck);
    const hypotheses = diagnosed.hypotheses.map((one) =>
      one.id === 'build' ? { ...one, findings: [] } : one,
    );
    const later = applyModel(third, { ...diagnosed, findings: gone, hypotheses });
    expect(diagnosisRows(later.model)[0]?.hypothesis.id).toBe('space');
    expect(cursorDiagnosis(later)?.hypothesis.id).toBe('space');
    expect(cursorDiagnosis(pressed(third, 'escape'))?.finding).toBe(stuck);
    expect(cursorDiagnosis(pressed(view, 'end'))?.finding).toBeNull();
  });
});

describe('v and f', () => {
  test('open a page each, take the place of each other, and Esc goes back', () => {
    const why = pressed(view, 'down', 'v');
    expect(why.ui.modes.at(-1)).toEqual({ kind: 'why', of: { kind: 'row', key: spinning?.id }, scroll: 0 });
    const remedies = pressed(why, 'f');
    expect(remedies.ui.modes.map(({ kind }) => kind)).toEqual(['normal', 'remedies']);
    expect(pressed(remedies, 'v').ui.modes.map(({ kind }) => kind)).toEqual(['normal', 'why']);
    expect(pressed(remedies, 'escape').ui).toMatchObject({ view: 'diagnosis', modes: [{ kind: 'normal' }] });
  });

  test('of a build, in its details', () => {
    const details = pressed(state, ...Array.from({ length: 3 }, () => 'down'), 'enter', 'v');
    const build = identityKey(python);
    expect(details.ui.modes.at(-1)).toEqual({ kind: 'why', of: { kind: 'build', build }, scroll: 0 });
    expect(lookedAt(diagnosed, { kind: 'build', build })).toMatchObject({
      finding: stuck,
      verdict: { state: 'stuck' },
      hypothesis: { id: 'build' },
    });
    expect(pressed(details, 'escape').ui.modes.map(({ kind }) => kind)).toEqual(['normal', 'details']);
  });

  test('say why they do nothing', () => {
    expect(pressed(view, 'end', 'f').ui.notice?.text).toBe('What helps: nothing was found there');
    expect(pressed(stateOf(idle), '1', 'v').ui.notice?.text).toMatch(/^Why: /);
  });

  test('the page scrolls as far as there are lines', () => {
    const why = pressed(view, 'v', 'end');
    expect(limitScroll(why, 7).ui.modes.at(-1)).toMatchObject({ scroll: 7 });
    expect(limitScroll(pressed(view, 'v'), 7).ui.modes.at(-1)).toMatchObject({ scroll: 0 });
    expect(pressed(limitScroll(why, 7), 'up').ui.modes.at(-1)).toMatchObject({ scroll: 6 });
  });
});

describe('what acts there', () => {
  test.each([
    ['in the view', view],
    ['on a page', pressed(view, 'v')],
    ['with another build tagged', pressed(pressed(state, 'space'), '6')],
  ])('k asks about the build of the finding: %s', (_, at) => {
    const ask = dispatch({ name: 'k' }, situationOf(at));
    expect(ask).toMatchObject({ type: 'ask', intent: { type: 'kill', targets: [{ name: python.name }] } });
  });

  test('k does nothing where it is about no build, whatever is selected in the list', () => {
    const at = pressed(pressed(state, 'home'), '6', 'down', 'down');
    expect(cursorDiagnosis(at)?.finding).toBe(space);
    expect(dispatch({ name: 'k' }, situationOf(at))).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('no build that runs here'),
    });
    expect(dispatch({ name: 'c' }, situationOf(at))).toMatchObject({ type: 'notify' });
  });

  test('c asks about who holds the lock, and about the client of a build', () => {
    const onLock = pressed(view, 'down', 'down', 'down');
    expect(cursorDiagnosis(onLock)?.finding).toBe(lock);
    for (const at of [onLock, view]) {
      expect(dispatch({ name: 'c' }, situationOf(at))).toMatchObject({
        type: 'ask',
        intent: { type: 'cancel', clients: [{ process: { pid: rebuild.pid } }], orphans: [] },
      });
    }
  });

  test('p pauses it', () => {
    const step = dispatch({ name: 'p' }, situationOf(pressed(view, 'down')));
    // It is paused already: resumed.
    expect(step).toMatchObject({
      type: 'perform',
      intent: { type: 'resume', targets: [{ name: linux.name }] },
    });
  });
});

describe('Enter', () => {
  const stepOf = (at: ReturnType<typeof stateOf>) => dispatch({ name: 'enter' }, situationOf(at));
  const onto = (hypothesis: string, model = diagnosed) => ({
    ...stateOf(model),
    ui: { ...view.ui, selectedDiagnosis: hypothesis },
  });

  test('runs the test of the finding at once where it costs little, in the view and on its pages', () => {
    const intent = { type: 'probe', probe: 'stack', subject: identityKey(linux) };
    const at = pressed(view, 'down');
    for (const open of [at, pressed(at, 'v'), pressed(at, 'f')]) {
      expect(stepOf(open)).toEqual({ type: 'perform', intent });
    }
  });

  test('of several opens a menu, the cheapest first, without those that run', () => {
    const step = stepOf(onto('disk'));
    if (step?.type !== 'choose') throw new Error('a menu');
    expect(step.choices.map(({ intent }) => intent)).toEqual([
      { type: 'probe', probe: 'kernel-log', subject: null },
      { type: 'probe', probe: 'read-speed', subject: 'dm-0', force: true },
      { type: 'probe', probe: 'bad-blocks', subject: 'nvme0n1', force: true },
    ]);
    // Memory is critically short: what is heavy asks first.
    expect(step.choices.map(({ asks }) => asks)).toEqual([false, true, true]);
  });

  test('in the menu does what costs little, and asks before what costs much', () => {
    const menu = pressed(onto('disk'), 'enter');
    expect(menu.ui.modes.at(-1)).toMatchObject({ kind: 'choose', cursor: 0 });
    expect(stepOf(menu)).toEqual({
      type: 'perform',
      intent: { type: 'probe', probe: 'kernel-log', subject: null },
    });
    expect(pressed(menu, 'enter').ui.modes).toEqual([{ kind: 'normal' }]);
    expect(pressed(menu, 'right', 'enter').ui.modes.at(-1)).toMatchObject({
      kind: 'confirm',
      intent: { probe: 'read-speed' },
    });
  });

  test('says why there is nothing to run', () => {
    expect(stepOf(onto('paused'))).toMatchObject({
      text: expect.stringContaining('no test would settle it'),
    });
    const { probes } = diagnosed;
    const running = [{ id: 'stack', subject: identityKey(python), startedMs: 0, progress: null }] as const;
    const runs = { ...diagnosed, probes: { ...probes, running } };
    expect(stepOf(onto('build', runs))).toMatchObject({ text: expect.stringContaining('runs already') });
    const barred = onto('build');
    const replayed = { ...barred, actor: { ...barred.actor, barred: 'this is a rehearsal' } };
    expect(stepOf(replayed)).toMatchObject({ text: expect.stringContaining('this is a rehearsal') });
  });
});

/** The log of a build: opened, followed, scrolled, searched, left. */
import { describe, expect, test } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { blockedReason } from '../../src/commands/command.ts';
import { commandFor } from '../../src/commands/dispatch.ts';
import type { Model } from '../../src/model/model.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { applyLogFile, logMode, topLine } from '../../src/state/log-page.ts';
import { settle } from '../../src/state/settle.ts';
import { situationOf } from '../../src/state/situation.ts';
import type { State } from '../../src/state/state.ts';
import { initialUi } from '../../src/state/ui.ts';
import { box, boxFirefox, followedOf, withRebuilds } from '../support/followed-fixture.ts';
import { busy, firefox, idle } from '../support/model-fixture.ts';
import { build, drvOf, line, RebuildLog, say, stop } from '../support/rebuild-log.ts';
import { pressed, stateOf } from './support.ts';

const ui = { ...initialUi, view: 'builds' as const };
const keyOf = (name: string) => `${drvOf(name)} of command stream`;
const at = (state: State, key: string): State => ({ ...state, ui: { ...state.ui, selected: key } });
const tree = (model: Model = box) => stateOf(model, { ui });
const why = (state: State, key: string) => {
  const situation = situationOf(state);
  const command = commandFor(key, situation);
  return command === undefined ? 'no command' : blockedReason(command, situation);
};
const top = (state: State) => {
  const mode = logMode(state);
  if (mode === null) throw new Error('no log is open');
  return { top: topLine(state, mode), follows: mode.top === null, left: mode.left };
};
const shown = (state: State) => {
  const { lines, dropped } = state.log?.kept ?? { lines: [], dropped: 0 };
  return lines[top(state).top - dropped];
};

/** A build that has said so many lines, in a list of its own. */
function said(count: number) {
  const log = new RebuildLog().at(1, build(1, 'a'));
  for (let from = 0; from < count; from += 100)
    log.at(
      2 + from,
      ...Array.from({ length: Math.min(100, count - from) }, (_, index) => line(1, `line ${from + index}`)),
    );
  return log;
}
const modelOf = (log: RebuildLog) => withRebuilds(idle, [followedOf(log.rebuild)]);
const more = (log: RebuildLog, from: number, to: number) =>
  modelOf(
    log.at(
      from + 10_000,
      ...Array.from({ length: to - from }, (_, index) => line(1, `line ${from + index}`)),
    ),
  );
const opened = (log: RebuildLog) => pressed(at(tree(modelOf(log)), keyOf('a')), 'l');

describe('opening', () => {
  test('of a build in the tree, in the overview and in its details', () => {
    for (const state of [
      pressed(at(tree(), identityKey(firefox)), 'l'),
      pressed(at(stateOf(box), identityKey(firefox)), 'l'),
      pressed(at(stateOf(box), identityKey(firefox)), 'enter', 'l'),
    ]) {
      expect(state.log).toMatchObject({
        of: { kind: 'build', drv: boxFirefox.log?.drv },
        from: 'stream',
        goesOn: true,
      });
      expect(state.log?.kept.total).toBe(120);
    }
    const details = pressed(at(stateOf(box), identityKey(firefox)), 'enter', 'l', 'escape');
    expect(details.ui.modes.at(-1)?.kind).toBe('details');
    expect(details.log).toBeNull();
  });

  test('of what failed, and of the rebuild from its row and from lines that are no build', () => {
    expect(pressed(at(tree(), keyOf('openblas-0.3.28')), 'l').log?.kept.lines.at(-1)).toContain('dgemm');
    for (const key of ['rebuild command stream', 'transfers of command stream'])
      expect(pressed(at(tree(), key), 'l').log?.of).toEqual({ kind: 'rebuild', rebuild: 'command stream' });
  });

  test('what has not begun has none, and the key says so', () => {
    expect(why(at(tree(), keyOf('system-path')), 'l')).toBe('it has not begun: there is no log of it');
    expect(why(at(tree(), keyOf('unit-nginx.service')), 'l')).toBe('it has not begun: there is no log of it');
    expect(why(stateOf({ ...idle, builds: [] }), 'l')).toBe('there is no build');
  });

  test('of a build without a stream nothing is there, and its file may be', () => {
    const state = pressed(at(stateOf(busy), identityKey(firefox)), 'l');
    expect(state.log).toMatchObject({ from: 'none', goesOn: true });
    expect(state.log?.of).toMatchObject({
      drv: `/nix/store/${firefox.drvHash}-firefox-130.0.drv`,
      rebuild: null,
    });
  });
});

describe('following', () => {
  test('the end, while lines come; a key up stays where one looks, End follows again', () => {
    const log = said(200);
    let state = opened(log);
    expect(top(state).follows).toBe(true);
    expect(shown(state)).toBe('line 163');
    state = applyModel(state, more(log, 200, 210));
    expect(shown(state)).toBe('line 173');
    state = pressed(state, 'up', 'pageup');
    const where = shown(state);
    expect(top(state).follows).toBe(false);
    state = applyModel(state, more(log, 210, 300));
    expect(shown(state)).toBe(where);
    expect(top(pressed(state, 'end'))).toMatchObject({ follows: true });
    expect(shown(pressed(state, 'home'))).toBe('line 100');
    expect(
      top(pressed(state, 'home', 'pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown', 'pagedown')),
    ).toMatchObject({
      follows: true,
    });
  });

  test('to its end: the lines stay when the build has gone', () => {
    const log = said(50);
    const state = opened(log);
    const over = applyModel(state, modelOf(log.at(20_000, stop(1))));
    expect(over.log?.kept.lines).toHaveLength(50);
    expect(over.log?.goesOn).toBe(false);
    const gone = applyModel(over, idle);
    expect(gone.log?.kept.lines).toHaveLength(50);
  });

  test('a tick that changes nothing of it keeps the page', () => {
    const state = opened(said(50));
    expect(applyModel(state, { ...state.model, timeMs: state.model.timeMs + 500 }).log).toBe(state.log);
  });

  test('a frozen screen stands still', () => {
    const log = said(50);
    const state = pressed(opened(log), 'z');
    expect(applyModel(state, more(log, 50, 60)).log?.kept.total).toBe(50);
  });

  test('right and left move by half a screen, and stop at the edge', () => {
    const state = opened(said(5));
    expect(top(pressed(state, 'right', 'right')).left).toBe(120);
    expect(top(pressed(state, 'right', 'left', 'left')).left).toBe(0);
  });
});

describe('search', () => {
  test('upwards from the end that it follows; n and N go on, round the ends', () => {
    const state = pressed(opened(said(200)), '/', ...'line 1', '5');
    expect(state.ui.modes.at(-1)).toMatchObject({ search: 'line 15', found: 59 });
    const kept = pressed(state, 'enter');
    expect(pressed(kept, 'n').ui.modes.at(-1)).toMatchObject({ found: 50 });
    expect(pressed(kept, 'N').ui.modes.at(-1)).toMatchObject({ found: 58 });
    expect(top(kept).follows).toBe(false);
  });

  test('downwards from where one looks', () => {
    const state = pressed(opened(said(200)), 'home', '/', ...'7', 'enter');
    expect(state.ui.modes.at(-1)).toMatchObject({ found: 7, top: 0 });
  });

  test('Esc undoes what is typed, drops the search, leaves', () => {
    const typing = pressed(opened(said(200)), '/', ...'line 110');
    expect(top(typing).follows).toBe(false);
    const undone = pressed(typing, 'escape');
    expect(top(undone).follows).toBe(true);
    const kept = pressed(typing, 'enter', 'escape');
    expect(kept.ui.modes.at(-1)).toMatchObject({ kind: 'log', search: '' });
    expect(pressed(kept, 'escape').ui.modes.at(-1)?.kind).toBe('normal');
  });

  test('what is not there is said', () => {
    const state = pressed(opened(said(20)), '/', ...'nope');
    expect(state.ui.notice?.text).toBe('no match for "nope"');
    expect(why(opened(said(20)), 'n')).toBe('search first (/)');
  });

  test('letters are text while it is typed, commands else', () => {
    expect(pressed(opened(said(20)), '/', 'q', 'k', 'n').ui.modes.at(-1)).toMatchObject({ search: 'qkn' });
    expect(pressed(opened(said(20)), 'q').ui.modes).toHaveLength(1);
  });
});

describe('its file', () => {
  const read = { state: 'read', path: '/x', lines: ['a', 'b'], total: 48_211, atMs: 1 } as const;

  test('takes the place of what the stream has, once it is read', () => {
    const state = pressed(opened(said(200)), 'l');
    expect(logMode(state)?.reads).toBe(1);
    const of = state.log?.of;
    if (of === undefined) throw new Error('no log is open');
    const reading = settle(applyLogFile(state, of, { state: 'reading', lines: 10 }), state);
    expect(reading.log).toMatchObject({ from: 'stream', file: { state: 'reading' } });
    expect(why(reading, 'l')).toBe('it is being read');
    const done = settle(applyLogFile(reading, of, read), reading);
    expect(done.log).toMatchObject({ from: 'file', kept: { lines: ['a', 'b'], total: 48_211 } });
    const refused = settle(applyLogFile(done, of, { state: 'unread', reason: 'denied' }), done);
    expect(refused.log?.file).toEqual({ state: 'unread', reason: 'denied' });
    expect(applyLogFile(state, { kind: 'rebuild', rebuild: 'x' }, read)).toBe(state);
  });

  test('there is none of a whole rebuild', () => {
    expect(why(pressed(at(tree(), 'rebuild command stream'), 'l'), 'l')).toBe(
      'Nix keeps a file of each build, none of the whole rebuild',
    );
  });
});

describe('actions', () => {
  test('act on the build whose log is open, or cancel its rebuild', () => {
    const kill = pressed(at(tree(), identityKey(firefox)), 'l', 'k');
    expect(kill.ui.modes.at(-1)).toMatchObject({
      kind: 'confirm',
      intent: { type: 'kill', targets: [{ root: { pid: firefox.pid } }] },
    });
    expect(kill.log).not.toBeNull();
    expect(why(pressed(at(tree(), keyOf('openblas-0.3.28')), 'l'), 'k')).toBe('it has ended');
    const whole = pressed(at(tree(), 'rebuild command stream'), 'l');
    expect(why(whole, 'k')).toBe('this is the whole rebuild: select a build of it (c cancels it)');
    expect(pressed(whole, 'c').ui.modes.at(-1)).toMatchObject({
      kind: 'confirm',
      intent: { type: 'cancel' },
    });
  });
});

test('a plan alone is no log line', () => {
  const log = new RebuildLog().at(1, say('this derivation will be built:'), say(`  ${drvOf('a')}`));
  expect(
    pressed(at(tree(modelOf(log)), 'rebuild command stream'), 'l').log?.kept.lines.length,
  ).toBeLessThanOrEqual(2);
});

import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { deriveFleet } from '../../../src/model/fleet/derive-fleet.ts';
import { fleetKeys, pressFleet } from '../../../src/state/fleet/fleet-keys.ts';
import {
  answered,
  asked,
  createFleetState,
  type FleetState,
  fleetLayout,
  selectedMachine,
  settleFleet,
} from '../../../src/state/fleet/fleet-state.ts';
import { answersOf, everyState, now } from '../../support/fleet-answers.ts';

const terminal = { columns: 80, rows: 10, unicode: true, color: false, console: false };
const start = createFleetState(terminal, 'mon:9090', 0);
const shown = answered(asked(start, 10), ok(deriveFleet(everyState)), 20);
const press = (state: FleetState, ...names: string[]) =>
  names.reduce((before, name) => pressFleet(before, name).state, state);
const nameOf = (state: FleetState) => selectedMachine(state)?.name.replace('.example.org', '');

describe('an answer', () => {
  test('is shown with its age; a later one that fails leaves it there', () => {
    expect(shown).toMatchObject({ answeredMs: 20, askingMs: null, problem: null });
    const failed = answered(asked(shown, 30), fail('timeout', 'mon:9090', 'no answer within 8 s'), 40);
    expect(failed).toMatchObject({ answeredMs: 20, nowMs: 40, problem: { kind: 'timeout' } });
    expect(failed.shown).toBe(shown.shown);
    expect(answered(failed, ok(deriveFleet(everyState)), 50).problem).toBeNull();
  });

  test('moves the selection with its machine, and leaves it at the top where nobody chose', () => {
    const chosen = press(shown, 'down', 'down');
    expect(nameOf(chosen)).toBe('cache-1');
    const later = deriveFleet(answersOf({ told: [now('cache-1.example.org:1'), now('a.example.org:1')] }));
    expect(nameOf(answered(chosen, ok(later), 60))).toBe('cache-1');
    expect(nameOf(answered(shown, ok(later), 60))).toBe('a');
    const without = deriveFleet(answersOf({ told: [now('z.example.org:1')] }));
    expect(nameOf(answered(chosen, ok(without), 60))).toBe('z');
    expect(nameOf(answered(chosen, ok(deriveFleet(answersOf({}))), 60))).toBeUndefined();
  });
});

describe('keys', () => {
  test('move, and never beyond the ends', () => {
    expect(nameOf(press(shown, 'up', 'k'))).toBe('db-1');
    expect(nameOf(press(shown, 'end', 'down'))).toBe('calm-2');
    expect(nameOf(press(shown, 'end', 'home'))).toBe('db-1');
    expect(nameOf(press(shown, 'pagedown'))).toBe('lost-1');
    expect(nameOf(press(shown, 'pagedown', 'pageup'))).toBe('db-1');
    expect(press(start, 'down', 'end', 'enter').selected).toBeNull();
  });

  test.each(['j', 'pagedown', 'end'])('%s keeps the selected machine on the screen', (key) => {
    let state = shown;
    for (let times = 0; times < 14; times += 1) {
      state = press(state, key);
      const at = state.shown.findIndex(({ name }) => name === state.selected);
      expect(at).toBeGreaterThanOrEqual(state.top);
      expect(at).toBeLessThan(state.top + fleetLayout(terminal).listRows);
    }
  });

  test('filter by name, by state, by alert', () => {
    const names = (state: FleetState) => state.shown.map(({ name }) => name.replace('.example.org', ''));
    expect(names(press(shown, '/', 'W', 'e', 'b'))).toEqual(['web-1', 'web-2', 'web-3']);
    expect(names(press(shown, '/', ...'gone', 'enter'))).toEqual(['away-1', 'lost-1', 'old-1']);
    expect(names(press(shown, '/', ...'diskfail'))).toEqual(['db-1']);
    const typing = press(shown, '/', ...'webx', 'backspace');
    expect([typing.typing, typing.filter]).toEqual([true, 'web']);
    expect(press(typing, 'up', 'f5', 'ctrl-a').filter).toBe('web');
    expect(press(typing, 'ctrl-u').filter).toBe('');
    expect(names(press(typing, 'escape'))).toHaveLength(12);
    expect(names(press(typing, 'enter', 'escape'))).toHaveLength(12);
    expect(press(shown, '/', 'backspace').typing).toBe(false);
  });

  test('sort by name and back', () => {
    expect(nameOf(press(shown, 's', 'home'))).toBe('away-1');
    expect(nameOf(press(shown, 's', 's', 'home'))).toBe('db-1');
  });

  test('open the machine, and nothing that is no name of a host', () => {
    expect(pressFleet(shown, 'enter').effect).toEqual({ type: 'open', host: 'db-1.example.org' });
    const odd = answered(shown, ok(deriveFleet(answersOf({ told: [now('-oProxyCommand=id')] }))), 30);
    expect(pressFleet(odd, 'enter')).toMatchObject({ state: { notice: { isWarning: true } } });
    expect(pressFleet(odd, 'enter').effect).toBeUndefined();
  });

  test('of the help go back, and do nothing else', () => {
    const help = press(shown, '?');
    expect(help.help).toBe(true);
    for (const key of ['?', 'q', 'enter', 'down', 'x']) {
      const { state, effect } = pressFleet(help, key);
      expect([state.help, effect, nameOf(state)]).toEqual([false, undefined, 'db-1']);
    }
    expect(pressFleet(help, 'ctrl-c').effect).toEqual({ type: 'interrupt' });
  });

  test('are each there once', () => {
    const all = fleetKeys.flatMap(({ keys }) => keys);
    expect(new Set(all).size).toBe(all.length);
  });

  test('that mean nothing change nothing', () => {
    expect(pressFleet(shown, 'x').state).toBe(shown);
  });
});

test.each([8, 10, 18, 24, 40, 100])('%i rows are list and pane, and four more', (rows) => {
  const { listRows, paneRows } = fleetLayout({ columns: 80, rows });
  expect(listRows + paneRows + 4).toBe(rows);
  expect(listRows).toBeGreaterThanOrEqual(Math.min(4, rows - 4));
  expect(settleFleet({ ...shown, top: 99 }).top).toBeLessThan(12);
});

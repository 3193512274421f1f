import { describe, expect, test } from 'vitest';
import { blockedReason, type Command, type Situation } from '../../src/commands/command.ts';
import { commandFor, dispatch } from '../../src/commands/dispatch.ts';
import { blockedHints, type FooterFacts, footerEntries, footerOrder } from '../../src/commands/footer.ts';
import { helpLines } from '../../src/commands/help.ts';
import { keyLabel } from '../../src/commands/key-label.ts';
import { commands } from '../../src/commands/table.ts';
import { keyModeIds as modes } from '../../src/model/ui/modes.ts';
import { viewIds } from '../../src/model/ui/views.ts';
import { createKeyDecoder } from '../../src/parse/keys.ts';
import { busy } from '../support/model-fixture.ts';
import { situationOf as situation } from '../support/situation.ts';

describe('the whole table', () => {
  test('ids are unique', () => {
    expect(new Set(commands.map((command) => command.id)).size).toBe(commands.length);
  });

  test.each(modes)('no key twice in mode %s', (mode) => {
    for (const view of viewIds) {
      for (const now of ['live', 'replay']) {
        const keys = commands
          .filter((command) => command.modes.includes(mode))
          .filter((command) => command.views?.includes(view) !== false)
          .filter(({ when = now }) => when === now)
          .flatMap((command) => command.keys);
        expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
      }
    }
  });

  test.each(commands.map((command) => [command.id, command] as const))('%s is documented', (_, command) => {
    // Whole beside its keys on a screen of 80 columns.
    expect(command.title).toMatch(/^[A-Z][\x20-\x7e]{1,61}$/);
    expect(command.keys.length).toBeGreaterThan(0);
    expect(command.modes.length).toBeGreaterThan(0);
    expect(
      helpLines(situation(), '').filter((line) => line.kind === 'command' && line.title === command.title),
    ).not.toEqual([]);
  });

  test.each(modes)('one gets out of mode %s by Esc, and out of the program by F10 and Ctrl-C', (mode) => {
    expect(dispatch({ name: 'escape' }, situation({ mode }))).toEqual({ type: 'leave' });
    // There both are keys that opened the question: they say no, and the next one asks again.
    if (mode === 'quit') return;
    expect(dispatch({ name: 'f10' }, situation({ mode }))).toEqual({ type: 'quit' });
    expect(dispatch({ name: 'ctrl-c' }, situation({ mode }))).toEqual({ type: 'quit' });
  });

  test('what the footer offers has a place there, and nothing else', () => {
    const offered = commands.filter(({ footer }) => footer !== undefined).map(({ id }) => id);
    expect(footerOrder.toSorted()).toEqual(offered.toSorted());
  });

  test('keys are names that the decoder gives', () => {
    const sequences: Record<string, string> = {
      up: '\x1b[A',
      down: '\x1b[B',
      right: '\x1b[C',
      left: '\x1b[D',
      home: '\x1b[H',
      end: '\x1b[F',
      pageup: '\x1b[5~',
      pagedown: '\x1b[6~',
      delete: '\x1b[3~',
      f1: '\x1bOP',
      f6: '\x1b[17~',
      f9: '\x1b[20~',
      f10: '\x1b[21~',
      tab: '\t',
      'shift-tab': '\x1b[Z',
      enter: '\r',
      escape: '\x1b',
      space: ' ',
      backspace: '\x7f',
    };
    for (const key of commands.flatMap((command) => command.keys)) {
      const bytes = key.startsWith('ctrl-')
        ? String.fromCharCode(key.charCodeAt(5) - 96)
        : (sequences[key] ?? key);
      const decoder = createKeyDecoder();
      expect([...decoder.push(bytes), ...decoder.flush()]).toEqual([{ name: key }]);
    }
  });

  const named = (title: string) => /^[^:;(]*[^:;( ]/.exec(title)?.[0];

  test('no step comes out of a command that is blocked', () => {
    for (const command of commands) {
      for (const mode of command.modes) {
        for (const view of viewIds) {
          const none = situation({
            mode,
            view,
            rows: 0,
            selected: null,
            tagged: 0,
            search: '',
            act: { targets: [], model: { ...busy, builds: [], clients: [] } },
          });
          const key = command.keys[0] ?? '';
          if (commandFor(key, none) !== command) continue;
          const step = dispatch({ name: key }, none);
          const reason = blockedReason(command, none);
          if (reason === undefined) expect(step).toMatchObject(command.step(none));
          else if (mode === 'confirm-typed') expect(step).toBeNull();
          else if (mode === 'confirm' || mode === 'quit' || mode === 'offer')
            expect(step).toEqual({ type: 'give-up', text: reason });
          else if (mode === 'jump') expect(step).toEqual({ type: 'notify', text: reason });
          else expect(step).toEqual({ type: 'notify', text: `${named(command.title)}: ${reason}` });
        }
      }
    }
  });
});

describe('blocked keys say why', () => {
  test.each<[string, Partial<Situation>, string]>([
    ['enter', { selected: null }, 'select a build first'],
    ['enter', { selected: null, rows: 0 }, 'there is no build'],
    ['space', { view: 'disks' }, 'only in views 1 and 2'],
    ['u', { tagged: 0 }, 'nothing is tagged'],
    ['n', { search: '' }, 'search first (/)'],
    ['down', { rows: 0 }, 'the list is empty'],
  ])('%s in %j: %s', (name, over, reason) => {
    expect(dispatch({ name }, situation(over))).toEqual({
      type: 'notify',
      text: expect.stringContaining(reason),
    });
  });

  test('with --read-only everything that changes the machine', () => {
    const kill: Command = {
      id: 'kill',
      keys: ['k'],
      title: 'Kill build',
      group: 'Builds',
      modes: ['normal'],
      hazard: 'confirm',
      step: () => ({ type: 'quit' }),
    };
    expect(dispatch({ name: 'k' }, situation({ readOnly: true }), [kill])).toEqual({
      type: 'notify',
      text: 'Kill build: started with --read-only',
    });
    expect(dispatch({ name: 'k' }, situation(), [kill])).toEqual({ type: 'quit' });
  });
});

describe('text', () => {
  test.each(['search', 'filter', 'help-filter'] as const)('letters are text in mode %s', (mode) => {
    for (const name of ['q', 'z', '1', '/', '?', 'é', '漢']) {
      expect(dispatch({ name }, situation({ mode }))).toEqual({ type: 'type', text: name });
    }
    expect(dispatch({ name: 'space' }, situation({ mode }))).toEqual({ type: 'type', text: ' ' });
    expect(dispatch({ name: 'f5' }, situation({ mode }))).toBeNull();
  });

  test('a paste is text in one line, and never a command', () => {
    const paste = '\r\n  fire\tfox \nq';
    expect(dispatch({ paste }, situation({ mode: 'filter' }))).toEqual({ type: 'type', text: '  fire fox ' });
    expect(dispatch({ paste: '\n\n' }, situation({ mode: 'filter' }))).toBeNull();
    for (const mode of ['normal', 'details', 'help', 'sort'] as const) {
      expect(dispatch({ paste: 'q' }, situation({ mode }))).toBeNull();
    }
  });
});

describe('help and footer', () => {
  test('what is blocked now says so, what belongs to another mode does not', () => {
    const lines = helpLines(situation({ selected: null }), '');
    const of = (title: string) => lines.find((line) => line.kind === 'command' && line.title === title);
    expect(of('Details of the selected build')).toMatchObject({
      keys: 'Enter',
      blocked: 'select a build first',
    });
    expect(of('Erase a word')).toMatchObject({ keys: 'Ctrl-W', blocked: null });
  });

  test('of a recording: its keys first, what it bars last, and Space says what it does next', () => {
    const replay = { typed: null, canReturn: false };
    const titles = helpLines(situation({ replay }), '').flatMap((line) =>
      line.kind === 'group' ? line.text : [],
    );
    expect([titles[0], titles.at(-1)]).toEqual(['Replay', 'Act']);
    const space = (playing: boolean) =>
      footerEntries('normal', 'overview', { replay: { canReturn: false, playing } }).find(
        ({ key }) => key === 'Space',
      )?.title;
    expect([space(false), space(true)]).toEqual(['Play ', 'Pause']);
  });

  test('in a recording History offers first what it is there for, and the way back to what is live', () => {
    const keys = (canReturn: boolean) =>
      footerEntries('normal', 'history', { replay: { canReturn, playing: false } }).map(({ key }) => key);
    expect(keys(false).slice(0, 8)).toEqual(['?', 'Space', 'Enter', '-', '+', 'Left', 'j', 'e']);
    expect(keys(true).slice(0, 8)).toEqual(['?', 'Space', 'q', 'Enter', '-', '+', 'Left', 'j']);
    const overview = footerEntries('normal', 'overview', { replay: { canReturn: true, playing: false } });
    expect(overview.map(({ key }) => key).slice(0, 4)).toEqual(['?', 'Space', 'q', 'j']);
  });

  test('in a recording the help has no key twice, and nothing that only exists live', () => {
    const replay = { typed: null, canReturn: true };
    const lines = helpLines(situation({ replay }), '').flatMap((line) =>
      line.kind === 'command' ? [`${line.keys} ${line.title}`] : [],
    );
    expect(lines.filter((line) => line.startsWith('b '))).toEqual(['b Back to the live dashboard (Esc too)']);
    expect(lines.filter((line) => line.startsWith('< '))).toEqual(['< Play slower (down to 1/4)']);
    expect(lines.filter((line) => line.startsWith('Space '))).toHaveLength(1);
  });

  test('the help says what the marks on the time line are', () => {
    const found = helpLines(situation(), 'mark');
    expect(found[0]).toEqual({ kind: 'group', text: 'Replay' });
    const text = found.flatMap((line) => (line.kind === 'fact' ? [line.text] : []));
    expect(text).toEqual([
      'X out of memory, ! critical, S stall, a action',
      '~ samples lost, * note, - build ended',
    ]);
  });

  test('the filter looks at keys, titles and groups, and drops empty groups', () => {
    expect(helpLines(situation(), 'SHIFT-TAB')).toEqual([
      { kind: 'group', text: 'Views' },
      { kind: 'command', keys: 'Shift-Tab', title: 'Previous view', blocked: null },
    ]);
    expect(helpLines(situation(), 'no such thing')).toEqual([]);
  });

  test.each(modes)('the footer of mode %s has a way on or out', (mode) => {
    for (const view of viewIds) {
      const keys = footerEntries(mode, view).map(({ key }) => key);
      expect(keys).toContain(mode === 'normal' ? 'q' : 'Esc');
    }
  });

  test('of a build its evidence is offered once what can be done to it is', () => {
    const titles = footerEntries('details', 'builds').map(({ title }) => title);
    expect(titles.indexOf('Why')).toBe(titles.indexOf('Log') + 1);
    expect(titles).not.toContain('What helps');
    // Of what failed it says what the last words mean.
    expect(footerEntries('details', 'builds', { failed: true }).map(({ title }) => title)).toContain('Why');
    expect(footerEntries('normal', 'builds').map(({ title }) => title)).not.toContain('Why');
  });

  const footer = (mode: (typeof modes)[number], facts: FooterFacts = {}) =>
    footerEntries(mode, 'overview', facts)
      .slice(0, 4)
      .map(({ key, title }) => `${key} ${title}`);

  test('the words of a footer are those of its mode', () => {
    expect(footer('filter')).toEqual(['Enter Keep', 'Esc Undo']);
    expect(footer('sort')).toEqual(['Enter Sort', 'Right Next', 'Esc Leave', 'I Invert']);
    expect(footer('choose')).toEqual(['Enter Choose', 'Right Next', 'Esc Leave']);
    expect(footer('confirm')).toEqual(['y Yes', 'Esc No']);
    expect(footer('confirm', { blocked: ['yes'] })).toEqual(['Esc Close']);
    expect(footer('confirm-typed')).toEqual(['Enter Do it', 'Esc No']);
    expect(footer('quit')).toEqual(['y Quit', 'l Leave it', 'Esc Stay']);
    expect(footer('quit', { command: true, blocked: ['yes-quit-paused'] })).toEqual(['y End it', 'Esc Stay']);
    expect(footer('log', { blocked: ['log-next'] })).not.toContain('n Next match');
    expect(footer('log', { searching: true })).toContain('Esc Drop search');
    const last = (facts: FooterFacts) => footerEntries('normal', 'disks', facts).map(({ title }) => title);
    expect(last({})).toContain('Freeze');
    expect(last({ frozen: true })).toContain('Thaw');
    expect(last({ replay: { canReturn: false } })).not.toContain('Freeze');
  });

  test('a page offers no key for what is not there', () => {
    const diagnosis = { of: { kind: 'row', key: 'build' }, found: true } as const;
    const none = { ...situation().log, search: '', noFile: 'it is being read' };
    expect(blockedHints(situation({ mode: 'why', diagnosis: { ...diagnosis, tests: [] } }))).toEqual([
      'probe-here',
    ]);
    const test = { id: 'smart', subject: 'sda', running: false } as const;
    expect(blockedHints(situation({ mode: 'why', diagnosis: { ...diagnosis, tests: [test] } }))).toEqual([]);
    expect(blockedHints(situation({ mode: 'log', log: none }))).toEqual(['log-next', 'log-file']);
    expect(blockedHints(situation({ mode: 'guard' }))).toEqual(['hold-guard']);
    expect(blockedHints(situation({ view: 'generations' }))).toEqual(['rollback', 'next-profile', 'repair']);
    // What is blocked by the row under the cursor stays where it is.
    expect(blockedHints(situation({ selected: null, act: { targets: [] } }))).not.toContain('kill');
  });

  test('the footer offers nothing that does not work in the view', () => {
    const titles = footerEntries('normal', 'disks').map(({ title }) => title);
    expect(titles).toContain('Help');
    expect(titles).not.toContain('Details');
  });

  test.each([
    ['pageup', 'PgUp'],
    ['ctrl-c', 'Ctrl-C'],
    ['f10', 'F10'],
    ['K', 'K'],
    ['space', 'Space'],
  ])('%s is labelled %s', (key, label) => {
    expect(keyLabel(key)).toBe(label);
  });
});

import { describe, expect, test } from 'vitest';
import { blockedReason, type Situation } from '../../src/commands/command.ts';
import { dispatch } from '../../src/commands/dispatch.ts';
import { footerEntries } from '../../src/commands/footer.ts';
import { helpLines } from '../../src/commands/help.ts';
import { commands } from '../../src/commands/table.ts';
import { type Actor, rootActor } from '../../src/model/intents/actor.ts';
import { targetOf } from '../../src/model/intents/intent.ts';
import type { Build } from '../../src/model/model.ts';
import type { Generation } from '../../src/model/nix-store/generations.ts';
import {
  activating,
  buildOf,
  busy,
  calm,
  chromium,
  evaluating,
  firefox,
  linux,
  processOf,
  rebuild,
  remote,
  waiting,
} from '../support/model-fixture.ts';
import { situationOf } from '../support/situation.ts';

const ada: Actor = { uid: 1000, privileged: false, signalsAll: false, systemd: true, barred: null };
const press = (name: string, over: Parameters<typeof situationOf>[0] = {}) =>
  dispatch({ name }, situationOf(over));
const idOf = (build: { pid: number; startTime: number }) => ({
  pid: build.pid,
  startTime: build.startTime,
});

describe('kill', () => {
  test.each(['k', 'f9'])('%s asks about the selected build, by identity', (key) => {
    expect(press(key)).toEqual({
      type: 'ask',
      intent: { type: 'kill', targets: [targetOf(firefox)], reason: null },
      word: null,
      openedBy: key,
    });
  });

  test('takes the tagged set', () => {
    const step = press('k', { act: { targets: [firefox, chromium] } });
    expect(step).toMatchObject({ intent: { targets: [{ name: 'firefox-130.0' }, { user: 'nixbld5' }] } });
  });

  test('leaves out what runs on another machine, and says so where nothing else is left', () => {
    expect(press('k', { act: { targets: [firefox, remote] } })).toMatchObject({
      intent: { targets: [{ root: idOf(firefox) }] },
    });
    expect(press('k', { act: { targets: [remote] } })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('another machine'),
    });
  });

  test('on a process of the tree: a menu of signals, each with that very process', () => {
    const process = processOf({ pid: 2101, comm: 'cc1plus' });
    const step = press('f9', { selected: 'process', act: { process } });
    if (step?.type !== 'choose') throw new Error('a menu');
    expect(step.title).toBe('signal to cc1plus (2101)');
    expect(step.choices.map(({ title }) => title)).toEqual(['TERM', 'INT', 'KILL', 'STOP', 'CONT']);
    expect(step.choices[2]?.intent).toEqual({
      type: 'signal',
      build: targetOf(firefox),
      process: { pid: 2101, startTime: 21010 },
      signal: 'KILL',
    });
  });

  test('a builder is called by its command where the kernel has the start of a hash', () => {
    const process = processOf({ pid: 300, comm: 'd9c29p4njcn82v7', command: 'bash -e default-builder.sh' });
    const step = press('f9', { selected: 'process', act: { process } });
    expect(step).toMatchObject({ type: 'choose', title: expect.stringMatching(/^signal to bash \(/) });
  });
});

test('K names the heaviest build with its reason, whatever is selected', () => {
  const step = press('K', { view: 'disks', selected: null, act: { targets: [] } });
  expect(step).toMatchObject({
    type: 'ask',
    intent: {
      type: 'kill',
      targets: [targetOf(firefox)],
      reason: { by: 'memory', shortage: { resource: 'memory', level: 'critical' } },
    },
  });
});

describe('pause', () => {
  test('stops at once, without a question: the same key takes it back', () => {
    expect(press('p')).toEqual({
      type: 'perform',
      intent: { type: 'pause', targets: [targetOf(firefox)] },
    });
    expect(press('p', { act: { targets: [linux] } })).toMatchObject({ intent: { type: 'resume' } });
  });

  test('of a mixed set what runs is paused; then all of it is resumed', () => {
    expect(press('p', { act: { targets: [linux, chromium] } })).toMatchObject({
      intent: { type: 'pause', targets: [{ root: idOf(chromium) }] },
    });
  });
});

describe('cancel', () => {
  test('the client of the selected build, once for several builds of it', () => {
    expect(press('c', { act: { targets: [firefox, chromium] } })).toMatchObject({
      type: 'ask',
      intent: { type: 'cancel', clients: [{ process: idOf(rebuild) }], orphans: [], everything: false },
    });
  });

  test('a build whose client is gone is ended itself', () => {
    const orphan = buildOf({ pid: 77, clientPid: null });
    expect(press('c', { act: { targets: [orphan] } })).toMatchObject({
      intent: { clients: [], orphans: [targetOf(orphan)] },
    });
  });

  test('nothing chosen: the only client, or one from a menu that begins with that of the top build', () => {
    const none = { selected: null, act: { targets: [], chosen: false, model: calm } } as const;
    expect(press('c', none)).toMatchObject({
      type: 'ask',
      intent: { clients: [{ process: idOf(rebuild) }] },
    });
    const titles = (targets: readonly Build[]) => {
      const step = press('c', { act: { targets, chosen: false } });
      if (step?.type !== 'choose') throw new Error('a menu');
      return step.choices.map(({ title }) => title);
    };
    const all = [rebuild, waiting, evaluating].map(({ command, pid }) => `${command} (${pid})`);
    expect(titles([])).toEqual(all);
    expect(titles([buildOf({ pid: 76, clientPid: evaluating.pid })])).toEqual([all[2], all[0], all[1]]);
    const orphan = buildOf({ pid: 77, name: 'left-1.0', clientPid: null });
    expect(titles([orphan])).toEqual(['left-1.0 (its client is gone)', ...all]);
  });

  test('an activation wants its word, and only where it is chosen', () => {
    const model = { ...busy, builds: [], clients: [activating] };
    const act = { targets: [], chosen: false, model } as const;
    expect(press('c', { act })).toMatchObject({
      word: 'stop',
      intent: { clients: [{ process: idOf(activating), activating: true }] },
    });
    expect(press('C', { act })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('c stops that'),
    });
    const two = { ...act, model: { ...model, clients: [activating, evaluating] } };
    expect(press('c', { act: two })).toMatchObject({ choices: [{ word: 'stop' }, { word: null }] });
    expect(press('C', { act: two })).toMatchObject({
      word: null,
      intent: { clients: [{ process: idOf(evaluating) }] },
    });
  });

  test('what was chosen and is not there is not taken for something else', () => {
    expect(press('c', { mode: 'details', act: { targets: [] } })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('it has ended'),
    });
    expect(press('k', { mode: 'details', act: { targets: [] } })).toMatchObject({
      text: expect.stringContaining('it has ended'),
    });
    expect(press('c', { act: { targets: [remote], model: { ...busy, clients: [] } } })).toMatchObject({
      text: expect.stringContaining('its client is not seen'),
    });
  });

  test('everything: every client, and builds that have none', () => {
    const orphan = buildOf({ pid: 77, clientPid: 4711 });
    const model = { ...busy, builds: [...busy.builds, orphan] };
    expect(press('C', { act: { model } })).toMatchObject({
      intent: { clients: { length: 3 }, orphans: [targetOf(orphan)], everything: true },
    });
  });
});

describe('a user without privilege', () => {
  test.each(['k', 'K', 'p', 'D'])('%s is blocked with what is missing and how to get it', (key) => {
    expect(press(key, { act: { actor: ada } })).toEqual({
      type: 'notify',
      text: expect.stringMatching(/needs root: sudo nixpulse$/),
    });
  });

  test("cancels his own client, and nobody else's", () => {
    const own = { ...firefox, clientPid: waiting.pid };
    expect(press('c', { act: { actor: ada, targets: [own] } })).toMatchObject({
      intent: { clients: [{ process: idOf(waiting) }] },
    });
    expect(press('c', { act: { actor: ada } })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining("another user's: needs root"),
    });
  });

  test('cancel everything is everything of his, and the action is not told to take more', () => {
    expect(press('C', { act: { actor: ada } })).toMatchObject({
      intent: { clients: [{ process: idOf(waiting) }, { process: idOf(evaluating) }], everything: false },
    });
    const model = { ...busy, clients: [rebuild] };
    expect(press('C', { act: { actor: ada, model } })).toMatchObject({ type: 'notify' });
  });

  test('who has CAP_KILL ends builds of others, and restarts no daemon', () => {
    const actor = { ...ada, signalsAll: true };
    for (const key of ['k', 'K', 'C']) expect(press(key, { act: { actor } })).toMatchObject({ type: 'ask' });
    expect(press('D', { act: { actor } })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining('needs root'),
    });
  });

  test('in a single-user install builds are his own', () => {
    const own = buildOf({ pid: 5, uid: 1000, user: 'ada' });
    expect(press('k', { act: { actor: ada, targets: [own] } })).toMatchObject({ type: 'ask' });
  });
});

describe('what strips everything that changes the machine', () => {
  const changing = commands.filter(({ hazard }) => hazard !== 'none');

  test('there is such a thing', () => {
    expect(changing.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['kill', 'kill-heaviest', 'pause', 'cancel', 'cancel-everything', 'rollback']),
    );
  });

  test.each(changing.map((command) => [command.id, command] as const))('%s', (_, command) => {
    const over = { view: command.views?.[0] ?? 'overview' } as const;
    const readOnly = situationOf({ ...over, readOnly: true });
    expect(blockedReason(command, readOnly)).toBe('started with --read-only');
    const actor: Actor = {
      uid: 0,
      privileged: true,
      signalsAll: true,
      systemd: null,
      barred: 'this is a recording',
    };
    expect(blockedReason(command, situationOf({ ...over, act: { actor } }))).toBe('this is a recording');
  });

  test('the footer offers none of it, the help says why', () => {
    const offered = footerEntries('normal', 'overview', { readOnly: true }).map(({ title }) => title);
    expect(offered).not.toContain('Kill');
    expect(offered).toContain('Help');
    const lines = helpLines(situationOf({ readOnly: true }), 'kill');
    for (const line of lines) {
      if (line.kind === 'command') expect(line.blocked).toBe('started with --read-only');
    }
  });
});

describe('the daemon', () => {
  test('is restarted where systemd runs, elsewhere it is said why not', () => {
    const systemd = { ...situationOf().act.actor, systemd: true };
    expect(press('D', { act: { actor: systemd } })).toMatchObject({ intent: { type: 'restart-daemon' } });
    const none = { ...systemd, systemd: false };
    expect(press('D', { act: { actor: none } })).toMatchObject({
      text: expect.stringContaining('systemd does not run here'),
    });
  });
});

describe('one at a time', () => {
  test.each([
    ['V', 'verify', 'a verification runs'],
    ['V', 'repair', 'a repair runs'],
    ['V', 'collect-garbage', 'a garbage collection runs'],
    ['D', 'restart-daemon', 'is being restarted'],
  ] as const)('%s beside %s is blocked', (key, running, reason) => {
    expect(press(key, { act: { running: [running] } })).toMatchObject({
      type: 'notify',
      text: expect.stringContaining(reason),
    });
  });

  test('a kill goes beside everything', () => {
    const running = ['verify', 'rollback', 'kill'] as const;
    expect(press('k', { act: { running } })).toMatchObject({ type: 'ask' });
  });
});

describe('generations', () => {
  const profile = { kind: 'system', path: '/nix/var/nix/profiles/system' } as const;
  const generation: Generation = {
    number: 41,
    storePath: '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-nixos-system-box-24.11',
    dateMs: 0,
    version: '24.11',
    kernel: '6.6.58',
    isDefault: false,
    isRunning: false,
    isBooted: false,
    soundness: { state: 'sound' },
  };
  const list = { profile, generations: [generation], defaultNumber: 42, runningPath: null, bootedPath: null };
  const at = (selected: Generation | null, over: Partial<Situation['act']> = {}) =>
    ({
      view: 'generations',
      act: { generations: { profile, list, selected, profiles: 2 }, ...over },
    }) as const;

  test('R opens them; Enter asks boot or switch, and then for the number', () => {
    expect(press('R')).toEqual({ type: 'view', view: 'generations' });
    const step = press('enter', at(generation));
    if (step?.type !== 'choose') throw new Error('a menu');
    expect(step.choices.map(({ word }) => word)).toEqual(['41', '41']);
    expect(step.choices.map(({ intent }) => intent)).toMatchObject([
      { type: 'rollback', generation: 41, mode: 'boot', profile, storePath: generation.storePath },
      { mode: 'switch' },
    ]);
  });

  test('other profiles have one way only', () => {
    const home = { kind: 'home-manager', path: '/home/ada/.local/state/nix/profiles/home-manager' } as const;
    const situation = at(generation, {
      actor: ada,
      generations: { profile: home, list, selected: generation, profiles: 2 },
    });
    expect(press('enter', situation)).toMatchObject({ type: 'ask', word: '41', intent: { mode: 'switch' } });
  });

  test.each<[string, ReturnType<typeof at>, string]>([
    [
      'not sound',
      at({ ...generation, soundness: { state: 'unsound', flaws: ['dangling link'] } }),
      'dangling',
    ],
    [
      'not checked',
      at({ ...generation, soundness: { state: 'unknown', why: 'denied' } }),
      'could not be checked',
    ],
    ['none selected', at(null), 'select a generation first'],
    ['no root', at(generation, { actor: ada }), 'needs root'],
    ['another rollback', at(generation, { running: ['rollback'] }), 'a rollback runs already'],
  ])('blocked: %s', (_, situation, reason) => {
    expect(press('enter', situation)).toMatchObject({
      type: 'notify',
      text: expect.stringContaining(reason),
    });
  });

  test('Enter elsewhere opens details, and acts on nothing', () => {
    expect(press('enter')).toEqual({ type: 'details' });
  });
});

describe('the store', () => {
  test('verify asks for y; on a Nix that only has the old one it says that it may be used', () => {
    expect(press('V')).toMatchObject({ intent: { type: 'verify' }, word: null });
    const old = { ...busy, host: { ...busy.host, nixVersion: '2.3.16' } };
    expect(press('V', { act: { model: old } })).toMatchObject({ intent: { allowOldVerify: true } });
    expect(press('V')).not.toMatchObject({ intent: { allowOldVerify: true } });
  });

  test('repair wants the word typed, and something to repair', () => {
    const view = 'generations' as const;
    expect(press('F', { view })).toMatchObject({ text: expect.stringContaining('verify first') });
    const damaged = ['/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-hello'];
    expect(press('F', { view, act: { damaged } })).toMatchObject({
      intent: { type: 'repair', paths: damaged },
      word: 'repair',
    });
  });

  test('what deletes generations wants a word typed', () => {
    const step = press('G', { view: 'generations' });
    if (step?.type !== 'choose') throw new Error('a menu');
    expect(step.choices.map(({ word }) => word)).toEqual([null, 'delete', 'delete', 'delete']);
    const his = press('G', { view: 'generations', act: { actor: ada } });
    expect(his).toMatchObject({ choices: { length: 1 } });
  });
});

describe('answers', () => {
  const question = { tooLate: null, exact: false };
  const open = (over: Parameters<typeof situationOf>[0] = {}) =>
    situationOf({ mode: 'confirm', ...over, act: { question, ...over?.act } });

  test('only y is yes', () => {
    expect(dispatch({ name: 'y' }, open())).toEqual({ type: 'perform' });
    for (const name of ['enter', 'space', 'k', 'f9', 'Y', 'n', 'j', 'up', 'tab', 'escape', 'f1', '?', 'q']) {
      expect(dispatch({ name }, open()), name).toEqual({ type: 'leave' });
    }
  });

  test('pasted text is no answer, nor is one of several keys of one read', () => {
    for (const paste of ['y', 'y\n', 'yes']) expect(dispatch({ paste }, open())).toBeNull();
    for (const name of ['y', 'enter', 'k', 'space']) {
      expect(dispatch({ name }, open({ alone: false })), name).toBeNull();
    }
    expect(dispatch({ name: 'ctrl-c' }, open({ alone: false }))).toEqual({ type: 'quit' });
  });

  test('when it is too late y closes it and says why', () => {
    const late = { question: { tooLate: 'firefox-130.0 has ended', exact: false } };
    expect(dispatch({ name: 'y' }, open({ act: late }))).toEqual({
      type: 'give-up',
      text: 'firefox-130.0 has ended',
    });
  });

  test('a word is typed, and Enter takes nothing but that word', () => {
    const typed = (exact: boolean, over: Parameters<typeof situationOf>[0] = {}) =>
      situationOf({ mode: 'confirm-typed', ...over, act: { question: { tooLate: null, exact } } });
    expect(dispatch({ name: '4' }, typed(false))).toEqual({ type: 'type', text: '4' });
    expect(dispatch({ name: 'y' }, typed(false))).toEqual({ type: 'type', text: 'y' });
    expect(dispatch({ name: 'enter' }, typed(false))).toBeNull();
    expect(dispatch({ name: 'enter' }, typed(true))).toEqual({ type: 'perform' });
    expect(dispatch({ name: 'enter' }, typed(true, { alone: false }))).toBeNull();
    expect(dispatch({ paste: '41' }, typed(false))).toBeNull();
    expect(dispatch({ name: 'escape' }, typed(true))).toEqual({ type: 'leave' });
  });
});

describe('lower and limit', () => {
  const low = { ...firefox, lowered: true };

  test('r lowers at once, and puts back where all of it is lowered', () => {
    const lower = (...builds: readonly Build[]) => press('r', { act: { targets: builds } });
    expect(lower(firefox)).toEqual({
      type: 'perform',
      intent: { type: 'lower', targets: [targetOf(firefox)] },
    });
    expect(lower(low, chromium)).toMatchObject({ intent: { type: 'lower', targets: [targetOf(chromium)] } });
    expect(lower(low)).toEqual({ type: 'perform', intent: { type: 'restore', targets: [targetOf(low)] } });
  });

  test('L asks how much', () => {
    const step = press('L', { act: { model: busy } });
    if (step?.type !== 'choose') throw new Error('a menu');
    const { totalBytes } = busy.memory;
    expect(step.choices.map(({ title }) => title.replace(/^[\d.]+ GB/, 'N GB'))).toEqual([
      'N GB (25%)',
      'N GB (50%)',
      'N GB (75%)',
      'last at disk',
    ]);
    expect(step.choices[1]?.intent).toEqual({
      type: 'limit',
      targets: [targetOf(firefox)],
      memoryHighBytes: Math.round((totalBytes ?? 0) / 2),
    });
    expect(step.choices[3]?.intent).toMatchObject({ type: 'limit', ioWeight: 1 });
  });

  test('L puts back what is held back, and asks for no memory where nobody knows how much there is', () => {
    const model = { ...busy, memory: { ...busy.memory, totalBytes: null } };
    const step = press('L', { act: { model, targets: [low] } });
    if (step?.type !== 'choose') throw new Error('a menu');
    expect(step.choices).toMatchObject([
      { title: 'last at disk' },
      { title: 'as before', intent: { type: 'restore' }, asks: false },
    ]);
  });

  describe('where systemd does not run', () => {
    const actor = { ...rootActor, systemd: false };
    const own = { ...firefox, uid: 30001, cgroup: '/system.slice/nix-daemon.service/nix-build-uid-30001' };

    test('L says at once that a build without a cgroup of its own cannot be limited', () => {
      const text = 'Limit builds: no cgroup of its own, and no systemd here';
      expect(press('L', { act: { actor } })).toEqual({ type: 'notify', text });
      expect(press('L', { act: { actor, targets: [firefox, chromium] } })).toMatchObject({
        text: expect.stringContaining('no cgroups of their own'),
      });
      expect(press('L', { act: { actor: { ...actor, systemd: null } } })).toMatchObject({ type: 'choose' });
    });

    test('L limits what has one, and puts back what was lowered', () => {
      const titles = (target: Build) => {
        const step = press('L', { act: { actor, targets: [target] } });
        return step?.type === 'choose' ? step.choices.map(({ title }) => title).slice(-2) : step;
      };
      expect(titles(own)).toEqual([expect.stringContaining('(75%)'), 'last at disk']);
      expect(titles(low)).toEqual(['as before']);
    });
  });

  test.each(['r', 'L'])('%s: not what is another user’s, or runs elsewhere', (key) => {
    expect(press(key, { act: { actor: ada } })).toMatchObject({ type: 'notify' });
    expect(press(key, { act: { targets: [remote] } })).toMatchObject({ type: 'notify' });
  });
});

describe('quitting', () => {
  test('asks only where something would be left behind', () => {
    expect(press('q')).toEqual({ type: 'quit' });
    expect(press('q', { act: { pausedByUs: 1 } })).toEqual({ type: 'ask-quit', openedBy: 'q' });
    expect(press('q', { act: { loweredByUs: 1 } })).toEqual({ type: 'ask-quit', openedBy: 'q' });
    expect(press('ctrl-c', { act: { running: ['verify'] } })).toMatchObject({ type: 'ask-quit' });
  });

  test('y resumes, l leaves, everything else stays', () => {
    const mode = 'quit' as const;
    const act = { pausedByUs: 1 };
    expect(press('y', { mode, act })).toEqual({ type: 'quit', changed: 'undo' });
    expect(press('l', { mode, act })).toEqual({ type: 'quit', changed: 'leave' });
    for (const name of ['q', 'f10', 'ctrl-c', 'enter', 'escape', 'n']) {
      expect(press(name, { mode, act }), name).toEqual({ type: 'leave' });
    }
    expect(press('y', { mode, act, alone: false })).toBeNull();
  });
});

/** What is told of a guard, to whom: the journal, the service manager, programs, status.json, hold.json. */
import { expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import type { GuardStatus } from '../../../src/model/guard/guard.ts';
import { desktopPrograms } from '../../../src/modes/guard/desktops.ts';
import { createHoldFile, parseHold } from '../../../src/modes/guard/hold-file.ts';
import { createJournalLines } from '../../../src/modes/guard/journal-lines.ts';
import { createPrograms, type Program } from '../../../src/modes/guard/programs.ts';
import { createServiceManager } from '../../../src/modes/guard/service-manager.ts';
import { createStatusFile } from '../../../src/modes/guard/status-file.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeOwnFiles } from '../../support/fake-own-files.ts';

const settle = () => new Promise(setImmediate);

/** Takes what is sent, unless it is told otherwise. */
function receiver() {
  const got: { to: string; text: string }[] = [];
  const answer: { problem: 'timeout' | 'gone' | null } = { problem: null };
  return {
    got,
    answer,
    datagrams: {
      send(to: string, bytes: Uint8Array) {
        if (answer.problem !== null) return fail(answer.problem, to);
        got.push({ to, text: new TextDecoder().decode(bytes) });
        return ok(undefined);
      },
    },
  };
}

const line = { MESSAGE: 'paused a-1', PRIORITY: 4 } as const;

test('in the journal with its fields; on stderr too where that is not the journal', () => {
  const { got, datagrams } = receiver();
  const said: string[] = [];
  const stderr = (text: string) => void said.push(text);
  createJournalLines({ datagrams, stderrIsJournal: true, stderr }).write(line);
  expect(said).toEqual([]);
  createJournalLines({ datagrams, stderrIsJournal: false, stderr }).write(line);
  expect(said).toEqual(['paused a-1']);
  expect(got).toEqual(
    [0, 1].map(() => ({ to: '/run/systemd/journal/socket', text: 'MESSAGE=paused a-1\nPRIORITY=4\n' })),
  );
});

test.each([null, 'gone'] as const)(
  'where the journal cannot be reached: %s, with its priority',
  (problem) => {
    const { answer, datagrams } = receiver();
    answer.problem = problem;
    const said: string[] = [];
    const stderr = (text: string) => void said.push(text);
    createJournalLines({
      datagrams: problem === null ? null : datagrams,
      stderrIsJournal: true,
      stderr,
    }).write(line);
    expect(said).toEqual(['<4>paused a-1']);
  },
);

test('a journal that does not read gets it later, in order, and nobody waits on stderr', () => {
  const { got, answer, datagrams } = receiver();
  const said: string[] = [];
  const lines = createJournalLines({
    ...{ datagrams, stderrIsJournal: true, stderr: (text: string) => void said.push(text) },
  });
  answer.problem = 'timeout';
  for (let count = 0; count < 100; count += 1) lines.write({ ...line, MESSAGE: `line ${count}` });
  lines.flush();
  answer.problem = null;
  lines.flush();
  lines.write(line);
  const texts = got.map(({ text }) => text.split('\n')[0]);
  expect(texts).toHaveLength(65);
  expect([texts[0], texts[63], texts[64]]).toEqual([
    'MESSAGE=line 36',
    'MESSAGE=line 99',
    'MESSAGE=paused a-1',
  ]);
  expect(said).toEqual([]);
});

test('the service manager hears that we live as often as it asks, while we look, and no more', () => {
  const { got, datagrams } = receiver();
  const clock = createFakeClock();
  const environment = { NOTIFY_SOCKET: '@/org/x', WATCHDOG_USEC: '8000000', WATCHDOG_PID: '7' };
  const manager = createServiceManager(environment, { datagrams, clock, pid: 7 });
  manager.ready('armed');
  for (let second = 0; second < 6; second += 1) {
    manager.alive();
    manager.status('armed');
    clock.advance(1000);
  }
  manager.status('held\nnow');
  manager.reloading();
  manager.ready('armed');
  manager.stopping();
  expect(new Set(got.map(({ to }) => to))).toEqual(new Set(['@/org/x']));
  expect(got.map(({ text }) => text)).toEqual([
    ...['READY=1\n', 'STATUS=armed\n', 'WATCHDOG=1\n', 'WATCHDOG=1\n', 'WATCHDOG=1\n'],
    ...['STATUS=held now\n', `RELOADING=1\nMONOTONIC_USEC=${clock.monotonic() * 1000}\n`],
    ...['READY=1\n', 'STATUS=armed\n', 'STOPPING=1\nSTATUS=ends\n'],
  ]);
});

test.each([
  [{}, 0],
  [{ NOTIFY_SOCKET: '/x' }, 0],
  [{ NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '1000000', WATCHDOG_PID: '8' }, 0],
  [{ NOTIFY_SOCKET: '/x', WATCHDOG_USEC: 'x' }, 0],
  [{ NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '1000000' }, 1],
])('%j: told so often that we live', (environment, times) => {
  const { got, datagrams } = receiver();
  const manager = createServiceManager(environment, { datagrams, clock: createFakeClock(), pid: 7 });
  manager.alive();
  manager.alive();
  expect(got.filter(({ text }) => text === 'WATCHDOG=1\n')).toHaveLength(times);
});

function spawned() {
  const started: {
    file: string;
    args: readonly string[];
    environment: unknown;
    end: (code: number) => void;
  }[] = [];
  const cancelled: string[] = [];
  return {
    started,
    cancelled,
    spawn: {
      stream(
        file: string,
        args: readonly string[],
        { environment, group }: { environment?: unknown; group?: boolean },
      ) {
        expect(group).toBe(true);
        const { promise, resolve } = Promise.withResolvers<unknown>();
        const end = (exitCode: number) => resolve(ok({ exitCode, signal: null }));
        started.push({ file, args, environment, end });
        return { done: promise, cancel: () => void cancelled.push(file) };
      },
    },
  };
}
const program = (name: string): Program => ({
  command: [name, 'x'],
  environment: { NIXPULSE_RULE: 'memory' },
});

test('programs run one at a time, bounded in number and time, and not while something is still to be done', async () => {
  const { started, cancelled, spawn } = spawned();
  const clock = createFakeClock();
  const troubles: string[] = [];
  let may = false;
  const programs = createPrograms({
    ...{ spawn: spawn as never, clock, mayStart: () => may, onTrouble: (text) => void troubles.push(text) },
  });
  for (let count = 0; count < 20; count += 1) programs.add(program(`p${count}`));
  expect(started).toEqual([]);
  may = true;
  programs.next();
  expect(started).toMatchObject([{ file: 'p4', args: ['x'], environment: { NIXPULSE_RULE: 'memory' } }]);
  programs.next();
  expect(started).toHaveLength(1);
  clock.advance(30_000);
  expect(cancelled).toEqual(['p4']);
  started[0]?.end(143);
  await settle();
  expect(started.at(-1)?.file).toBe('p5');
  started[1]?.end(1);
  await settle();
  expect(troubles).toEqual(['p4 took longer than 30 s and was ended', 'p5 failed with exit code 1']);
  programs.end();
  started[2]?.end(0);
  await settle();
  programs.add(program('late'));
  expect(started).toHaveLength(3);
  expect(cancelled).toEqual(['p4', 'p6']);
});

test('desktops: as root each as its user, else our own; a message is no option and no markup', async () => {
  const owners: Readonly<Record<string, number>> = { '1000': 1000, '1001': 5, '0': 0 };
  const files = {
    listSlow: async () => ok(['1000', '1001', '1002', '0', 'x']),
    ownerSlow: async (path: string) => {
      const uid = owners[path.split('/')[3] ?? ''];
      return uid === undefined ? fail('gone', path) : ok({ uid });
    },
  } as never;
  const message = { title: 'nixpulse guard', text: '--x <b>&', urgent: true };
  expect(await desktopPrograms(message, { files, uid: 0, environment: {} })).toEqual([
    {
      command: [
        ...['setpriv', '--reuid=1000', '--regid=65534', '--clear-groups', '--'],
        ...[
          'notify-send',
          '--app-name=nixpulse',
          '--urgency=critical',
          '--',
          'nixpulse guard',
          '--x &lt;b&gt;&amp;',
        ],
      ],
      environment: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/1000/bus' },
    },
  ]);
  const own = await desktopPrograms({ ...message, urgent: false }, { files, uid: 7, environment: {} });
  expect(own).toMatchObject([
    {
      command: expect.arrayContaining(['--urgency=normal']),
      environment: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/user/7/bus' },
    },
  ]);
});

test('status.json: each two seconds and at once with an act, one write at a time; at the end it is gone', async () => {
  const clock = createFakeClock();
  const ownFiles = createFakeOwnFiles();
  const writes: string[] = [];
  ownFiles.onReplace = (_, text) => void writes.push(text);
  const troubles: string[] = [];
  const file = createStatusFile({
    ...{ path: '/run/g/status.json', ownFiles, clock, status: () => ({ atMs: clock.now() }) as GuardStatus },
    onTrouble: (text) => void troubles.push(text),
  });
  for (let count = 0; count < 5; count += 1) {
    file.looked();
    await settle();
    clock.advance(500);
  }
  expect(writes).toHaveLength(2);
  file.write();
  file.write();
  file.write();
  await settle();
  expect(writes).toHaveLength(4);
  ownFiles.failing.set('/run/g/status.json', 'denied');
  for (let count = 0; count < 3; count += 1) {
    file.write();
    await settle();
  }
  expect(troubles).toEqual(['/run/g/status.json cannot be written: denied']);
  ownFiles.failing.clear();
  file.write();
  await settle();
  // Late once, as on a machine that is short of everything.
  clock.advance(3_600_000);
  ownFiles.failing.set('/run/g/status.json', 'timeout');
  file.write();
  await settle();
  expect(troubles).toHaveLength(1);
  ownFiles.failing.clear();
  await file.end();
  file.write();
  await settle();
  expect(ownFiles.texts.size).toBe(0);
});

test('hold.json: counts until it is over or taken back, and never for longer than a day', async () => {
  const clock = createFakeClock();
  const ownFiles = createFakeOwnFiles();
  const path = '/run/g/hold.json';
  let version = 0;
  const files = {
    ownerSlow: async () =>
      ownFiles.texts.has(path) ? ok({ inode: 1, bytes: 1, mtimeMs: version }) : fail('gone', path),
  };
  const changes: (number | null)[] = [];
  const hold = createHoldFile(path, { files, ownFiles, clock, native: { uid: 0 } } as never, (now) =>
    changes.push(now?.untilMs ?? null),
  );
  const put = async (text: string | null) => {
    if (text === null) ownFiles.texts.delete(path);
    else ownFiles.texts.set(path, text);
    version += 1;
    clock.advance(1000);
    hold.looked();
    await settle();
    await settle();
    return hold.untilMs();
  };
  const of = (untilMs: number) => JSON.stringify({ version: 1, untilMs, by: 'ada' });
  expect(await put(null)).toBeNull();
  const untilMs = clock.now() + 60_000;
  expect(await put(of(untilMs))).toBe(untilMs);
  expect(await put(null)).toBeNull();
  expect(changes).toEqual([untilMs, null]);
  expect(await put(of(clock.now() + 48 * 3_600_000))).toBeNull();
  expect(await put('{"version":1,"untilMs":"x"}')).toBeNull();
  expect(await put(of(clock.now() + 5000))).not.toBeNull();
  clock.advance(5000);
  expect(hold.untilMs()).toBeNull();
  expect(parseHold('{"version":2,"untilMs":1}')).toBeNull();
  expect(parseHold('[]')).toBeNull();
});

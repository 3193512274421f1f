import { expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { createLogPathFollower, usualLogPath } from '../../src/followers/log-path.ts';
import { createLogsSource } from '../../src/followers/logs-source.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeFiles, type FakeEntry } from '../support/fake-files.ts';
import { createFakeStreamFiles } from '../support/fake-stream-files.ts';

const path = '/run/logs/nix.json';
const conf = '/etc/nix/nix.conf';
const line = `{"action":"start","id":${2 ** 32 * 77},"level":0,"parent":0,"text":"","type":104}\n`;
const threeLines = [0, 1, 2].map((n) => line.replace(/"id":\d+/, `"id":${2 ** 32 * 77 + n}`)).join('');
const directory = { uid: 0, mode: 0o040755 };

function machine(tree: Readonly<Record<string, FakeEntry>>, uid = 0, named?: string) {
  const clock = createFakeClock();
  const files = createFakeFiles(tree);
  const streamFiles = createFakeStreamFiles();
  for (const one of ['/', '/run', '/run/logs', '/run/nixpulse', '/tmp']) files.setOwner(one, directory);
  const follower = createLogPathFollower({
    files,
    streamFiles,
    clock,
    uid,
    keepsSmall: true,
    ...(named && { named }),
  });
  const events: LogEvent[] = [];
  /** A tick a second. */
  async function pass(seconds: number): Promise<ReturnType<typeof follower.facts>> {
    let facts = {};
    for (let second = 0; second < seconds; second++) {
      const taken = follower.take();
      events.push(...(taken?.events ?? []));
      facts = { ...facts, ...follower.facts() };
      for (let step = 0; step < 20; step++) {
        clock.advance(50);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return facts;
  }
  return { clock, files, streamFiles, follower, events, pass };
}

test('where it is off nothing is said, and nothing asked but once a minute', async () => {
  const { files, streamFiles, pass } = machine({ [conf]: 'max-jobs = 4\n' });
  expect(await pass(10)).toEqual({});
  files.forget();
  streamFiles.calls.length = 0;
  expect(await pass(120)).toEqual({});
  expect(files.calls.length).toBe(2);
  expect(streamFiles.calls).toEqual(['stat', 'stat']);
});

test('the setting may be in a file that nix.conf includes, even one that includes itself; the last counts', async () => {
  const { streamFiles, events, pass } = machine({
    [conf]: 'json-log-path = /elsewhere\n!include more.conf\ninclude /etc/nix/none.conf\n',
    '/etc/nix/more.conf': `json-log-path = ${path}\n!include more.conf`,
  });
  streamFiles.create(path, line);
  expect(await pass(5)).toEqual({ logPath: { path, problem: null } });
  expect(events).toMatchObject([{ kind: 'start' }]);
});

test('switched on later, changed, and off again: within a minute', async () => {
  const { files, streamFiles, events, pass } = machine({ [conf]: '' });
  await pass(5);
  streamFiles.create(path, line);
  files.set(conf, `json-log-path = ${path}\n`);
  expect(await pass(62)).toEqual({ logPath: { path, problem: null } });
  expect(events).toHaveLength(1);
  expect(streamFiles.openFiles).toBe(1);
  files.set(conf, 'json-log-path =\n');
  expect(await pass(62)).toEqual({ logPath: { path: null, problem: null } });
  expect(streamFiles.openFiles).toBe(0);
});

test('the daemon says where its nix.conf is, and may have settings of its own', async () => {
  const { files, streamFiles, follower, pass } = machine({
    [conf]: '',
    '/srv/nix/nix.conf': `json-log-path = ${path}\n`,
    '/proc/77/status': 'Name:\tnix-daemon\nUid:\t0\t0\t0\t0\n',
    '/proc/88/status': 'Name:\tnix-daemon\nUid:\t0\t0\t0\t0\n',
    '/proc/99/status': 'Name:\tnix-daemon\nUid:\t1000\t1000\t1000\t1000\n',
    '/proc/99/environ': 'NIX_CONFIG=json-log-path = /run/log/journal/system.journal\0',
    '/proc/77/environ': 'A=1\0NIX_CONF_DIR=/srv/nix\0',
    '/proc/88/environ': 'NIX_CONFIG=max-jobs = 3\njson-log-path = /run/other\0',
  });
  streamFiles.create(path, line);
  const daemon = (pid: number | null) =>
    follower.looked?.({ ...emptyModel, daemon: { ...emptyModel.daemon, pid } });
  await pass(2);
  daemon(77);
  expect(await pass(3)).toEqual({ logPath: { path, problem: null } });
  files.forget();
  daemon(77);
  await pass(3);
  expect(files.count('readSlow')).toBe(0);
  daemon(88);
  expect(await pass(3)).toEqual({ logPath: { path: '/run/other', problem: null } });
  // Anybody may call a process so.
  daemon(99);
  expect(await pass(3)).toEqual({ logPath: { path: null, problem: null } });
});

test('who may not read the setting finds the file in its usual place', async () => {
  const { streamFiles, events, pass } = machine({ [conf]: { problem: 'denied' } }, 1000);
  streamFiles.create(usualLogPath, line);
  expect(await pass(5)).toEqual({ logPath: { path: usualLogPath, problem: null } });
  expect(events).toHaveLength(1);
});

test.each([
  ['the file is of somebody else', { uid: 1001 }, {}, `${path}: denied, belongs to uid 1001`],
  ['everybody may write it', { mode: 0o100666 }, {}, `${path}: denied, may be written by everybody`],
  ['a group may write it', { mode: 0o100664 }, {}, `${path}: denied, may be written by a group`],
  ['the directory is of somebody else', {}, { uid: 1001, mode: 0o040755 }, '/run/logs belongs to uid 1001'],
  ['everybody may write there', {}, { mode: 0o040777 }, '/run/logs may be written by everybody'],
  ['a socket', { regular: false }, {}, 'unsupported, not a regular file'],
])('not followed, and why: %s', async (_, how, where, why) => {
  const { files, streamFiles, events, pass } = machine({ [conf]: `json-log-path = ${path}` }, 1000);
  files.setOwner('/run/logs', { ...directory, ...where });
  const file = streamFiles.create(path, line, how);
  const { logPath } = await pass(5);
  const { kind, where: named, cause } = logPath?.problem ?? problem('gone', '');
  expect(`${named}: ${kind}, ${cause}`).toContain(why);
  expect(events).toEqual([]);
  expect(streamFiles.openFiles).toBe(0);
  // Put right, it is followed.
  files.setOwner('/run/logs', directory);
  Object.assign(file, { uid: 0, mode: 0o100640, regular: true });
  expect(await pass(62)).toEqual({ logPath: { path, problem: null } });
  expect(events).toHaveLength(1);
});

test('our own file, and a sticky directory of all', async () => {
  const { files, streamFiles, events, pass } = machine({ [conf]: 'json-log-path = /tmp/log' }, 1000);
  files.setOwner('/tmp', { uid: 0, mode: 0o041777 });
  streamFiles.create('/tmp/log', line, { uid: 1000, mode: 0o100600 });
  expect(await pass(5)).toEqual({ logPath: { path: '/tmp/log', problem: null } });
  expect(events).toHaveLength(1);
});

test('a full file system: said as long as it is', async () => {
  const { files, streamFiles, pass } = machine({ [conf]: `json-log-path = ${path}` });
  streamFiles.create(path, line);
  const space = { totalBytes: 2 ** 20, inodes: 0, freeInodes: 0 };
  files.setSpace(path, { ...space, availableBytes: 4096 });
  expect(await pass(15)).toMatchObject({ logPath: { path, problem: { kind: 'exhausted' } } });
  files.setSpace(path, { ...space, availableBytes: 2 ** 19 });
  expect(await pass(15)).toEqual({ logPath: { path, problem: null } });
});

test('a disk that hangs costs one call, and ends with the follower', async () => {
  const { streamFiles, follower, pass } = machine({ [conf]: `json-log-path = ${path}` });
  streamFiles.create(path, line);
  await pass(5);
  const release = streamFiles.block();
  streamFiles.calls.length = 0;
  await pass(30);
  expect(streamFiles.calls).toEqual(['stat']);
  follower.close();
  release();
  await pass(1);
  expect(streamFiles.openFiles).toBe(0);
});

test('a file that somebody names: whosever it is, through a link, and nothing else is looked for', async () => {
  const { files, streamFiles, events, pass } = machine(
    { [conf]: `json-log-path = ${path}` },
    1000,
    '/tmp/mine',
  );
  streamFiles.create(path, line);
  const file = streamFiles.create('/tmp/mine', threeLines, { uid: 1001, mode: 0o100666 });
  expect(await pass(20)).toEqual({ logPath: { path: '/tmp/mine', problem: null } });
  expect(events).toHaveLength(3);
  expect(files.count('readSlow')).toBe(0);
  expect(file.bytes.toString()).toBe(threeLines);
});

test('a minute of a log in which nothing happens: a look a second, and next to nothing else', async () => {
  const { files, streamFiles, follower, clock, pass } = machine({ [conf]: `json-log-path = ${path}` });
  streamFiles.create(path, line);
  const logs = createLogsSource(clock);
  logs.add(follower);
  await pass(5);
  files.forget();
  streamFiles.calls.length = 0;
  for (let second = 0; second < 60; second++) {
    expect(logs.sample()).toEqual({});
    await pass(1);
  }
  expect(new Set(streamFiles.calls)).toEqual(new Set(['stat']));
  expect(streamFiles.calls.length).toBeLessThanOrEqual(61);
  // nix.conf once, its directories, and the room every ten seconds.
  expect(files.calls.length).toBeLessThanOrEqual(1 + 3 + 6);
});

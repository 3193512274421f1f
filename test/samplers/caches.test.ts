/** The source `caches` on a tree of files: settings with includes, slots by their locks, checks that are read when they change. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CachesRaw } from '../../src/model/caches/caches-raw.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { cacheCheckLine } from '../../src/parse/cache-check-file.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createCachesSource } from '../../src/samplers/caches.ts';
import { cacheCheck } from '../support/cache-check.ts';
import { createFakeFiles, type FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const checkFile = '/var/lib/nixpulse-check-cache/cache-checks.jsonl';
const ownFile = '/home/me/.local/state/nixpulse/cache-checks.jsonl';
const load = '/nix/var/nix/current-load';

function watched(tree: Readonly<Record<string, FakeEntry>> = {}) {
  const { clock } = createFakePorts();
  const files = createFakeFiles(tree);
  const lowDetail = { on: false };
  const source = createCachesSource({ files, clock }, [checkFile, ownFile], lowDetail);
  return {
    ...{ clock, files, source, lowDetail },
    /** What it gives when it has looked; undefined: nothing new. */
    async look(ms = 10_000): Promise<CachesRaw | undefined> {
      clock.advance(ms);
      source.sample();
      await source.settled();
      const given = source.sample().caches;
      await source.settled();
      return given?.ok ? given.value : undefined;
    },
  };
}

test('without any settings: those of Nix, no builders, no checks; and nothing again while it is the same', async () => {
  const { look } = watched();
  expect(await look()).toEqual({
    ...{ caches: ['https://cache.nixos.org/'], keys: ['cache.nixos.org-1'], builders: [], refused: [] },
    ...{ locks: [], checks: [], day: { fetches: 0, hits: 0 }, problems: [] },
  });
  expect(await look()).toBeUndefined();
});

test('of a real tree, below a root: includes in the place of their line, machines behind a link', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nixpulse-caches-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write(
    '/etc/nix/nix.conf',
    'substituters = http://a\n!include local.conf\n!include none.conf\nextra-substituters = http://c\n',
  );
  write(
    '/etc/nix/local.conf',
    'extra-substituters = http://b\ninclude nix.conf\nextra-trusted-public-keys = b-1:x\n',
  );
  write('/etc/static/machines', 'ssh-ng://nix@box x86_64-linux - 4\nssh://mac x86_64-darwin - two\n');
  symlinkSync('/etc/static/machines', join(root, '/etc/nix/machines'));
  write(checkFile, cacheCheckLine(cacheCheck));
  const { clock } = createFakePorts();
  const source = createCachesSource({ files: createFiles({ root, clock }), clock }, [checkFile, ownFile]);
  source.sample();
  await source.settled();
  const { caches } = source.sample();
  await source.settled();
  const value = caches?.ok ? caches.value : null;
  expect(value?.caches?.at(-1)).toBe('http://c');
  expect(value?.caches).toContain('http://b');
  expect(value).toMatchObject({
    keys: ['cache.nixos.org-1', 'b-1'],
    builders: [{ address: 'ssh-ng://nix@box', slots: 4 }, { address: 'ssh://mac' }],
    refused: [{ address: 'ssh://mac', why: 'two is no number of jobs' }],
    checks: [cacheCheck],
    day: { fetches: 1, hits: 1 },
  });
  source.close();
});

test('settings that may not be read are not known, and say so', async () => {
  const { look } = watched({ '/etc/nix/nix.conf': { problem: 'denied' } });
  expect(await look()).toMatchObject({
    ...{ caches: null, keys: null, builders: null },
    problems: [{ kind: 'denied', where: '/etc/nix/nix.conf' }],
  });
});

test('machines as TOML, or not readable: caches are known, builders are not', async () => {
  const toml = watched({ '/etc/nix/machines': 'version = 1\n[machines.box]\nuri = "ssh://box"\n' });
  expect(await toml.look()).toMatchObject({
    ...{ builders: null, caches: ['https://cache.nixos.org/'] },
    problems: [{ kind: 'unsupported', where: '/etc/nix/machines' }],
  });
  const denied = watched({ '/etc/nix/machines': { problem: 'denied' } });
  expect(await denied.look()).toMatchObject({ builders: null, problems: [{ kind: 'denied' }] });
});

const lockRow = (inode: number, pid: number, waits = false) =>
  `1: ${waits ? '-> ' : ''}FLOCK  ADVISORY  WRITE ${pid} 00:01:${inode} 0 EOF\n`;

test('slots that are taken, and who waits to upload; /proc/locks only while Nix may hold one', async () => {
  const { files, source, look } = watched({
    [`${load}/main-lock`]: '',
    [`${load}/ssh-ng:__nix@box-0`]: '',
    [`${load}/ssh-ng:__nix@box-1`]: '',
    [`${load}/ssh-ng:__nix@box-2`]: '',
    [`${load}/ssh-ng:__nix@box.upload-lock`]: '',
    '/proc/locks':
      lockRow(10, 1) +
      // Another kind of lock, and somebody who waits for it alone: no slot is taken by them.
      lockRow(11, 2).replace('FLOCK', 'POSIX') +
      lockRow(13, 4, true) +
      lockRow(12, 7) +
      lockRow(12, 8, true) +
      lockRow(12, 9, true) +
      lockRow(99, 3),
  });
  const device = 0x01;
  files.setOwner(`${load}/main-lock`, { device, inode: 9 });
  files.setOwner(`${load}/ssh-ng:__nix@box-0`, { device, inode: 10 });
  files.setOwner(`${load}/ssh-ng:__nix@box-1`, { device, inode: 11 });
  files.setOwner(`${load}/ssh-ng:__nix@box-2`, { device, inode: 13 });
  files.setOwner(`${load}/ssh-ng:__nix@box.upload-lock`, { device, inode: 12 });
  const held = [
    { name: 'ssh-ng:__nix@box-0', held: true, waiting: 0 },
    { name: 'ssh-ng:__nix@box-2', held: false, waiting: 1 },
    { name: 'ssh-ng:__nix@box.upload-lock', held: true, waiting: 2 },
  ];
  expect((await look())?.locks).toEqual(held);
  const quiet = { ...emptyModel, totals: { ...emptyModel.totals, running: 0 } };
  source.looked?.(quiet);
  files.forget();
  expect((await look())?.locks).toEqual([]);
  expect(files.count('readSlow', '/proc/locks')).toBe(0);
  // The listing is that of before: the directory says that it is the same.
  expect(files.count('listSlow', load)).toBe(0);
  source.looked?.({ ...quiet, totals: { ...emptyModel.totals, running: null } });
  expect((await look())?.locks).toEqual(held);
});

test('locks that cannot be seen are null', async () => {
  const { look, files } = watched({ [load]: { problem: 'denied' } });
  files.setOwner(load, {});
  expect(await look()).toMatchObject({ locks: null, problems: [{ kind: 'denied', where: load }] });
});

test('checks are read when their file has changed, and a FIFO never', async () => {
  const { files, look } = watched({ [checkFile]: cacheCheckLine(cacheCheck) });
  files.setOwner(checkFile, { mode: 0o100644, mtimeMs: 1, bytes: 9 });
  expect((await look())?.checks).toEqual([cacheCheck]);
  files.forget();
  expect(await look()).toBeUndefined();
  expect(files.count('readSlow', checkFile)).toBe(0);
  const later = { ...cacheCheck, endedMs: cacheCheck.endedMs + 900_000 };
  files.set(checkFile, cacheCheckLine(cacheCheck) + cacheCheckLine(later));
  files.setOwner(checkFile, { mode: 0o100644, mtimeMs: 2, bytes: 18 });
  expect((await look())?.checks).toEqual([cacheCheck, later]);
  files.set(ownFile, 'x');
  files.setOwner(ownFile, { mode: 0o010644, mtimeMs: 3 });
  files.forget();
  await look();
  expect(files.count('readSlow', ownFile)).toBe(0);
});

test('while the machine is short of something nothing is read', async () => {
  const { files, lowDetail, look } = watched();
  lowDetail.on = true;
  expect(await look()).toBeUndefined();
  expect(files.calls).toEqual([]);
});

test('what hangs is waited for once, and no tick is', async () => {
  const { source, clock } = watched({ '/etc/nix/nix.conf': { hangs: true } });
  clock.advance(1000);
  expect(source.sample()).toEqual({});
});

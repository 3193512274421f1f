/** One check at a time, and whose list of what may be removed is believed. */
import { spawn } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startTimeOf } from '../../../src/actions/start-time.ts';
import { claimCheck } from '../../../src/modes/check-cache/claim.ts';
import { keepCheck } from '../../../src/modes/check-cache/kept-checks.ts';
import { cacheCheck } from '../../support/cache-check.ts';
import { realProbe } from '../../support/probe-context.ts';

const { ports } = realProbe().context;
const brought = [{ fromMs: 1, untilMs: 2, paths: [`/nix/store/${'0'.repeat(32)}-app`] }];
let path = '';

beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-claim-'));
  path = join(directory, 'check-cache.json');
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
});

const claim = (pid = process.pid) =>
  claimCheck({
    ports: { ...ports, native: { ...ports.native, pid } },
    path,
    shared: false,
    onProblem: () => {},
  });
const leave = (file: object, to = path) =>
  writeFileSync(to, JSON.stringify({ version: 1, ...file }), { mode: 0o600 });
const left = async () => {
  const claimed = await claim();
  return claimed.kind === 'claimed' ? claimed.claim.remains.left : claimed.kind;
};

async function another() {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  await expect.poll(() => startTimeOf(pid, ports.files)).not.toBeNull();
  return { pid, startTime: startTimeOf(pid, ports.files) ?? 0 };
}

test('whoever lives has it; a pid that is another process by now has not', async () => {
  const by = await another();
  leave({ by, brought });
  expect(await claim()).toEqual({ kind: 'busy', by });
  leave({ by: { ...by, startTime: by.startTime - 1 }, brought });
  expect(await left()).toEqual(brought);
});

test('a second one finds the first; what is over leaves no file, and what is left stays written down', async () => {
  const other = await another();
  const first = await claim();
  expect(await claim(other.pid)).toMatchObject({ kind: 'busy', by: { pid: process.pid } });
  if (first.kind !== 'claimed') throw new Error(first.kind);
  await first.claim.remains.keep(brought);
  await first.claim.end();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, by: null, brought });
  const next = await claim();
  if (next.kind !== 'claimed') throw new Error(next.kind);
  await next.claim.remains.keep([]);
  await next.claim.end();
  expect(() => lstatSync(path)).toThrow();
});

test.each([
  ['garbage', '\u0000{'],
  ['another version', JSON.stringify({ version: 2, by: null, brought })],
  [
    'what is no path of a store',
    JSON.stringify({ version: 1, by: null, brought: [{ ...brought[0], paths: ['/etc'] }] }),
  ],
  ['an option', JSON.stringify({ version: 1, by: null, brought: [{ ...brought[0], paths: ['--delete'] }] })],
])('of %s nothing is removed', async (_, text) => {
  writeFileSync(path, text, { mode: 0o600 });
  expect(await left()).toEqual([]);
});

test('a list that others may write is nobody’s, and is replaced, not written to', async () => {
  leave({ by: null, brought });
  chmodSync(path, 0o666);
  expect(await left()).toEqual([]);
  const target = `${path}.target`;
  leave({ by: null, brought }, target);
  chmodSync(target, 0o666);
  rmSync(path);
  symlinkSync(target, path);
  expect(await left()).toEqual([]);
  expect(lstatSync(path).isFile()).toBe(true);
  expect(JSON.parse(readFileSync(target, 'utf8')).brought).toEqual(brought);
});

test('where nothing can be written down nothing is fetched', async () => {
  path = join(path, 'below', 'check-cache.json');
  writeFileSync(join(path, '..', '..'), 'no directory');
  expect(await claim()).toMatchObject({ kind: 'problem' });
});

test.each([
  ['everybody’s to read: those of root', true, 0o755, 0o644],
  ['nobody else’s: those of users', false, 0o700, 0o600],
])('the first run makes a directory, and its runs are %s', async (_, shared, directoryMode, fileMode) => {
  const directory = join(dirname(path), 'new');
  const own = join(directory, 'cache-checks.jsonl');
  const claimed = await claimCheck({ ports, path: join(directory, 'claim'), shared, onProblem: () => {} });
  expect(claimed.kind).toBe('claimed');
  expect(await keepCheck({ own, shared }, cacheCheck, [], ports)).toMatchObject({ ok: true });
  expect([lstatSync(directory).mode & 0o777, lstatSync(own).mode & 0o777]).toEqual([directoryMode, fileMode]);
});

import { spawnSync } from 'node:child_process';
import * as system from 'node:fs';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  type PathLike,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/platform/clock.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { until } from '../lab/wait.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-own-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const files = createOwnFiles({ clock: systemClock });

test('written whole, private, and leaving nothing beside', async () => {
  const path = join(directory, 'state/nixpulse/paused.json');
  expect(await files.replace(path, 'one')).toMatchObject({ ok: true });
  expect(await files.replace(path, 'two')).toMatchObject({ ok: true });
  expect(await files.read(path)).toEqual({ ok: true, value: 'two' });
  expect(readdirSync(join(directory, 'state/nixpulse'))).toEqual(['paused.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'state/nixpulse')).mode & 0o777).toBe(0o700);
});

test("somebody else's directory is not made, and stays as it is", async () => {
  const options = { shared: true, synced: false, makesDirectory: false };
  expect(await files.replace(join(directory, 'none/a.prom'), 'one', options)).toMatchObject({
    problem: { kind: 'gone' },
  });
  expect(readdirSync(directory)).not.toContain('none');
  const own = mkdtempSync(join(directory, 'own-'));
  expect(await files.replace(join(own, 'a.prom'), 'one', options)).toMatchObject({ ok: true });
  expect(statSync(own).mode & 0o777).toBe(0o700);
  expect(statSync(join(own, 'a.prom')).mode & 0o777).toBe(0o644);
});

test('what has to be fresh is never written over anything, and leaves nothing beside', async () => {
  const path = join(directory, 'fresh/minimal-config.nix');
  expect(await files.replace(path, 'one', { fresh: true })).toMatchObject({ ok: true });
  expect(await files.replace(path, 'two', { fresh: true })).toMatchObject({
    problem: { kind: 'malformed', cause: 'EEXIST' },
  });
  expect(readFileSync(path, 'utf8')).toBe('one');
  const link = join(directory, 'fresh/link.nix');
  symlinkSync('/nowhere/at/all', link);
  expect(await files.replace(link, 'two', { fresh: true })).toMatchObject({ problem: { cause: 'EEXIST' } });
  expect(readdirSync(join(directory, 'fresh')).sort()).toEqual(['link.nix', 'minimal-config.nix']);
});

test('what is shared everybody may read, whatever umask says; what is above it stays private', async () => {
  const before = process.umask(0o077);
  try {
    const path = join(directory, 'shared/guard/status.json');
    expect(await files.replace(path, 'one', { shared: true })).toMatchObject({ ok: true });
    expect(await files.replace(path, 'two', { shared: true })).toMatchObject({ ok: true });
    expect(readFileSync(path, 'utf8')).toBe('two');
    const modes = [path, join(directory, 'shared/guard'), join(directory, 'shared')];
    expect(modes.map((one) => statSync(one).mode & 0o777)).toEqual([0o644, 0o755, 0o700]);
  } finally {
    process.umask(before);
  }
});

test('appended line by line', async () => {
  const path = join(directory, 'journal/journal.jsonl');
  await files.append(path, 'a\n');
  await files.append(path, 'b\n');
  expect(readFileSync(path, 'utf8')).toBe('a\nb\n');
});

test('read no further than asked, and nothing of a pipe', async () => {
  const path = join(directory, 'long');
  writeFileSync(path, 'x'.repeat(100_000));
  expect(await files.read(path, { maxBytes: 10 })).toEqual({ ok: true, value: 'x'.repeat(10) });
  expect(await files.read(path, { maxBytes: 200_000 })).toEqual({ ok: true, value: 'x'.repeat(100_000) });
  const pipe = join(directory, 'pipe');
  spawnSync('mkfifo', [pipe]);
  expect(await files.read(pipe, { maxBytes: 10 })).toEqual({ ok: true, value: '' });
});

test('not read where somebody else may have written it', async () => {
  const path = join(directory, 'orders');
  const uid = process.getuid?.() ?? 0;
  const read = (trustedBy: number) => files.read(path, { trustedBy });
  writeFileSync(path, 'rest = 3\n');
  chmodSync(path, 0o644);
  expect(await read(uid)).toEqual({ ok: true, value: 'rest = 3\n' });
  const denied = (cause: string) => ({ ok: false, problem: { kind: 'denied', where: path, cause } });
  if (uid !== 0) expect(await read(uid + 1)).toEqual(denied(`it belongs to uid ${uid}`));
  chmodSync(path, 0o666);
  expect(await read(uid)).toEqual(denied('everybody may write to it'));
});

test.skipIf(process.getuid?.() !== 0)('root believes root alone, and everybody believes root', async () => {
  const path = join(directory, 'orders of ada');
  writeFileSync(path, '', { mode: 0o644 });
  expect(await files.read(path, { trustedBy: 1000 })).toEqual({ ok: true, value: '' });
  chmodSync(path, 0o664);
  chownSync(path, 0, 1000);
  expect(await files.read(path, { trustedBy: 0 })).toMatchObject({
    problem: { kind: 'denied', cause: 'its group 1000 may write to it' },
  });
  chownSync(path, 1000, 1000);
  expect(await files.read(path, { trustedBy: 1000 })).toEqual({ ok: true, value: '' });
  expect(await files.read(path, { trustedBy: 0 })).toMatchObject({
    problem: { kind: 'denied', cause: 'it belongs to uid 1000' },
  });
});

test('removed, there or not', async () => {
  const path = join(directory, 'gone');
  writeFileSync(path, '');
  expect(await files.remove(path)).toMatchObject({ ok: true });
  expect(await files.remove(path)).toMatchObject({ ok: true });
  expect(await files.read(path)).toEqual({ ok: false, problem: { kind: 'gone', where: path } });
});

test('what is in the way is a problem, and leaves nothing beside', async () => {
  writeFileSync(join(directory, 'file'), '');
  expect((await files.replace(join(directory, 'file/below'), 'x')).ok).toBe(false);
  expect((await files.replace(directory, 'x')).ok).toBe(false);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`${directory.split('/').at(-1)}.`))).toEqual(
    [],
  );
});

test('a disk that does not answer is a timeout', async () => {
  const clock = createFakeClock();
  const slow = createOwnFiles({ clock, deadlineMs: 10 });
  const path = join(directory, 'slow');
  const reading = slow.replace(path, 'x');
  clock.advance(10);
  expect(await reading).toEqual({ ok: false, problem: { kind: 'timeout', where: path } });
});

test('who has not come back is counted, whatever was told', async () => {
  const fifo = join(directory, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const hurried = createOwnFiles({ clock: systemClock, deadlineMs: 10 });
  expect(await hurried.read(fifo)).toMatchObject({ problem: { kind: 'timeout' } });
  expect(hurried.pending).toBe(1);
  writeFileSync(fifo, 'at last');
  await until('its return', () => hurried.pending === 0);
});

test('a link is removed that is the same still, and nothing that was put in its place', async () => {
  const place = mkdtempSync(join(directory, 'links-'));
  const [path, uid] = [join(place, 'result'), statSync(place).uid];
  const expected = { target: '/nix/store/a', uid };
  expect(await files.removeLink(path, expected)).toMatchObject({ ok: true });
  expect(await files.removeLink(join(place, 'none/result'), expected)).toMatchObject({ ok: true });
  symlinkSync('/nix/store/b', path);
  expect(await files.removeLink(path, expected)).toMatchObject({ problem: { kind: 'malformed' } });
  rmSync(path);
  writeFileSync(path, 'a file');
  expect(await files.removeLink(path, expected)).toMatchObject({ problem: { kind: 'malformed' } });
  rmSync(path);
  symlinkSync('/nix/store/a', path);
  expect(await files.removeLink(path, { ...expected, uid: uid + 1 })).toMatchObject({
    problem: { kind: 'malformed' },
  });
  expect(readdirSync(place)).toEqual(['result']);
  expect(await files.removeLink(path, expected)).toMatchObject({ ok: true });
  expect(readdirSync(place)).toEqual([]);
});

test('a link is not looked for elsewhere when its directory is renamed meanwhile', async () => {
  const place = mkdtempSync(join(directory, 'swapped-'));
  const [path, uid] = [join(place, 'own/result'), statSync(place).uid];
  for (const name of ['own', 'other']) mkdirSync(join(place, name));
  symlinkSync('/nix/store/a', path);
  writeFileSync(join(place, 'other/result'), 'not to go');
  const { lstat } = system.promises;
  const spy = vi.spyOn(system.promises, 'lstat').mockImplementationOnce(async (at: PathLike) => {
    const stats = await lstat(at);
    renameSync(join(place, 'own'), join(place, 'away'));
    symlinkSync(join(place, 'other'), join(place, 'own'));
    return stats;
  });
  expect(await files.removeLink(path, { target: '/nix/store/a', uid })).toMatchObject({ ok: true });
  expect(spy).toHaveBeenCalledOnce();
  expect(readFileSync(join(place, 'other/result'), 'utf8')).toBe('not to go');
  expect(readdirSync(join(place, 'away'))).toEqual([]);
  spy.mockRestore();
});

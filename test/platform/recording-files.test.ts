import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { WritableFile } from '../../src/platform/ports.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-recordings-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const files = createRecordingFiles();
const bytes = (text: string) => new TextEncoder().encode(text);

async function created(path: string): Promise<WritableFile> {
  const file = await files.create(path);
  if (!file.ok) throw new Error(JSON.stringify(file.problem));
  return file.value;
}

test('a new file in new directories, private, written at its end', async () => {
  const path = join(directory, 'state/recordings/one');
  const file = await created(path);
  expect(await file.write(bytes('one '))).toEqual({ ok: true });
  appendFileSync(path, 'other ');
  expect(await file.write(bytes('two'))).toEqual({ ok: true });
  expect(await file.sync()).toEqual({ ok: true });
  expect(await file.close()).toEqual({ ok: true });
  expect(readFileSync(path, 'utf8')).toBe('one other two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(directory, 'state')).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, 'state/recordings')).mode & 0o777).toBe(0o700);
});

test('a file that was removed while it is written is known to be', async () => {
  const path = join(directory, 'removed');
  const file = await created(path);
  expect(await file.linked()).toEqual({ ok: true, value: true });
  rmSync(path);
  expect(await file.linked()).toEqual({ ok: true, value: false });
  expect(await file.close()).toEqual({ ok: true });
});

test('what is there already is never written: a file, a FIFO', async () => {
  const path = join(directory, 'taken');
  const fifo = join(directory, 'fifo');
  spawnSync('mkfifo', [fifo]);
  await (await created(path)).close();
  for (const taken of [path, fifo]) {
    expect(await files.create(taken)).toEqual({
      ok: false,
      problem: { kind: 'malformed', where: taken, cause: 'EEXIST' },
    });
  }
});

test('read in pieces, fewer bytes at the end; a FIFO and a directory are refused without waiting', async () => {
  const path = join(directory, 'read');
  const written = await created(path);
  await written.write(bytes('0123456789'));
  await written.close();
  const opened = await files.open(path);
  if (!opened.ok) throw new Error('not opened');
  expect(await opened.value.size()).toEqual({ ok: true, value: 10 });
  expect(await opened.value.read(2, 3)).toEqual({ ok: true, value: bytes('234') });
  expect(await opened.value.read(8, 100)).toEqual({ ok: true, value: bytes('89') });
  expect(await opened.value.read(50, 1)).toEqual({ ok: true, value: bytes('') });
  await opened.value.close();
  for (const [name, cause] of [
    ['fifo', 'not a file'],
    ['.', 'not a file'],
  ] as const) {
    expect(await files.open(join(directory, name))).toMatchObject({ problem: { kind: 'malformed', cause } });
  }
  expect(await files.open(join(directory, 'none'))).toMatchObject({ problem: { kind: 'gone' } });
});

test('what stands before a place that cannot be read is read', async () => {
  // Our own memory as a disk with bad blocks: where nothing is mapped, EIO.
  const maps = readFileSync('/proc/self/maps', 'utf8').matchAll(/^([0-9a-f]+)-([0-9a-f]+) (r?)/gm);
  const mapped = Array.from(maps, ([, from, to, readable]) => ({
    from: Number.parseInt(from ?? '', 16),
    to: Number.parseInt(to ?? '', 16),
    readable,
  }));
  // The program itself: nothing grows into the hole after it.
  const end = mapped.find(
    ({ to, readable }, i) => readable && (mapped[i + 1]?.from ?? to) - to > 1 << 20,
  )?.to;
  if (end === undefined) throw new Error('no hole in the memory');
  const opened = await files.open('/proc/self/mem');
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const read = await opened.value.read(end - 100, 10_000);
  expect(read.ok && read.value.length).toBe(100);
  expect(await opened.value.read(end, 100)).toMatchObject({ problem: { kind: 'malformed', cause: 'EIO' } });
  await opened.value.close();
});

test('lists files only, tells size and time of each; removes, there or not', async () => {
  const inside = join(directory, 'list');
  mkdirSync(join(inside, 'directory'), { recursive: true });
  spawnSync('mkfifo', [join(inside, 'fifo')]);
  const file = await created(join(inside, 'file'));
  await file.write(bytes('12345'));
  await file.close();
  expect(await files.list(inside)).toEqual({ ok: true, value: ['file'] });
  expect(await files.describe(join(inside, 'file'))).toEqual({
    ok: true,
    value: { sizeBytes: 5, modifiedMs: statSync(join(inside, 'file')).mtimeMs },
  });
  expect(await files.describe(join(inside, 'none'))).toMatchObject({ problem: { kind: 'gone' } });
  expect(await files.list(join(inside, 'none'))).toMatchObject({ problem: { kind: 'gone' } });
  for (let time = 0; time < 2; time += 1) {
    expect(await files.remove(join(inside, 'file'))).toEqual({ ok: true });
  }
  expect(existsSync(join(inside, 'file'))).toBe(false);
});

test('a directory in the way of a name below it', async () => {
  const file = await created(join(directory, 'plain'));
  await file.close();
  expect(await files.create(join(directory, 'plain/below/x'))).toMatchObject({
    ok: false,
    problem: { kind: 'gone' },
  });
});

test('where no directory can be made', async () => {
  expect(await files.create('/proc/nixpulse/recordings/x')).toMatchObject({ problem: { kind: 'gone' } });
});

const root = process.getuid?.() === 0;

test.skipIf(!root)('a full disk keeps the records before whole (needs root: mounts a tmpfs)', async () => {
  const mount = join(directory, 'small');
  mkdirSync(mount);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]);
  try {
    const path = join(mount, 'recording');
    const file = await created(path);
    expect((await file.write(new Uint8Array(40_000).fill(1))).ok).toBe(true);
    expect(await file.write(new Uint8Array(40_000).fill(2))).toEqual({
      ok: false,
      problem: { kind: 'denied', where: path, cause: 'ENOSPC' },
    });
    expect(readFileSync(path).every((byte) => byte === 1)).toBe(true);
    expect(statSync(path).size).toBe(40_000);
    expect(await file.write(new Uint8Array(1000).fill(3))).toEqual({ ok: true });
    expect(statSync(path).size).toBe(41_000);
    await file.close();
  } finally {
    execFileSync('umount', [mount]);
  }
});

test('calls that have not come back are counted', async () => {
  const slow = createRecordingFiles();
  const listing = slow.list(directory);
  expect(slow.pending).toBe(1);
  await listing;
  expect(slow.pending).toBe(0);
});

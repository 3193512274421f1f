import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createFileFollower } from '../../src/followers/file-follower.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { StreamFile } from '../../src/platform/ports.ts';
import { createStreamFiles } from '../../src/platform/stream-files.ts';

const files = createStreamFiles();
const mib = 2 ** 20;
const found = { followLinks: false };

function directory(below = tmpdir()): string {
  const made = mkdtempSync(join(below, 'nixpulse-stream-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function opened(path: string, empties = true): Promise<StreamFile> {
  const file = await files.open(path, { followLinks: true, empties });
  if (!file.ok) throw new Error(JSON.stringify(file.problem));
  onTestFinished(() => file.value.close());
  return file.value;
}

test('what a file is, and its bytes from anywhere', async () => {
  const path = join(directory(), 'log');
  writeFileSync(path, '0123456789', { mode: 0o640 });
  const file = await opened(path);
  const info = await file.describe();
  expect(info).toMatchObject({ ok: true, value: { regular: true, sizeBytes: 10, mode: 0o100640 } });
  expect(await files.describe(path, found)).toEqual(info);
  expect(Buffer.from(valueIn(await file.read(4, 100))).toString()).toBe('456789');
  expect(valueIn(await file.read(10, 100)).length).toBe(0);
  appendFileSync(path, 'ab');
  expect(Buffer.from(valueIn(await file.read(10, 100))).toString()).toBe('ab');
  expect(await file.truncate()).toMatchObject({ ok: true });
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('only a regular file is opened, and no link where none is wanted; nobody waits', async () => {
  const place = directory();
  const at = (name: string) => join(place, name);
  spawnSync('mkfifo', [at('fifo')]);
  mkdirSync(at('directory'));
  writeFileSync(at('file'), '');
  symlinkSync(at('file'), at('link'));
  spawnSync('python3', [
    '-c',
    'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])',
    at('socket'),
  ]);
  for (const name of ['fifo', 'directory', 'socket']) {
    if (!existsSync(at(name))) continue;
    expect(await files.open(at(name), { ...found, empties: true })).toMatchObject({
      ok: false,
      problem: { kind: 'unsupported', cause: 'not a regular file' },
    });
  }
  expect(await files.open('/dev/null', { followLinks: true, empties: true })).toMatchObject({ ok: false });
  expect(await files.open(at('link'), { ...found, empties: false })).toMatchObject({ ok: false });
  expect(await files.open(at('link'), { followLinks: true, empties: false })).toMatchObject({ ok: true });
  expect(await files.open(at('none'), { ...found, empties: false })).toMatchObject({
    ok: false,
    problem: { kind: 'gone' },
  });
  expect(files.pending).toBe(0);
});

test('below a root, links stay inside', async () => {
  const root = directory();
  mkdirSync(join(root, 'run'));
  mkdirSync(join(root, 'etc'));
  symlinkSync('/run', join(root, 'etc/place'));
  writeFileSync(join(root, 'run/log'), 'inside');
  const file = await createStreamFiles({ root }).open('/etc/place/log', { ...found, empties: false });
  const { sizeBytes } = valueIn(await valueIn(file).describe());
  expect(sizeBytes).toBe(6);
  valueIn(file).close();
});

test('a closed file says so, and is closed after what is under way', async () => {
  const path = join(directory(), 'log');
  writeFileSync(path, 'text');
  const file = files.of(openSync(path, 'r'), 'own');
  const under = file.read(0, 10);
  file.close();
  expect(Buffer.from(valueIn(await under)).toString()).toBe('text');
  expect(await file.read(0, 10)).toEqual({ ok: false, problem: { kind: 'gone', where: 'own' } });
});

const memory = '/dev/shm';
test.skipIf(!existsSync(memory))('in memory, what is taken out is zeros and takes no room', async () => {
  const path = join(directory(memory), 'log');
  writeFileSync(path, Buffer.alloc(2 * mib, 'x'));
  const file = await opened(path);
  expect(file.writable).toBe(true);
  expect(await file.inMemory()).toBe(true);
  expect(await file.punch(0, mib)).toEqual({ ok: true });
  const { sizeBytes, allocatedBytes } = valueIn(await file.describe());
  expect([sizeBytes, allocatedBytes]).toEqual([2 * mib, mib]);
  const around = valueIn(await file.read(mib - 2, 4));
  expect([...around]).toEqual([0, 0, 120, 120]);
  const same = await opened(path, false);
  expect(same.writable).toBe(false);
  expect(await same.punch(0, mib)).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
});

test.skipIf(!existsSync(memory))(
  'three writers, and a follower that takes out: no line is lost',
  async () => {
    const path = join(directory(memory), 'log');
    writeFileSync(path, '');
    const follower = createFileFollower({
      ...{ id: path, origin: { kind: 'file', path }, writers: 'many', clock: systemClock, files },
      file: { path, followLinks: false },
      keepSmall: { keepBytes: 0, onlyInMemory: true },
    });
    onTestFinished(() => follower.close());
    const each = 60_000;
    const script = `for (let i = 0; i < ${each}; i++) require('node:fs').writeSync(1,
    '{"action":"result","fields":["line ' + i + '"],"id":' + process.pid * 2 ** 32 + ',"type":101}\\n')`;
    const writers = [1, 2, 3].map(() =>
      spawn(process.execPath, ['-e', script], { stdio: ['ignore', openSync(path, 'a'), 'inherit'] }),
    );
    const over = Promise.all(writers.map((writer) => once(writer, 'exit')));
    let count = 0;
    const take = () => {
      for (const event of follower.take()?.events ?? []) {
        if (event.kind === 'lines') count += event.count;
        else expect(event.kind).toBe('end');
      }
    };
    void over.then(() => follower.end(null));
    for (let i = 0; i < 1000 && count < 3 * each; i++) {
      await pause(10);
      take();
    }
    expect(count).toBe(3 * each);
    const { sizeBytes, allocatedBytes } = valueIn(await files.describe(path, found));
    expect(sizeBytes).toBeGreaterThan(9 * mib);
    expect(allocatedBytes).toBeLessThanOrEqual(mib);
  },
);

function valueIn<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result.value;
}

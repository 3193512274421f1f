import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { createFiles } from '../../../src/platform/files.ts';
import { readBuilderLoads } from '../../../src/probes/cache-check/builder-slots.ts';
import { createFakePorts } from '../../support/fake-ports.ts';

/** A machine whose /proc/locks is what the kernel says of real files. */
function machine() {
  const root = mkdtempSync(join(tmpdir(), 'nixpulse-slots-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'proc'));
  const ports = { ...createFakePorts(), files: createFiles({ root, clock: systemClock }) };
  return {
    root,
    /** As of now. */
    look(addresses: readonly string[]) {
      writeFileSync(join(root, 'proc/locks'), execFileSync('cat', ['/proc/locks']));
      return readBuilderLoads(addresses, { ports });
    },
  };
}

test.runIf(process.platform === 'linux')('locks that are held, and who waits for an upload', async () => {
  const { root, look } = machine();
  expect(await look(['ssh://a'])).toEqual(new Map([['ssh://a', { busy: 0, waiting: 0 }]]));
  const directory = join(root, 'nix/var/nix/current-load');
  mkdirSync(directory, { recursive: true });
  for (const name of ['a-0', 'a-1', 'a.upload-lock', 'b-0'])
    writeFileSync(join(directory, `ssh:__${name}`), '');
  const hold = (name: string) => {
    const child = spawn('flock', [join(directory, `ssh:__${name}`), 'sh', '-c', 'echo held; exec cat']);
    onTestFinished(() => void child.kill());
    return child;
  };
  const held = ['a-1', 'a.upload-lock'].map(hold);
  await Promise.all(held.map((child) => new Promise((resolve) => child.stdout.once('data', resolve))));
  const waiting = hold('a.upload-lock');
  await expect
    .poll(() => execFileSync('cat', ['/proc/locks'], { encoding: 'utf8' }).includes(`WRITE ${waiting.pid} `))
    .toBe(true);
  expect(await look(['ssh://a', 'ssh://b', 'ssh://a'])).toEqual(
    new Map([
      ['ssh://a', { busy: 1, waiting: 1 }],
      ['ssh://b', { busy: 0, waiting: 0 }],
    ]),
  );
});

test('where locks cannot be seen nothing is known', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nixpulse-slots-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const ports = { ...createFakePorts(), files: createFiles({ root, clock: systemClock }) };
  expect(await readBuilderLoads(['ssh://a'], { ports })).toBeNull();
});

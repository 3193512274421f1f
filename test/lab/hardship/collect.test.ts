/**
 * A bundle of a sick machine: on a disk that does not answer, from the start or from amid it on (it is in memory then),
 * beside a /nix that takes no write, as a user, and with next to no memory. It ends within a minute all the same.
 */
import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher } from '../../support/pty.ts';
import { takeTurn } from '../turn.ts';
import { pause } from '../wait.ts';
import { makeBadDisk } from './disk.ts';
import { makeMemoryShort } from './memory.ts';

let endTurn = () => {};
beforeAll(async () => {
  endTurn = await takeTurn();
});
afterAll(() => endTurn());

interface Collected {
  readonly path: string;
  readonly place: string;
  readonly inMemory: boolean;
  readonly files: number;
  /** Sources that gave less than all. */
  readonly missed: readonly string[];
}

/** What its last line says. `within`: what it is started by. */
async function collectOn(stateHome: string, within: readonly string[] = []): Promise<Collected> {
  const [file = '', ...args] = [...within, launcher, 'collect', '--json'];
  const run = promisify(execFile)(file, args, {
    env: { ...process.env, XDG_STATE_HOME: stateHome },
    timeout: 60_000,
    maxBuffer: 1 << 24,
  });
  const { stdout } = await run;
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

test('a bundle where the disk stalls', { timeout: 120_000 }, async ({ skip }) => {
  const disk = makeBadDisk({ secs: 100 });
  if (disk.kind === 'unsupported') return skip(`unsupported: ${disk.why}`);
  const written: string[] = [];
  try {
    const well = await collectOn(disk.mountPoint);
    expect(well).toMatchObject({ inMemory: false, path: expect.stringContaining(disk.mountPoint) });
    written.push(well.path);

    const amid = collectOn(disk.mountPoint);
    await pause(4000);
    disk.stall();
    const moved = await amid;
    written.push(moved.path);
    expect(moved.inMemory).toBe(true);
    expect(moved.path).not.toContain(disk.mountPoint);
    expect(moved.files).toBeGreaterThan(well.files / 2);

    const before = await collectOn(disk.mountPoint);
    written.push(before.path);
    expect(before).toMatchObject({ inMemory: true, place: expect.stringMatching(/did not take 16 kB/) });
    expect(statSync(before.path).mode & 0o777).toBe(0o600);
  } finally {
    disk.recover();
    for (const path of written) for (const file of [path, `${path}.sha256`]) rmSync(file, { force: true });
    await disk.end();
  }
});

/** The disk is the store and its database for who is started so; the programs of the machine are not on it. */
const onNix = ['unshare', '--mount', '--propagation', 'private', 'bash', '-c'];
const nobody = 65534;

test('a bundle while /nix takes no write, of root and of a user', { timeout: 150_000 }, async ({ skip }) => {
  const disk = makeBadDisk({ secs: 130 });
  if (disk.kind === 'unsupported') return skip(`unsupported: ${disk.why}`);
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-collect-'));
  chownSync(home, nobody, nobody);
  const written: string[] = [];
  try {
    const hung = (...as: readonly string[]) => [
      ...onNix,
      `mount --bind "$1" /nix; shift; exec "$@"`,
      ...['bash', disk.mountPoint, ...as],
    ];
    disk.write();
    disk.stall();
    const user = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
    const bundles = await Promise.all([collectOn(home, hung()), collectOn(home, hung(...user))]);
    for (const { path, files, missed } of bundles) {
      written.push(path);
      expect(files).toBeGreaterThan(20);
      expect(missed).toContain('nix-state');
    }
    expect(bundles.map(({ path }) => statSync(path).uid)).toEqual([0, nobody]);
  } finally {
    disk.recover();
    for (const path of written) for (const file of [path, `${path}.sha256`]) rmSync(file, { force: true });
    rmSync(home, { recursive: true, force: true });
    await disk.end();
  }
});

test('a bundle with next to no memory', { timeout: 150_000 }, async ({ skip }) => {
  const memory = makeMemoryShort({ secs: 130, limitMB: 200 });
  if (memory.kind === 'unsupported') return skip(`unsupported: ${memory.why}`);
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-collect-'));
  try {
    memory.hog(300);
    const inside = ['bash', '-c', 'echo $$ >"$1/cgroup.procs"; shift; exec "$@"', 'bash', memory.cgroup.path];
    const { path, files } = await collectOn(home, inside);
    expect(files).toBeGreaterThan(40);
    expect(path).toContain(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
    await memory.end();
  }
});

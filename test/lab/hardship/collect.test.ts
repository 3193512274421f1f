/**
 * A bundle of a sick machine: on a disk that does not answer, from the start or from amid it on (it is in memory then),
 * beside a /nix that hangs, as a user, and with next to no memory. It ends within a minute all the same.
 */
import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher } from '../../support/pty.ts';
import { takeTurn } from '../turn.ts';
import { pause } from '../wait.ts';
import { makeBadDisk } from './disk.ts';
import { needsRootOnLinux } from './hardship.ts';
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

const hung = [
  ...['unshare', '--mount', '--propagation', 'private'],
  fileURLToPath(new URL('hang-nix.sh', import.meta.url)),
];
const nobody = 65534;
const asNobody = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];

test('a bundle while /nix hangs, of root and of a user', { timeout: 150_000 }, async ({ skip }) => {
  const missing = needsRootOnLinux() ?? (existsSync('/dev/fuse') ? null : 'there is no /dev/fuse');
  if (missing !== null) return skip(`unsupported: ${missing}`);
  const homes = ['root', 'user'].map((name) => mkdtempSync(join(tmpdir(), `nixpulse-collect-${name}-`)));
  const [ofRoot = '', ofUser = ''] = homes;
  chownSync(ofUser, nobody, nobody);
  try {
    const bundles = await Promise.all([collectOn(ofRoot, hung), collectOn(ofUser, [...hung, ...asNobody])]);
    for (const [i, { path, files, missed }] of bundles.entries()) {
      expect(path).toContain(homes[i]);
      expect(missed).toEqual(expect.arrayContaining(['nix-state', 'space']));
      // What does not lie there is read all the same.
      expect(missed.filter((id) => /^proc\.|^disks$|^cgroups$|^locks$/.test(id))).toEqual([]);
      expect(files).toBeGreaterThan(40);
    }
    expect(bundles.map(({ path }) => statSync(path).uid)).toEqual([0, nobody]);
  } finally {
    for (const home of homes) rmSync(home, { recursive: true, force: true });
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

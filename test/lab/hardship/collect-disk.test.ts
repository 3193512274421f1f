/** A bundle on a disk that does not answer, from the start or from amid it on: it is in memory then, and soon. */
import { execFile } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher } from '../../support/pty.ts';
import { takeTurn } from '../turn.ts';
import { pause } from '../wait.ts';
import { makeBadDisk } from './disk.ts';

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
}

/** What its last line says. */
async function collectOn(stateHome: string): Promise<Collected> {
  const run = promisify(execFile)(launcher, ['collect', '--json'], {
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

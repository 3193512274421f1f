/** Builds that are ended for what they take (time, room, lines of log), that come out otherwise, or fetch by themselves. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { rootCauses } from '../../../src/logs/root-causes.ts';
import { totalsOf } from '../../../src/logs/totals.ts';
import { type Lab, newest } from '../../support/lab.ts';
import { toldBothWays } from '../../support/told-both-ways.ts';
import { serveStatus } from './cache-server.ts';
import { causesByName } from './causes-by-name.ts';
import { follow, startLoggedBuild } from './followed.ts';

const nobodys = [
  ['timeout', []],
  ['timeout', []],
];

/** A file system of the test's own for build directories. */
function smallFilesystem(options: string): string {
  const place = mkdtempSync('/var/lib/nixpulse-full-');
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'nixpulse-full', place]);
  if (mount.status !== 0) throw new Error(`no file system: ${mount.stderr}`);
  onTestFinished(() => {
    spawnSync('umount', [place]);
    rmSync(place, { recursive: true });
  });
  return place;
}

export function limitCases(lab: Lab): void {
  test('a time-out is told from silence, and is of the build that it ended', async () => {
    const limits = { silentSec: 3, totalSec: 4 };
    const words = ['--timeout', '4', '--max-silent-time', '3', '--keep-going'];
    const client = startLoggedBuild(lab, 'logs', ['chatty', 'silent', 'brief'], words);
    const text = startLoggedBuild(lab, 'logs', ['chatty', 'silent', 'brief'], words, { text: true });
    const direct = startLoggedBuild(lab, 'logs', ['silent'], ['--max-silent-time', '3'], { direct: true });
    const following = follow(client, text, direct);
    await following.lookToEnd();
    const { rebuild } = following.followed(client);
    expect(causesByName(rebuild, { limits })).toEqual({
      'silent-1.0': { kind: 'timeout', seconds: 3, silent: true },
      'chatty-1.0': { kind: 'timeout', seconds: 4, silent: false },
    });
    expect(totalsOf(rebuild)).toMatchObject({ builds: 3, failed: 2, dependents: 0, waiting: 0 });
    expect(totalsOf(await client.over())).toEqual(totalsOf(rebuild));
    // Since Nix 2.34 its words name nobody, and without counters nobody can tell which of the two is which.
    const said = toldBothWays(await text.over());
    if (newest) expect(said.causes.map(({ cause, drvs }) => [cause.kind, drvs])).toEqual(nobodys);
    else expect(said).toEqual(toldBothWays(rebuild));
    const alone = await direct.over();
    expect(alone.ended?.exitCode).toBe(101);
    expect(causesByName(alone)).toMatchObject({ 'silent-1.0': { kind: 'timeout', seconds: 3 } });
  });

  test('a build directory that is full, of bytes or of inodes', async () => {
    for (const [attribute, options, of] of [
      ['full', 'size=4m,mode=755', 'blocks'],
      ['small', 'size=64m,nr_inodes=40,mode=755', 'inodes'],
    ] as const) {
      const mountPoint = smallFilesystem(options);
      // What fills it stays.
      const words = ['--keep-failed', ...(newest ? ['--option', 'build-dir', mountPoint] : [])];
      const own = { direct: true, environment: { TMPDIR: mountPoint } };
      const client = startLoggedBuild(lab, 'fail', [attribute], words, own);
      const following = follow(client);
      await following.lookToEnd();
      const { bavail, bsize, ffree } = statfsSync(mountPoint);
      const room = { mountPoint, freeBytes: bavail * bsize, freeInodes: ffree };
      const evidence = {
        filesystems: [{ mountPoint: '/', freeBytes: 1e10, freeInodes: 1e6 }, room],
        buildDirectory: mountPoint,
      };
      const name = `${attribute}-1.0`;
      const space = { kind: 'space', guess: false };
      expect(causesByName(await client.over(), evidence)).toMatchObject({
        [name]: { ...space, of, mountPoint },
      });
      // Without the file systems it is no less one.
      expect(causesByName(await client.over())).toMatchObject({ [name]: { ...space, of: null } });
    }
  });

  test('a build that comes out otherwise, one that talks too much, and one that fetches by itself', async () => {
    const URL = `${await serveStatus(404)}/x.tar.gz`;
    const nonce = randomUUID();
    const random = startLoggedBuild(lab, 'fail', ['random'], [], { nonce });
    const chatty = startLoggedBuild(lab, 'logs', ['chatty'], ['--option', 'max-build-log-size', '60']);
    const fetching = startLoggedBuild(lab, 'fail', ['fetched'], [], { environment: { URL }, direct: true });
    await follow(random, chatty, fetching).lookToEnd();
    const again = startLoggedBuild(lab, 'fail', ['random'], ['--check'], { nonce, direct: true });
    await follow(again).lookToEnd();

    expect(rootCauses(await random.over(), {})).toEqual([]);
    const checked = await again.over();
    expect(checked.ended?.exitCode).toBe(104);
    expect(totalsOf(checked)).toMatchObject({ builds: 1, failed: 1 });
    const output = expect.stringMatching(/-random-1\.0$/);
    expect(causesByName(checked)).toEqual({ 'random-1.0': { kind: 'not-deterministic', output } });
    expect(causesByName(await chatty.over())).toEqual({ 'chatty-1.0': { kind: 'log-limit', bytes: 60 } });
    // No cache is to blame.
    const download = { kind: 'network', cache: null, url: URL, httpStatus: 404 };
    expect(causesByName(await fetching.over())).toMatchObject({ 'fetched-1': download });
  });
}

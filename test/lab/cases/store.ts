/** Verify, repair and collect in a store of our own: every kind of damage, every way back. */

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { collectGarbage } from '../../../src/actions/collect-garbage.ts';
import { repair } from '../../../src/actions/repair.ts';
import { verify } from '../../../src/actions/verify.ts';
import type { Progress } from '../../../src/model/intents/outcome.ts';
import { damagedPaths } from '../../../src/model/nix-store/store-check.ts';
import { estimateGarbage } from '../../../src/nix-store/estimate-garbage.ts';
import { readLastVerification } from '../../../src/nix-store/last-verification.ts';
import type { Spawn } from '../../../src/platform/ports.ts';
import type { Lab } from '../../support/lab.ts';
import { damage, type NixStore, openOwnStore } from '../own-store.ts';
import { allProcesses, environment } from '../truth.ts';
import { until } from '../wait.ts';

const names = ['sound', 'flipped', 'truncated', 'deleted', 'referred', 'referrer'] as const;
type Name = (typeof names)[number];

/** What Nix itself says of each path, one at a time. */
function isSound(store: NixStore, path: string): boolean {
  try {
    store.nix(['nix-store', '--verify-path', path]);
    return true;
  } catch {
    return false;
  }
}

function sizesOf(store: NixStore): Map<string, number> {
  const json = store.nix([
    'nix',
    '--extra-experimental-features',
    'nix-command',
    'path-info',
    '--all',
    '--json',
  ]);
  // A list of rows; an object of rows by path since Nix 2.19.
  const rows = JSON.parse(json) as Readonly<Record<string, { path?: string; narSize: number }>>;
  return new Map(Object.entries(rows).map(([key, { path, narSize }]) => [path ?? key, narSize]));
}

/** Processes that work in this store. */
function processesIn(store: NixStore) {
  const dir = store.environment.NIX_STORE_DIR;
  return allProcesses().filter(({ pid, state }) => state !== 'Z' && environment(pid)?.NIX_STORE_DIR === dir);
}

/** The big lock, which whoever has the store open holds shared. */
function isHeld({ environment: { NIX_STATE_DIR: state } }: NixStore): boolean {
  const lock = ['--exclusive', '--nonblock', `${state}/db/big-lock`, 'true'];
  return spawnSync('flock', lock).status !== 0;
}

export function storeCases(lab: Lab): void {
  describe('in a store of our own', () => {
    let store: NixStore;
    let paths: Record<Name, string>;
    const nonce = randomUUID();

    beforeAll(() => {
      store = openOwnStore(lab);
      const built = store.build(nonce, names);
      paths = Object.fromEntries(names.map((name, index) => [name, built[index] ?? ''])) as typeof paths;
      const cache = ['nix', '--extra-experimental-features', 'nix-command', 'copy', '--to', cacheOf(store)];
      store.nix([...cache, paths.flipped, paths.deleted]);
    });
    afterAll(() => store?.close());

    const cacheOf = ({ directory }: NixStore) => `file://${directory}/cache`;
    test('clean: every path and byte', async () => {
      const reports: Progress[] = [];
      const outcome = await verify(
        { type: 'verify' },
        store.context((progress) => reports.push(progress)),
      );
      expect(outcome, outcome.details.join('\n')).toMatchObject({ status: 'done', details: [] });
      const sizes = sizesOf(store);
      const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      expect(reports.at(-1)).toMatchObject({
        done: sizes.size,
        total: sizes.size,
        doneBytes: bytes,
        totalBytes: bytes,
      });
      const { ports, stateDirectory } = store.context();
      expect(await readLastVerification(ports, stateDirectory)).toMatchObject({
        ok: true,
        value: { status: 'done', paths: sizes.size, bytes, corrupt: [], missing: [] },
      });
    });

    // Newest: `path '…/' does not exist` is taken for unreadable, so the path is not repaired for the tests below either.
    test('flipped, truncated, deleted, deleted with referrers: found, and nothing else', async () => {
      damage(paths.flipped, 'flip');
      damage(paths.truncated, 'truncate');
      damage(paths.deleted, 'delete');
      damage(paths.referred, 'delete');
      const lines: string[] = [];
      const rows = sizesOf(store).size;
      const outcome = await verify(
        { type: 'verify' },
        store.context((progress) => lines.push(...(progress.lines ?? []))),
      );
      expect(outcome).toMatchObject({
        status: 'failed',
        summary: expect.stringContaining(`2 corrupt, 2 missing of ${rows} paths`),
      });
      expect(lines.sort()).toEqual(
        [
          `corrupt ${paths.flipped}`,
          `corrupt ${paths.truncated}`,
          `missing ${paths.deleted}`,
          `missing ${paths.referred}`,
        ].sort(),
      );
      expect(sizesOf(store).size, 'looking changes no row').toBe(rows);
    });

    test('repaired from a cache, by rebuilding, and told apart', async () => {
      const context = store.context();
      const last = await readLastVerification(context.ports, context.stateDirectory);
      const found = last.ok && last.value !== null ? damagedPaths(last.value) : [];
      expect(found.length).toBe(4);
      // The cache has two of them.
      const cached = store.context(() => {}, { NIX_CONFIG: `substituters = ${cacheOf(store)}` });
      const outcome = await repair({ type: 'repair', paths: found }, cached);
      expect(outcome, outcome.details.join('\n')).toEqual({
        status: 'done',
        summary: `repaired 4 of 4 paths (2 from ${cacheOf(store)} and 2 rebuilt)`,
        details: [],
      });
      for (const name of names) expect(isSound(store, paths[name]), name).toBe(true);
      expect(readFileSync(paths.flipped, 'utf8')).toContain(`${nonce} lab-store-flipped 200`);
      expect(await readLastVerification(context.ports, context.stateDirectory)).toMatchObject({
        ok: true,
        value: { status: 'done', corrupt: [], missing: [] },
      });
      expect((await verify({ type: 'verify' }, store.context())).status).toBe('done');
    });

    test('what nothing can bring back is named, and left as it is', async () => {
      const [source = ''] = [...sizesOf(store).keys()].filter((path) => path.endsWith('-lab-store-bash'));
      damage(source, 'flip');
      const outcome = await repair({ type: 'repair', paths: [source, paths.sound] }, store.context());
      expect(outcome).toMatchObject({
        status: 'incomplete',
        summary: '1 needed no repair, 1 could not be repaired',
        details: [`${source}: cannot repair path '${source}'`, expect.stringContaining('no cache has it')],
      });
      expect(existsSync(source)).toBe(true);
      // `nix-store --add` would keep the damage: the row calls it valid.
      store.nix(['cp', '--remove-destination', `${lab.directory}/workloads/bin/bash`, source]);
      store.nix(['chmod', '555', source]);
      expect(isSound(store, source)).toBe(true);
    });

    test('the old way: the same findings, the row of a vanished path is gone', async () => {
      const [lone = ''] = store.build(nonce, ['deleted']);
      damage(lone, 'delete');
      damage(paths.flipped, 'flip');
      const context = store.context();
      const { stream } = context.ports.spawn;
      const oldNix: Spawn = {
        ...context.ports.spawn,
        // As Nix 2.3 answers.
        stream: (file, args, options) =>
          args.includes('verify')
            ? stream('sh', ['-c', 'echo "error: unrecognised flag --x" >&2; exit 1'], options)
            : stream(file, args, options),
      };
      const inOld = { ...context, ports: { ...context.ports, spawn: oldNix } };
      expect((await verify({ type: 'verify' }, inOld)).status).toBe('refused');
      const rows = sizesOf(store).size;
      const outcome = await verify({ type: 'verify', allowOldVerify: true }, inOld);
      expect(outcome).toMatchObject({
        status: 'failed',
        summary: expect.stringMatching(new RegExp(`1 corrupt, 1 vanished of ${rows - 1} of ${rows} paths`)),
        details: expect.arrayContaining([`vanished, removed from the database ${lone}`]),
      });
      expect(sizesOf(store).has(lone)).toBe(false);
      expect((await repair({ type: 'repair', paths: [paths.flipped, lone] }, store.context())).summary).toBe(
        'repaired 1 of 2 paths (1 rebuilt), 1 needed no repair',
      );
    });

    test('cancelled midway: no process is left, no harm is done', async () => {
      store.build(nonce, ['large']);
      const context = store.context((progress) => {
        if (progress.done !== undefined) context.cancel();
      });
      const outcome = await verify({ type: 'verify' }, context);
      expect(outcome).toMatchObject({
        status: 'cancelled',
        summary: expect.stringMatching(/^cancelled after \d+ of \d+ paths/),
      });
      await until('the end of every process', () => processesIn(store).length === 0, { deadlineMs: 5000 });
      expect((await verify({ type: 'verify' }, store.context())).status).toBe('done');
    });
  });

  describe('garbage in a store of our own', () => {
    let store: NixStore;
    const nonce = randomUUID();

    beforeAll(() => {
      store = openOwnStore(lab);
    });
    afterAll(() => store?.close());

    const dead = () =>
      store
        .nix(['nix-store', '--gc', '--print-dead'])
        .trim()
        .split('\n')
        .filter((line) => line !== '');

    test.each(['', 'keep-outputs = true', 'keep-derivations = false'])(
      'estimated as Nix does: %j',
      async (rule) => {
        const own = openOwnStore(lab, `${rule}\n`);
        try {
          const [referrer = ''] = own.build(nonce, ['referrer', 'sound', 'flipped']);
          const [drv = ''] = own
            .nix(['nix-store', '-q', '--deriver', own.build(nonce, ['flipped'])[0] ?? ''])
            .trim()
            .split('\n');
          own.nix(['nix-store', '--add-root', `${own.directory}/var/gcroots/one`, '--realise', referrer]);
          own.nix(['ln', '-s', drv, `${own.directory}/var/gcroots/two`]);
          const truth = own.nix(['nix-store', '--gc', '--print-dead']).trim().split('\n');
          const sizes = sizesOf(own);
          const known = truth.filter((path) => sizes.has(path));
          expect(known.length).toBeGreaterThan(0);
          expect(await estimateGarbage(own.context())).toMatchObject({
            ok: true,
            value: {
              deadPaths: known.length,
              deadBytes: known.reduce((sum, path) => sum + (sizes.get(path) ?? 0), 0),
              paths: sizes.size,
            },
          });
        } finally {
          own.close();
        }
      },
    );

    test('collected while a client builds: its build goes on and keeps what it uses', async () => {
      store.build(nonce, ['flipped', 'truncated', 'large']);
      const building = store.startBuild(nonce, 'slow');
      await until(
        'the slow builder',
        () =>
          processesIn(store).length > 0 &&
          allProcesses().some(
            ({ pid }) => environment(pid)?.nonce === nonce && environment(pid)?.name === 'lab-store-slow',
          ),
      );
      // By this `recover store` knows whether it may replace the database.
      expect(isHeld(store), 'the big lock of a store that is open').toBe(true);
      const reports: Progress[] = [];
      const outcome = await collectGarbage(
        { type: 'collect-garbage', olderThanDays: null },
        store.context((progress) => reports.push(progress)),
      );
      expect(outcome, outcome.details.join('\n')).toMatchObject({ status: 'done' });
      expect(outcome.summary).toMatch(/^deleted \d+ paths, 20\d MB \(/);
      expect(reports.at(-1)?.doneBytes).toBeGreaterThan(200 * 1024 * 1024);
      expect(await building, 'the build that ran meanwhile').toBe(0);
      expect(isHeld(store), 'the big lock of a store that nobody has open').toBe(false);
      const left = [...sizesOf(store).keys()].map((path) => path.replace(/^.*-lab-store-/, ''));
      expect(left).toContain('slow');
      expect(left).toContain('sound');
      expect(left).not.toContain('large');
    });

    test('nothing is left to collect in the end', async () => {
      await collectGarbage({ type: 'collect-garbage', olderThanDays: 1 }, store.context());
      expect(dead()).toEqual([]);
      expect(await estimateGarbage(store.context())).toMatchObject({
        ok: true,
        value: { deadPaths: 0, deadBytes: 0 },
      });
      const again = await collectGarbage({ type: 'collect-garbage', olderThanDays: null }, store.context());
      expect(again.summary).toMatch(/^deleted 0 paths/);
    });
  });
}

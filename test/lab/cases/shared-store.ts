/** Verify and repair through the machine's daemon, on paths that nobody else has. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repair } from '../../../src/actions/repair.ts';
import { verify, verifyPaths } from '../../../src/actions/verify.ts';
import { readLastVerification } from '../../../src/nix-store/last-verification.ts';
import type { Lab } from '../../support/lab.ts';
import { damage, type NixStore, openSharedStore } from '../own-store.ts';

const names = ['sound', 'flipped', 'truncated', 'deleted', 'referred', 'referrer'] as const;

export function sharedStoreCases(lab: Lab): void {
  describe('in the store of the machine', () => {
    let store: NixStore;
    let paths: readonly string[];

    beforeEach(() => {
      store = openSharedStore(lab);
      paths = store.build(randomUUID(), names);
      expect(paths.length).toBe(names.length);
    });

    /** Nothing damaged stays, however the test ended: put right first, because a collector may not be able to. */
    afterEach(() => {
      const drvs = store
        .nix(['nix-store', '-q', '--deriver', ...paths])
        .trim()
        .split('\n');
      for (const path of paths) {
        try {
          store.nix(['nix-store', '--verify-path', path]);
        } catch {
          store.nix(['nix-store', '--repair-path', path], { NIX_REMOTE: 'local' });
        }
      }
      store.nix(['nix-store', '--delete', ...paths, ...drvs]);
      store.close();
    });

    function damageAll(): { corrupt: string[]; missing: string[] } {
      const [, flipped = '', truncated = '', deleted = '', referred = ''] = paths;
      damage(flipped, 'flip');
      damage(truncated, 'truncate');
      damage(deleted, 'delete');
      damage(referred, 'delete');
      return { corrupt: [flipped, truncated], missing: [deleted, referred] };
    }

    // Newest: a vanished path is called unreadable.
    test('the whole store: what is damaged is found, looked at twice, kept', async () => {
      const { corrupt, missing } = damageAll();
      const context = store.context();
      const outcome = await verify({ type: 'verify' }, context);
      expect(outcome.status, outcome.summary).toBe('failed');
      const last = await readLastVerification(context.ports, context.stateDirectory);
      // Others may have damaged paths of their own meanwhile.
      expect(last).toMatchObject({
        ok: true,
        value: { corrupt: expect.arrayContaining(corrupt), missing: expect.arrayContaining(missing) },
      });
      if (last.ok) expect(last.value?.corrupt).not.toContain(paths[0]);
    });

    test('repaired past the daemon, looked at through it', async () => {
      const { corrupt, missing } = damageAll();
      const outcome = await repair({ type: 'repair', paths: [...corrupt, ...missing] }, store.context());
      expect(outcome, outcome.details.join('\n')).toEqual({
        status: 'done',
        summary: 'repaired 4 of 4 paths (4 rebuilt)',
        details: [],
      });
      expect(await verifyPaths({ type: 'verify' }, store.context(), paths)).toMatchObject({ status: 'done' });
    });
  });
}

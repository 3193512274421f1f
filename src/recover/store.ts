/** Paths are damaged, or the database is: copied, checked, put right, and verified. Nothing of a live database is removed. */
import { plural } from '../base/plural.ts';
import { damagedPaths } from '../model/nix-store/store-check.ts';
import { readState } from '../probes/check/state-facts.ts';
import type { Procedure } from './step.ts';
import { check, copy, running } from './store/copy.ts';
import { register } from './store/register.ts';
import { repair } from './store/repair.ts';
import { replace, tryOut } from './store/replace.ts';
import { collect, optimise } from './store/tidy.ts';
import { lastOf, verify, verifyAgain } from './store/verify.ts';

export const storeProcedure: Procedure = {
  id: 'store',
  title: 'Put the store and its database right',
  when: 'paths are corrupt or missing, or SQLite finds the database malformed',
  steps: [
    ...[running, copy, check, tryOut, replace, register],
    ...[verify, repair, optimise, collect, verifyAgain],
  ],
  async fits(context) {
    const { database } = await readState(context.ports.files);
    if (database.ok && database.value.sqlite === false) return 'the database of the store is none of SQLite';
    const last = await lastOf(context);
    const damaged = last === null ? 0 : damagedPaths(last).length;
    return damaged === 0 ? null : `the last verification found ${plural(damaged, 'damaged path')}`;
  },
};

/** Where Nix keeps the store and what it knows of it: as Nix finds it (`NIX_STORE_DIR`, `NIX_STATE_DIR`). */
import { shellWord } from '../../base/shell-word.ts';
import { isStorePath } from '../../model/nix-store/store-path.ts';
import type { Plan, RecoverContext } from '../step.ts';

export interface Places {
  readonly store: string;
  readonly state: string;
  readonly database: string;
  /** Who has the store open holds it shared (flock(2)); who changes its schema, alone. */
  readonly bigLock: string;
}

export function placesOf({ environment }: Pick<RecoverContext, 'environment'>): Places {
  const store = environment['NIX_STORE_DIR'] || '/nix/store';
  const state = environment['NIX_STATE_DIR'] || '/nix/var/nix';
  return { store, state, database: `${state}/db/db.sqlite`, bigLock: `${state}/db/big-lock` };
}

/** Where nothing of the store may be touched; null: it may. */
export function whyNot({ ports: { files, native } }: RecoverContext): Plan | null {
  if (!files.live)
    return { state: 'impossible', why: 'this is another root directory: its store is left alone' };
  return native.may('administer') ? null : { state: 'impossible', denied: true, why: 'it takes root' };
}

const mostListed = 10;

export function listed(paths: readonly string[]): readonly string[] {
  const shown = paths.slice(0, mostListed).map((path) => (isStorePath(path) ? path : shellWord(path)));
  const more = paths.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

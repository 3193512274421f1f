/** The words of what was found of the store: a row a kind. */
import { listText, plural } from '../base/plural.ts';
import type { StoreFound } from '../model/diagnosis/found-store.ts';
import type { DamagedPath } from '../model/diagnosis/probe-values.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { FoundWords } from './found-words.ts';

const ways: Readonly<Record<DamagedPath['how'], string>> = {
  modified: 'modified',
  missing: 'missing',
  empty: 'empty (as after a crash)',
  unrecorded: 'not recorded',
};

export const storeWords: FoundWords<StoreFound> = {
  'store-damaged': ({ paths }) => {
    const groups = (Object.keys(ways) as DamagedPath['how'][]).flatMap((how) => {
      const names = paths.filter((one) => one.how === how).map(({ path }) => nameOfPath(path));
      return names.length === 0 ? [] : [`${names.length} ${ways[how]}: ${listText(names, 3)}`];
    });
    return `${plural(paths.length, 'path')} of the store ${paths.length === 1 ? 'is' : 'are'} damaged; ${groups.join('; ')}`;
  },
  'store-unrecorded': ({ paths }) =>
    `the database has no hash of ${plural(paths.length, 'path')} (${listText(paths.map(nameOfPath), 3)}): not recorded, which is not modified`,
  'path-damaged': ({ path }) => `Nix calls ${path === null ? 'a path' : nameOfPath(path)} damaged or missing`,
  'database-damaged': ({ path, said }) => {
    const words = said === null ? '' : ` (${said})`;
    return `${path === null ? 'a database of Nix' : `the store's database ${path}`} is malformed${words}`;
  },
  'cache-database-damaged': ({ path }) =>
    `a cache of Nix (${path ?? '~/.cache/nix'}) is malformed, which is not the store's database: it may be deleted`,
  'memory-errors': ({ corrected, uncorrected }) =>
    `memory has had ${plural(uncorrected, 'error')} that ECC could not correct, and ${corrected} that it did: bad memory damages stores`,
};

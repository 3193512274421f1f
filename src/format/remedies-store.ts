/** What helps against damage of the store: a row a kind, the gentlest first. */
import { shellWord } from '../base/shell-word.ts';
import type { StoreFound } from '../model/diagnosis/found-store.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import type { Remedies } from './remedies-of.ts';

const most = 4;

export const ofStore: Remedies<StoreFound> = {
  'store-damaged': ({ paths, derivations }) => [
    ...(paths.length > derivations
      ? [
          fetchAnew(paths.map(({ path }) => path).filter((path) => !path.endsWith('.drv'))),
          {
            kind: 'command',
            command: 'nixos-rebuild build --repair',
            root: true,
            title: 'Build anew what no cache has',
            risk: 'takes as long as building it did',
          } as const,
        ]
      : []),
    ...(derivations > 0
      ? [
          {
            kind: 'command',
            command: 'nix-instantiate --repair',
            root: true,
            title:
              'Write derivations anew by evaluating what they came from (with the arguments of your own)',
            risk: null,
          } as const,
        ]
      : []),
    {
      kind: 'advice',
      title:
        'What neither helps against cannot be restored: delete the generations that need it, then collect garbage',
      risk: 'those generations',
    },
  ],
  'store-unrecorded': () => [],
  'path-damaged': ({ path }) => (path === null ? [verifyAll] : [fetchAnew([path]), verifyAll]),
  'database-damaged': ({ path }) => [
    {
      kind: 'command',
      command: `sqlite3 ${shellWord(path ?? '/nix/var/nix/db/db.sqlite')} "pragma integrity_check"`,
      root: true,
      title: 'See what is damaged, with no client running: often an index alone, which REINDEX makes anew',
      risk: null,
    },
    {
      kind: 'advice',
      title:
        'Keep a copy of /nix/var/nix/db before anything is changed in it: it knows what of the store is valid',
      risk: null,
    },
  ],
  'cache-database-damaged': ({ path }) => [
    {
      kind: 'command',
      command: `rm ${path === null ? '~/.cache/nix/*.sqlite*' : shellWord(path)}`,
      root: path?.startsWith('/root/') === true,
      title: 'Delete it: Nix makes it anew',
      risk: null,
    },
  ],
  'memory-errors': () => [
    {
      kind: 'advice',
      title: 'Test the memory (memtest86+) before the store is trusted or repaired',
      risk: null,
    },
    verifyAll,
  ],
};

const verifyAll: Remedy = {
  kind: 'key',
  command: 'verify',
  title: 'Verify the store: reads all of it',
  risk: null,
};

/** Of so many the rest comes with the next look. */
function fetchAnew(paths: readonly string[]): Remedy {
  return {
    kind: 'command',
    command: `nix store repair ${paths.slice(0, most).map(shellWord).join(' ')}`,
    root: true,
    title: 'Fetch from a cache what one has: each path is taken away and put back',
    risk: 'programs that use them may fail meanwhile',
  };
}

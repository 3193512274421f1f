/** What helps against what was found: a row a kind, the gentlest first. */
import type { Found } from '../model/diagnosis/found.ts';
import type { MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { StorageFound } from '../model/diagnosis/found-storage.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import { ofWaits } from './remedies-waits.ts';

type Remedies<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => readonly Remedy[];
};

const killBuild: Remedy = {
  kind: 'key',
  command: 'kill',
  title: 'End this build; what it has made so far is lost, and it is built again at the next rebuild',
  risk: 'the work of this build',
};
const collectGarbage: Remedy = {
  kind: 'command',
  command: 'nix-collect-garbage --delete-older-than 30d',
  root: true,
  title: 'Delete what no generation of the last 30 days needs',
  risk: 'rollback to generations older than 30 days',
};

const ofMemory: Remedies<MemoryFound> = {
  'build-stuck': () => [
    killBuild,
    {
      kind: 'nix',
      lines: ['nix.settings.max-silent-time = 3600;', 'nix.settings.timeout = 36000;'],
      title: 'Let Nix itself end builds that say nothing for an hour, or take ten',
      risk: 'honest builds that are silent for longer',
    },
  ],
};

const ofStorage: Remedies<StorageFound> = {
  space: ({ role, type, mountPoint }) => {
    if (role === 'store') return [collectGarbage];
    if (type !== 'tmpfs') return [{ kind: 'advice', title: `Free some of ${mountPoint}`, risk: null }];
    return [
      {
        kind: 'nix',
        lines: ['nix.settings.build-dir = "/nix/var/nix/builds";'],
        title: 'Build on the disk of the store instead of in memory (Nix 2.30 and newer do so by themselves)',
        risk: null,
      },
    ];
  },
};

const rows = { ...ofMemory, ...ofStorage, ...ofWaits } as Remedies<Found>;

/** The gentlest first; never empty of what is not `ok`. */
export function remediesOf(found: Found): readonly Remedy[] {
  return (rows[found.kind] as (one: Found) => readonly Remedy[])(found);
}

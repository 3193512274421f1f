/** What helps against what was found: a row a kind, the gentlest first. */
import type { Found } from '../model/diagnosis/found.ts';
import type { MemoryFound } from '../model/diagnosis/found-memory.ts';
import type { WaitFound } from '../model/diagnosis/found-wait.ts';
import type { Remedy } from '../model/diagnosis/remedy.ts';
import { ofDisk, ofVolume } from './remedies-disk.ts';
import type { Remedies } from './remedies-of.ts';
import { ofSpace } from './remedies-space.ts';
import { ofStore } from './remedies-store.ts';

const killBuild: Remedy = {
  kind: 'key',
  command: 'kill',
  title: 'End this build; what it has made so far is lost, and it is built again at the next rebuild',
  risk: 'the work of this build',
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

const ofWaits: Remedies<WaitFound> = {
  'lock-held': ({ holderState }) =>
    holderState === 'stuck' || holderState === 'paused'
      ? [{ kind: 'key', command: 'cancel', title: 'Cancel who holds it', risk: 'its work' }]
      : [{ kind: 'advice', title: 'Wait: it is given back when its holder ends', risk: null }],
};

const rows = { ...ofMemory, ...ofSpace, ...ofDisk, ...ofStore, ...ofVolume, ...ofWaits } as Remedies<Found>;

/** The gentlest first; never empty of what is not `ok`. */
export function remediesOf(found: Found): readonly Remedy[] {
  return (rows[found.kind] as (one: Found) => readonly Remedy[])(found);
}

/** Builds and clients of a forest as the targets of an action. */
import { commandWords } from '../model/forest/command-line.ts';
import type { BuildGroup } from '../model/forest/forest-builds.ts';
import type { ClientGroup } from '../model/forest/forest-clients.ts';
import { argvOf } from '../model/forest/process-graph.ts';
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import { derivationOfSandboxRoot } from '../model/nix-store/store-path.ts';
import type { ForestRaw } from '../model/sample.ts';
import { shortened } from './wording.ts';

export function targetOfGroup({ root, slot }: BuildGroup, raw: ForestRaw): BuildTarget {
  const { rootMount, environment } = root.facts;
  const chroot = typeof rootMount === 'string' ? derivationOfSandboxRoot(rootMount) : null;
  const named = environment !== undefined && 'name' in environment ? environment.name : null;
  const user = root.uid === null || slot === null ? null : (raw.buildUsers[root.uid] ?? `uid ${slot}`);
  const { pid, startTime } = root;
  return {
    root: { pid, startTime },
    uid: slot === null ? null : root.uid,
    name: chroot?.name ?? named,
    user,
  };
}

export function targetOfClient({ process }: ClientGroup): ClientTarget {
  const { pid, startTime, comm } = process;
  return { process: { pid, startTime }, command: shortened(commandWords(argvOf(process), comm)) };
}

/** Builds and clients of a forest as the targets of an action. */
import { commandWords } from '../model/command.ts';
import type { BuildGroup } from '../model/forest-builds.ts';
import type { ClientGroup } from '../model/forest-clients.ts';
import type { BuildTarget, ClientTarget } from '../model/intent.ts';
import { argvOf } from '../model/process-graph.ts';
import type { ForestRaw } from '../model/sample.ts';
import { derivationOfSandboxRoot } from '../model/store-path.ts';
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

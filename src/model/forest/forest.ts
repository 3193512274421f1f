/** The forest of a sample: what each process of Nix is. */

import type { ForestRaw } from '../sample.ts';
import type { ClientGroup } from './client-group.ts';
import { type BuildGroup, groupBuilds } from './forest-builds.ts';
import { groupClients } from './forest-clients.ts';
import { type Daemons, findDaemons } from './forest-daemons.ts';
import { groupRemotes, type RemoteGroup } from './forest-remotes.ts';
import { type Graph, graphOf } from './process-graph.ts';

export interface Forest extends Graph, Daemons {
  /** Builders, grouped as one build each. */
  readonly builds: readonly BuildGroup[];
  readonly remotes: readonly RemoteGroup[];
  /** Outermost tools with everything below them that is no build. */
  readonly clients: readonly ClientGroup[];
  /** Of builds and remotes. */
  readonly buildPids: ReadonlySet<number>;
}

export function growForest(raw: ForestRaw): Forest {
  const graph = graphOf(raw);
  const builds = groupBuilds(graph);
  const buildPids = new Set(builds.flatMap(({ processes }) => processes.map(({ process }) => process.pid)));
  const daemons = findDaemons(graph, buildPids);
  const remotes = groupRemotes(graph, buildPids);
  for (const remote of remotes) for (const { pid } of remote.processes) buildPids.add(pid);
  const clients = groupClients(graph, buildPids, daemons.workers);
  return { ...graph, ...daemons, builds, remotes, clients, buildPids };
}

/**
 * Which processes of a client are interrupted next. Nix itself first, and alone: it ends its builders and removes what
 * they left. A caller that hears of it at the same time (nixos-rebuild-ng on INT) kills Nix in the middle of that.
 */

import type { Forest } from '../model/forest/forest.ts';
import { isNixItself } from '../model/forest/nix-tools.ts';
import { ancestors } from '../model/forest/process-graph.ts';
import type { ProcessRaw } from '../model/sample.ts';

/** `tools`: the living ones of one client that hear us. */
export function nextToInterrupt(tools: readonly ProcessRaw[], forest: Forest): readonly ProcessRaw[] {
  const nix = tools.filter(isNixItself);
  return nix.length > 0 ? outermostOf(nix, forest) : innermostOf(tools, forest);
}

/** What Nix has started (hooks, forks that are no builder yet) it ends by itself. */
function outermostOf(tools: readonly ProcessRaw[], forest: Forest): readonly ProcessRaw[] {
  const pids = new Set(tools.map(({ pid }) => pid));
  return tools.filter((tool) => ![...ancestors(forest, tool)].some(({ pid }) => pids.has(pid)));
}

/** Callers from the inside out: none begins its next command once the one below has ended. */
function innermostOf(tools: readonly ProcessRaw[], forest: Forest): readonly ProcessRaw[] {
  const above = new Set(tools.flatMap((tool) => [...ancestors(forest, tool)].map(({ pid }) => pid)));
  return tools.filter(({ pid }) => !above.has(pid));
}

/**
 * How much a garbage collection would free. Nix's own answer (`--gc --print-dead`) holds the collector's
 * lock while it looks (50,000 paths: 7 s directly, 18 s through the daemon), so it is worked out from the
 * database and the roots instead, neither of which takes a lock.
 */

import { fail, ok, type Result } from '../base/problem.ts';
import { createStoreGraph, type KeepRules, type StoreGraph } from '../model/nix-store/dead-paths.ts';
import type { GarbageEstimate } from '../model/nix-store/store-check.ts';
import { type GcRoot, parseGcRoot, parseSwitch } from '../parse/store-registration.ts';
import { type Cancellable, endWords, runCancellable } from './cancellable.ts';
import { findLowPriority, type LowPriority } from './low-priority.ts';
import { readStoreRows } from './store-totals.ts';

export interface GarbageOptions {
  /** Roots that would be removed first: links of old generations. */
  readonly withoutLinks?: ReadonlySet<string>;
}

export async function estimateGarbage(
  context: Cancellable,
  options: GarbageOptions = {},
): Promise<Result<GarbageEstimate>> {
  const looked = await lookForGarbage(context, options);
  return looked.ok ? ok(looked.value.estimate) : looked;
}

export interface GarbageLook {
  readonly estimate: GarbageEstimate;
  readonly graph: StoreGraph;
  /** NAR bytes that would be dead more if these roots were removed, too. */
  bytesBehind(links: ReadonlySet<string>): number;
}

export async function lookForGarbage(
  context: Cancellable,
  { withoutLinks = new Set() }: GarbageOptions = {},
): Promise<Result<GarbageLook>> {
  const { clock, files, spawn } = context.ports;
  if (!files.live) return fail('unsupported', 'nix-store', 'this is another root directory');
  const low = await findLowPriority(spawn);
  const graph = createStoreGraph();
  // Rows first: what is built between the two is then no row, not a dead one.
  const read = await readStoreRows(context, low, graph.add);
  if (!read.ok) return read;
  const roots = await readRoots(context, low);
  if (!roots.ok) return roots;
  const keep = await readKeepRules(context, low);
  const deadWithout = (...gone: readonly ReadonlySet<string>[]) =>
    graph.dead(
      roots.value.flatMap(({ link, path }) => (gone.some((links) => links.has(link)) ? [] : [path])),
      keep,
    );
  const dead = deadWithout(withoutLinks);
  const { paths, bytes } = graph;
  const estimate = { deadPaths: dead.paths, deadBytes: dead.bytes, paths, bytes, timeMs: clock.now() };
  return ok({
    estimate,
    graph,
    bytesBehind: (links) => deadWithout(withoutLinks, links).bytes - dead.bytes,
  });
}

/** Includes running processes and what running builds use; takes no lock. */
async function readRoots(context: Cancellable, low: LowPriority): Promise<Result<readonly GcRoot[]>> {
  const roots: GcRoot[] = [];
  let complaint: string | undefined;
  const end = await runCancellable(context, low(['nix-store', '--gc', '--print-roots']), {
    onLine(line, stream) {
      if (stream === 'stderr') {
        complaint = line;
        return;
      }
      const root = parseGcRoot(line);
      if (root !== null) roots.push(root);
    },
  });
  if (!end.ok) return end;
  const where = 'nix-store --gc --print-roots';
  return end.value.exitCode === 0 ? ok(roots) : fail('malformed', where, complaint ?? endWords(end.value));
}

async function readKeepRules(context: Cancellable, low: LowPriority): Promise<KeepRules> {
  const nix = ['nix', '--extra-experimental-features', 'nix-command'] as const;
  let config = '';
  // The first is gone from Lix and to go from Nix, the second came with Nix 2.20.
  for (const command of [['config', 'show'], ['show-config']]) {
    const end = await runCancellable(context, low([...nix, ...command]), {
      onLine(line, stream) {
        if (stream === 'stdout') config += `${line}\n`;
      },
    });
    if (end.ok && end.value.exitCode === 0) break;
  }
  return {
    derivations: parseSwitch(config, 'keep-derivations') ?? true,
    outputs: parseSwitch(config, 'keep-outputs') ?? false,
  };
}

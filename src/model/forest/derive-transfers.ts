/** Substitutions and copies: store paths that are written under their lock and that nobody builds. */

import type { Build, Transfer } from '../model.ts';
import { derivationOfLog, nameOfStorePath } from '../nix-store/store-path.ts';
import type { ForestRaw } from '../sample.ts';
import type { Forest } from './forest.ts';
import { heldOutputs } from './lock-waits.ts';
import type { Rates } from './process-rates.ts';

/** Derivation name to the monotonic ms at which a builder or an open log of it was seen last. */
export type BuiltNames = ReadonlyMap<string, number>;

/** Locks are read more seldom than processes: so long a build may be over before its lock is seen. */
const afterwardsMs = 10_000;

/**
 * What is or was being built. It stays in while one of its outputs is locked: a finished build's outputs
 * are hashed and registered under their lock, and look like a copy then.
 */
export function rememberBuilt(
  before: BuiltNames | undefined,
  builds: readonly Build[],
  raw: ForestRaw,
): BuiltNames {
  const built = new Map<string, number>();
  for (const { name } of builds) if (name !== null) built.set(name, raw.treeAtMs);
  raw.processes.forEach(({ facts }) => {
    if (!Array.isArray(facts.openLogs)) return;
    for (const path of facts.openLogs as readonly string[]) {
      const log = derivationOfLog(path);
      if (log !== null) built.set(log.name, raw.treeAtMs);
    }
  });
  if (before === undefined || before.size === 0) return built;
  const locked = [...heldOutputs(raw).values()].flat();
  for (const [name, seenAtMs] of before) {
    if (built.has(name)) continue;
    const kept = raw.treeAtMs - seenAtMs < afterwardsMs || locked.some((path) => isOutputOf(path, name));
    if (kept) built.set(name, seenAtMs);
  }
  return built;
}

export function deriveTransfers(
  forest: Forest,
  rates: ReadonlyMap<number, Rates>,
  built: BuiltNames,
): readonly Transfer[] {
  const { raw, workers, clients } = forest;
  const held = heldOutputs(raw);
  const names = [...built.keys()];
  // Without a daemon it is a client itself that writes.
  const clientOf = (pid: number): number | null =>
    workers.find(({ process }) => process.pid === pid)?.clientPid ??
    clients.find(({ processes }) => processes.some((one) => one.pid === pid))?.process.pid ??
    null;
  const transfers: Transfer[] = [];
  raw.processes.forEach(({ pid, startTime, facts }) => {
    const own = held.get(pid);
    if (own === undefined || !Array.isArray(facts.writing)) return;
    for (const path of facts.writing as readonly string[]) {
      if (!own.includes(path) || names.some((name) => isOutputOf(path, name))) continue;
      const io = rates.get(pid);
      transfers.push({
        pid,
        startTime,
        path,
        name: nameOfStorePath(path),
        clientPid: clientOf(pid),
        readBytesPerSec: io?.readBytesPerSec ?? null,
        writeBytesPerSec: io?.writeBytesPerSec ?? null,
      });
    }
  });
  return transfers;
}

/** `firefox-130.0` builds `…-firefox-130.0` and `…-firefox-130.0-symbols`. */
function isOutputOf(path: string, name: string): boolean {
  const output = nameOfStorePath(path) ?? '';
  return output.startsWith(name) && (output.length === name.length || output[name.length] === '-');
}

/** Substitutions and copies: store paths that are written under their lock and that nobody builds. */
import type { Forest } from './forest.ts';
import { heldOutputs } from './lock-waits.ts';
import type { Build, Transfer } from './model.ts';
import type { Rates } from './process-rates.ts';
import type { ForestRaw, ProcessFacts } from './sample.ts';
import { derivationOfLog, nameOfStorePath } from './store-path.ts';

/**
 * Outputs under lock that a builder was seen for. They stay in until their lock is gone: a finished build's
 * outputs are hashed and registered under it, and look like a copy then.
 */
export function rememberBuilt(
  before: ReadonlySet<string> | undefined,
  builds: readonly Build[],
  raw: ForestRaw,
): ReadonlySet<string> {
  const built = new Set<string>();
  for (const { out } of builds) if (out !== null) built.add(out);
  const facts = new Map(raw.processes.map((process) => [process.pid, process.facts]));
  for (const [pid, paths] of heldOutputs(raw)) {
    const logged = loggedNames(facts.get(pid));
    for (const path of paths) if (before?.has(path) || isOutputOf(path, logged)) built.add(path);
  }
  return built;
}

export function deriveTransfers(
  { raw, workers }: Forest,
  rates: ReadonlyMap<number, Rates>,
  built: ReadonlySet<string>,
): readonly Transfer[] {
  const clientPids = new Map(workers.map(({ process, clientPid }) => [process.pid, clientPid]));
  const transfers: Transfer[] = [];
  for (const { pid, startTime, facts } of raw.processes) {
    if (!Array.isArray(facts.writing)) continue;
    for (const path of facts.writing as readonly string[]) {
      if (built.has(path)) continue;
      const io = rates.get(pid);
      transfers.push({
        pid,
        startTime,
        path,
        name: nameOfStorePath(path),
        clientPid: clientPids.get(pid) ?? null,
        readBytesPerSec: io?.readBytesPerSec ?? null,
        writeBytesPerSec: io?.writeBytesPerSec ?? null,
      });
    }
  }
  return transfers;
}

function loggedNames(facts: ProcessFacts | undefined): readonly string[] {
  const logs = facts?.openLogs;
  return Array.isArray(logs) ? logs.flatMap((path: string) => derivationOfLog(path)?.name ?? []) : [];
}

/** `firefox-130.0` builds `…-firefox-130.0` and `…-firefox-130.0-symbols`. */
function isOutputOf(path: string, names: readonly string[]): boolean {
  const output = nameOfStorePath(path);
  return output !== null && names.some((name) => output === name || output.startsWith(`${name}-`));
}

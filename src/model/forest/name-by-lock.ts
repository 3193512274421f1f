/**
 * Names of builds for those who see no environment and no descriptor. Nix holds the lock of an output from before its
 * builder starts to after it ends, and one process starts one builder after the other, each right after it opened the
 * derivation's log: the order of the logs is that of the builders. Anything that does not fit names nothing.
 */

import { type DerivationName, derivationOfPath, nameOfStorePath } from '../nix-store/store-path.ts';
import type { ForestRaw, LockedOutput, ProcessRaw } from '../sample.ts';
import type { Forest } from './forest.ts';
import { heldOutputs } from './lock-waits.ts';

export interface LockedName {
  readonly name: string;
  readonly hash: string | null;
  /** The output that is called like its derivation. */
  readonly out: string | null;
}

/** A log is opened right before its builder starts; input may take a moment to be copied. */
const preparationMs = 10_000;
/** Clock ticks, and that wall clock and uptime are not read at the same moment. */
const inexactMs = 60;

/** `timeMs`: the wall clock of the sample. */
export function nameByLock(root: ProcessRaw, forest: Forest, timeMs: number): LockedName | null {
  const { raw, builds, remotes } = forest;
  const held = heldOutputs(raw).get(root.ppid) ?? [];
  if (held.length === 0 || remotes.some(({ hook }) => hook.ppid === root.ppid)) return null;
  const builders = builds.map((build) => build.root).filter(({ ppid }) => ppid === root.ppid);
  builders.sort((a, b) => a.startTime - b.startTime || a.pid - b.pid);
  const newest = builders.at(-1);
  // Whose lock was taken after the locks were read is not among them.
  if (newest === undefined || (raw.locksNamedAtMs ?? 0) <= raw.treeAtMs - ageMs(newest, raw)) return null;
  const derivations = byDerivation(held, raw.lockedOutputs ?? {});
  const [only] = derivations;
  if (only !== undefined && derivations.length === 1 && builders.length === 1) return only.name;
  const starts = builders.map((builder) => timeMs - ageMs(builder, raw));
  const opened = openedLogs(derivations, starts[0] ?? 0);
  return opened !== null && isOneByOne(opened, starts)
    ? (opened[builders.indexOf(root)]?.name ?? null)
    : null;
}

interface Held {
  readonly name: LockedName;
  readonly log: LockedOutput['log'];
  readonly known: boolean;
}

/** Outputs of one derivation are one; where its derivation is not known an output stands for itself. */
function byDerivation(
  held: readonly string[],
  outputs: Readonly<Record<string, LockedOutput>>,
): readonly Held[] {
  return [...Map.groupBy(held, (path) => outputs[path]?.derivation ?? path)].flatMap(([key, paths]) => {
    const derivation: DerivationName | null = derivationOfPath(key);
    const name = derivation?.name ?? nameOfStorePath(key);
    if (name === null) return [];
    const out = paths.find((path) => nameOfStorePath(path) === name) ?? null;
    const log = outputs[paths[0] as string]?.log ?? null;
    return [{ name: { name, hash: derivation?.hash ?? null, out }, log, known: derivation !== null }];
  });
}

interface Opened {
  readonly name: LockedName;
  readonly atMs: number;
}

/** Logs of what is built now, the first opened first; null where that cannot be told of one of them. */
function openedLogs(derivations: readonly Held[], firstStartMs: number): readonly Opened[] | null {
  const since = firstStartMs - preparationMs;
  const opened: Opened[] = [];
  for (const { name, log, known } of derivations) {
    if (!known) return null;
    // Never built, or long ago: it is copied, or waits.
    if (log === null || log.changedMs < since) continue;
    // An old log is emptied when it is opened, and tells that moment until the first piece is written.
    if (log.bornMs >= since) opened.push({ name, atMs: log.bornMs });
    else if (log.bytes === 0) opened.push({ name, atMs: log.changedMs });
    else return null;
  }
  return opened.sort((a, b) => a.atMs - b.atMs);
}

function isOneByOne(opened: readonly Opened[], starts: readonly number[]): boolean {
  if (opened.length !== starts.length) return false;
  return opened.every(({ atMs }, index) => {
    const start = starts[index] as number;
    const next = opened[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const fits = atMs <= start + inexactMs && atMs >= start - preparationMs;
    return fits && next > atMs && next >= start - inexactMs;
  });
}

function ageMs(process: ProcessRaw, { uptimeSec, ticksPerSec }: ForestRaw): number {
  return (uptimeSec - process.startTime / ticksPerSec) * 1000;
}

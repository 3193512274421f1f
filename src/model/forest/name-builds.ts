/**
 * Which derivation a build is of. A sandbox has the `.drv` in the path of its root; the environment has name and
 * output; the worker above has the build's log open, by the `.drv`, and holds the lock of its output; the build directory
 * may carry the name. None of them is always there or readable, so they are asked in the order of trust.
 */

import type { Build } from '../model.ts';
import { type DerivationName, derivationOfLog, nameOfStorePath, splitName } from '../nix-store/store-path.ts';
import type { BuildEnvironment, ForestRaw, ProcessRaw } from '../sample.ts';
import type { Forest } from './forest.ts';
import type { BuildGroup } from './forest-builds.ts';
import type { RemoteGroup } from './forest-remotes.ts';
import { nameByLock } from './name-by-lock.ts';
import { ancestors, isSandboxed, sandboxOf } from './process-graph.ts';

export interface Naming {
  readonly name: string | null;
  readonly drvHash: string | null;
  readonly pname: string | null;
  readonly version: string | null;
  readonly namedBy: Build['namedBy'];
  readonly sandboxed: boolean | null;
  readonly out: string | null;
  readonly environment: BuildEnvironment | null;
}

const unnamed: Naming = {
  name: null,
  drvHash: null,
  pname: null,
  version: null,
  namedBy: null,
  sandboxed: null,
  out: null,
  environment: null,
};

/** `known`: what this build was called before; its builder may be gone, and cannot be asked again. */
export function nameBuild(group: BuildGroup, forest: Forest, known: Naming | null, timeMs: number): Naming {
  const { root } = group;
  const sandboxed = isSandboxed(root) ?? known?.sandboxed ?? null;
  const facts = { environment: environmentOf(root) ?? known?.environment ?? null, sandboxed, known };
  const byOwnFacts = known?.namedBy === 'sandbox' || known?.namedBy === 'environment';
  const others = group.slot === null ? [] : group.processes.map(({ process }) => process);
  return (
    nameByFacts([root], forest, facts) ??
    (known !== null && byOwnFacts ? { ...known, sandboxed } : null) ??
    nameByFacts(others, forest, facts) ??
    (known !== null && known.name !== null ? { ...known, sandboxed } : null) ??
    nameByLog(root, forest, facts) ??
    nameByDirectory(root, forest, facts, timeMs) ??
    fromLock(root, forest, facts, timeMs) ?? { ...unnamed, sandboxed, environment: facts.environment }
  );
}

interface KnownFacts {
  readonly environment: BuildEnvironment | null;
  readonly sandboxed: boolean | null;
  readonly known: Naming | null;
}

/** Children inherit what the builder was given, and may outlive it. */
function nameByFacts(processes: readonly ProcessRaw[], forest: Forest, facts: KnownFacts): Naming | null {
  for (const process of processes) {
    const chroot = sandboxOf(process);
    const environment = environmentOf(process);
    if (chroot !== null) {
      return named(chroot, 'sandbox', {
        ...facts,
        environment: environment ?? facts.environment,
        sandboxed: true,
      });
    }
    const name = environment?.name ?? (environment?.out ? nameOfStorePath(environment.out) : null) ?? null;
    if (name === null) continue;
    const hash = hashFromLogs(process, forest, name) ?? facts.known?.drvHash ?? null;
    return named({ name, hash }, 'environment', { ...facts, environment });
  }
  return null;
}

function named(
  { name, hash }: { readonly name: string; readonly hash: string | null },
  namedBy: Build['namedBy'],
  { environment, sandboxed }: KnownFacts,
): Naming {
  const split = splitName(name);
  return {
    name,
    namedBy,
    drvHash: hash,
    pname: environment?.pname ?? split.pname,
    version: environment?.version ?? split.version,
    sandboxed,
    out: environment?.out ?? null,
    environment,
  };
}

/** The one log above the hook that none of the local builds beside it has. */
export function nameRemote({ hook }: RemoteGroup, forest: Forest, known: Naming | null): Naming {
  if (known?.name != null) return known;
  // With this machine as its builder, the build itself is a local one below another daemon process.
  const beside = forest.builds.filter(({ root }) => root.ppid === hook.ppid);
  const local = new Set(beside.map(({ root }) => sandboxOf(root)?.hash));
  const logs = logsAbove(hook, forest).filter((log) => !local.has(log.hash));
  const remotes = forest.remotes.filter((remote) => remote.hook.ppid === hook.ppid).length;
  const [log] = logs;
  if (log === undefined || logs.length !== 1 || remotes !== 1) return unnamed;
  return { ...unnamed, name: log.name, drvHash: log.hash, namedBy: 'log', ...splitName(log.name) };
}

/** A build's directory is made right before it starts; input may take a moment to be copied. */
const preparationMs = 10_000;

/**
 * The build directory of a builder: of those of its user the one changed last, but none from before its
 * start, which is left over from another build. `timeMs`: the wall clock of the sample.
 */
export function directoryOf(raw: ForestRaw, name: string | null, root: ProcessRaw, timeMs: number) {
  const startMs = timeMs - (raw.uptimeSec - root.startTime / raw.ticksPerSec) * 1000;
  let newest: ForestRaw['buildDirectories'][number] | null = null;
  for (const entry of raw.buildDirectories) {
    const { uid, changedMs } = entry;
    if (uid !== root.uid || (name !== null && entry.name !== null && entry.name !== name)) continue;
    if (changedMs !== undefined && changedMs < startMs - preparationMs) continue;
    // Two of unknown age: no guess.
    if (newest !== null && (changedMs === undefined || newest.changedMs === undefined)) return null;
    if (newest === null || (changedMs ?? 0) > (newest.changedMs ?? 0)) newest = entry;
  }
  return newest;
}

/** A builtin builder (builtin:fetchurl) never execs: its environment is still the daemon's. */
function environmentOf({ facts }: ProcessRaw): BuildEnvironment | null {
  const { environment } = facts;
  if (environment === undefined || 'kind' in environment || environment.buildTop === null) return null;
  return environment;
}

/** Of one worker they are the same list for all its builds, at every tick. */
const derivations = new WeakMap<readonly string[], readonly DerivationName[]>();

function derivationsOf(logs: readonly string[]): readonly DerivationName[] {
  const known = derivations.get(logs) ?? logs.flatMap((path) => derivationOfLog(path) ?? []);
  derivations.set(logs, known);
  return known;
}

function logsAbove(process: ProcessRaw, forest: Forest): readonly DerivationName[] {
  for (const ancestor of ancestors(forest, process)) {
    const { openLogs } = ancestor.facts;
    if (Array.isArray(openLogs) && openLogs.length > 0) return derivationsOf(openLogs);
  }
  return [];
}

/** The derivation hash of a name, if exactly one open log has it. */
function hashFromLogs(root: ProcessRaw, forest: Forest, name: string): string | null {
  const logs = logsAbove(root, forest).filter((log) => log.name === name);
  return logs.length === 1 ? (logs[0]?.hash ?? null) : null;
}

/** One builder below, one log open: they belong together. With more of either we do not guess. */
function nameByLog(root: ProcessRaw, forest: Forest, facts: KnownFacts): Naming | null {
  const logs = logsAbove(root, forest);
  const siblings = forest.builds.filter((build) => build.root.ppid === root.ppid).length;
  const remotes = forest.remotes.filter(({ hook }) => hook.ppid === root.ppid).length;
  const [log] = logs;
  return log !== undefined && logs.length === 1 && siblings + remotes === 1 ? named(log, 'log', facts) : null;
}

function nameByDirectory(root: ProcessRaw, forest: Forest, facts: KnownFacts, timeMs: number): Naming | null {
  const directory = directoryOf(forest.raw, null, root, timeMs);
  return directory?.name == null ? null : named({ name: directory.name, hash: null }, 'directory', facts);
}

function fromLock(root: ProcessRaw, forest: Forest, facts: KnownFacts, timeMs: number): Naming | null {
  const locked = nameByLock(root, forest, timeMs);
  return locked === null ? null : { ...named(locked, 'lock', facts), out: locked.out };
}

/** Everything that failed in a rebuild, by its root: one cause for forty failures is one finding. */
import type { Cause, Evidence, RootCause } from '../model/rebuild/cause.ts';
import type { FailureRecord, Rebuild } from '../model/rebuild/rebuild.ts';
import { memoryCause } from './cause-memory.ts';
import { substituteCause } from './cause-network.ts';
import { causeOfBuild, linesOf } from './cause-of-build.ts';
import { spaceCause } from './cause-space.ts';
import { toldByExitCode } from './exit-code.ts';
import { peerOfUrl, serverOf } from './peers.ts';

type Group = { -readonly [K in keyof RootCause]: RootCause[K] };

/** In the order in which they happened; pure: the evidence comes as data. */
export function rootCauses(rebuild: Rebuild, evidence: Evidence): readonly RootCause[] {
  const groups = new Map<string, Group>();
  const add = (
    cause: Cause,
    drv: string | null,
    { atMs, text, lines }: Pick<RootCause, 'atMs' | 'text' | 'lines'>,
  ) => {
    const key = rootOf(cause, drv);
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { cause, drvs: drv === null ? [] : [drv], dependents: [], atMs, text, lines });
    else {
      if (drv !== null) group.drvs = [...group.drvs, drv];
      group.cause = stronger(group.cause, cause);
    }
  };

  // Where Nix said nothing of a build, because the user or the daemon's end came first; else its exit code may.
  const untold = endOf(rebuild) ?? causeByExitCode(rebuild, evidence);
  for (const [drv, build] of rebuild.failed) {
    const record = build.failure;
    if (record === null) continue;
    const own = causeOfBuild(rebuild, build, record, evidence);
    const cause = own.kind === 'unknown' && record.known === 'counter' ? (untold ?? own) : own;
    add(cause, drv, { atMs: record.atMs, text: record.text, lines: linesOf(build, record) });
  }
  // Errors of a command that succeeded were got over: another cache had the path, another machine built.
  for (const record of rebuild.ended?.exitCode === 0 ? [] : rebuild.errors) {
    const cause = causeOfError(rebuild, record, evidence);
    if (cause !== null)
      add(cause, record.failure.drv, { atMs: record.atMs, text: record.text, lines: record.lastLines });
  }
  addTool(rebuild, evidence, groups.size === 0, add);
  shareDependents(rebuild, evidence, groups);
  return [...groups.values()].sort((a, b) => a.atMs - b.atMs);
}

/** What ended everything at once. */
function endOf({ errors }: Rebuild): Cause | null {
  for (const { failure } of errors)
    if (failure.kind === 'interrupted' || failure.kind === 'daemon-gone' || failure.kind === 'daemon-memory')
      return { kind: failure.kind };
  return null;
}

/** Of the only failed build without words. */
function causeByExitCode(rebuild: Rebuild, { limits }: Evidence): Cause | null {
  const told = toldByExitCode(rebuild);
  const records = [...rebuild.failed.values()].flatMap(({ failure }) => failure ?? []);
  if (told === null || records.filter(({ known }) => known === 'counter').length !== 1) return null;
  const said = [...records, ...rebuild.errors].map(({ failure }) => failure.kind);
  if (told.timeout && !said.includes('timeout')) {
    const { silentSec = 0, totalSec = 0 } = limits ?? {};
    const only = silentSec === 0 ? totalSec : totalSec === 0 ? silentSec : 0;
    return only === 0
      ? { kind: 'unknown', told: 'timeout' }
      : { kind: 'timeout', seconds: only, silent: silentSec > 0 };
  }
  if (told.hash && !said.includes('hash')) return { kind: 'unknown', told: 'hash' };
  return told.check && !said.includes('not-deterministic')
    ? { kind: 'not-deterministic', output: null }
    : null;
}

/** What is one root: the same cause of the same thing. */
function rootOf(cause: Cause, drv: string | null): string {
  switch (cause.kind) {
    case 'out-of-memory':
      return `memory ${cause.scope} ${cause.cgroup}`;
    case 'killed':
      return cause.by === 'us' ? 'us' : `killed ${drv}`;
    case 'space':
      return `space ${cause.mountPoint}`;
    case 'network':
      return `network ${cause.cache ?? serverOf(cause.url ?? '')}`;
    case 'no-substituter':
      return 'no substituter';
    case 'system':
      return `system ${cause.required.system} ${cause.required.features}`;
    case 'remote':
      return `remote ${cause.host}`;
    case 'daemon-memory':
    case 'daemon-gone':
    case 'interrupted':
      return cause.kind;
    default:
      return `${cause.kind} ${drv ?? JSON.stringify(cause)}`;
  }
}

/** Of one root, what is known best. */
function stronger(before: Cause, next: Cause): Cause {
  if (before.kind === 'out-of-memory' && next.kind === 'out-of-memory')
    return before.certainty === 'likely' ? next : before;
  if (before.kind === 'space' && next.kind === 'space') return before.guess ? next : before;
  if (before.kind === 'no-substituter' && next.kind === 'no-substituter')
    return { kind: 'no-substituter', paths: [...before.paths, ...next.paths] };
  return before;
}

/** Errors that name no derivation. */
function causeOfError(rebuild: Rebuild, { failure, text }: FailureRecord, evidence: Evidence): Cause | null {
  switch (failure.kind) {
    case 'evaluation': {
      const { recursion, file, line, column } = failure;
      return { kind: 'evaluation', recursion, file, line, column };
    }
    case 'network': {
      const { url, httpStatus, curlCode, text } = failure;
      return { kind: 'network', cache: peerOfUrl(rebuild, url), url, httpStatus, curlCode, text };
    }
    case 'no-substituter':
      // It came, and was not what it should be: that has been said.
      if (rebuild.errors.some((one) => one.failure.kind === 'hash' && one.text.includes(failure.path)))
        return null;
      return substituteCause(rebuild, [failure.path]);
    case 'substitutes':
      return substituteCause(rebuild, []);
    case 'unsigned':
      return { kind: 'unsigned', path: failure.path };
    case 'remote':
      return { kind: 'remote', host: failure.host };
    case 'daemon-memory':
    case 'daemon-gone':
    case 'interrupted':
      return { kind: failure.kind };
    case 'space':
      return spaceCause(failure.path, [text], false, evidence);
    case 'timeout':
      return { kind: 'timeout', seconds: failure.seconds, silent: failure.silent };
    case 'log-limit':
      return { kind: 'log-limit', bytes: failure.bytes };
    case 'hash': {
      const { specified, got, url } = failure;
      return { kind: 'hash', specified, got, url };
    }
    case 'cycle':
      return { kind: 'cycle', outputs: failure.outputs };
    default:
      return unknownError(rebuild, text);
  }
}

/** Before anything was planned, fetched or built, only evaluation can have failed; `build of … failed` is nothing by itself. */
function unknownError(rebuild: Rebuild, text: string): Cause | null {
  const { errors, evaluation, failed, finished, planned, running, peers, unobtainable } = rebuild;
  if (/^build of /.test(text)) {
    if (failed.size > 0 || errors.some(({ failure }) => failure.kind !== 'other')) return null;
    // Up to about Nix 2.9 that is all that is said of a path that no cache has.
    const paths = unobtainable.filter((path) => text.includes(path));
    if (paths.length > 0) return substituteCause(rebuild, paths);
  }
  const begun = failed.size + finished.size + planned.size + running.size > 0;
  const fetched = [...peers.values()].some(({ fetchedPaths }) => fetchedPaths > 0);
  // An evaluation that fails ends with 1.
  const ofBuilds = toldByExitCode(rebuild) !== null;
  return !begun && !fetched && !ofBuilds && evaluation.startedMs !== null
    ? { kind: 'evaluation', recursion: false, file: null, line: null, column: null }
    : { kind: 'unknown' };
}

/** A command of the tool that failed is what is known already, unless nothing is. */
function addTool(
  rebuild: Rebuild,
  { oomKills = [], uids }: Evidence,
  alone: boolean,
  add: (cause: Cause, drv: null, told: Pick<RootCause, 'atMs' | 'text' | 'lines'>) => void,
): void {
  const ofBuilds = new Set(uids?.values());
  for (const { reason, names, code, text, atMs } of rebuild.toolFailures) {
    if (reason === 'command' && !alone) continue;
    const kill = oomKills.findLast(
      ({ atMs: at, uid }) => Math.abs(at - atMs) <= 10_000 && (uid === null || !ofBuilds.has(uid)),
    );
    const cause: Cause =
      reason === 'command-signal' && code === 9 && kill !== undefined
        ? memoryCause(kill, 'likely', kill.process)
        : { kind: 'tool', reason, names };
    add(cause, null, { atMs, text, lines: [] });
  }
}

/** Whose failure keeps a derivation from being built: by the graph, or because there is only one root. */
function shareDependents(rebuild: Rebuild, { inputs }: Evidence, groups: ReadonlyMap<string, Group>): void {
  const ofBuilds = [...groups.values()].filter(({ drvs }) => drvs.length > 0);
  const dependents = [...rebuild.dependents.keys()];
  const [only] = ofBuilds;
  if (only === undefined || dependents.length === 0) return;
  if (ofBuilds.length === 1) {
    only.dependents = dependents;
    return;
  }
  const users = usersOf(inputs);
  for (const root of ofBuilds) {
    const above = allAbove(root.drvs, users);
    root.dependents = dependents.filter((drv) => above.has(drv));
  }
}

/** The graph the other way round: who needs a derivation directly. */
function usersOf(inputs: Evidence['inputs'] = new Map()): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [drv, needed] of inputs)
    for (const one of needed) {
      const known = users.get(one);
      if (known === undefined) users.set(one, [drv]);
      else known.push(drv);
    }
  return users;
}

function allAbove(
  drvs: readonly string[],
  users: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...drvs];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const user of users.get(next) ?? []) open.push(user);
  }
  return seen;
}

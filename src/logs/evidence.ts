/** What the machine knows of a rebuild's failures: kept from the moments at which it could be seen. */
import { isSame } from '../base/same.ts';
import { isForMemory, isOwnKiller } from '../model/machine/killers.ts';
import type { Filesystem, Model, ModelEvent } from '../model/model.ts';
import type { Evidence, FilesystemRoom, OomKill } from '../model/rebuild/cause.ts';

/** What is remembered between ticks. */
export interface EvidenceKept {
  /** By derivation, of builds that were seen running. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly oomKills: readonly OomKill[];
  /** Those of before the events of the Model, where a recording is entered. */
  readonly entered: readonly OomKill[];
  readonly inputs: NonNullable<Evidence['inputs']>;
  readonly endedByUs: NonNullable<Evidence['endedByUs']>;
}
interface Seen {
  readonly uid: number | null;
  readonly directory: string | null;
}

export const noEvidence: EvidenceKept = {
  seen: new Map(),
  oomKills: [],
  entered: [],
  inputs: new Map(),
  endedByUs: [],
};

/** Of those that ended long ago nobody asks any more. */
const mostSeen = 2_000;

export function keepEvidence(model: Model, last: Model | null, before: EvidenceKept): EvidenceKept {
  const seen = model.builds === last?.builds ? before.seen : withSeen(model, before.seen);
  const { entered } = before;
  const kills =
    model.events === last?.events ? before.oomKills : [...entered, ...oomKills(model.events, model, seen)];
  const oom = isSame(kills, before.oomKills) ? before.oomKills : kills;
  const inputs = model.derivations === last?.derivations ? before.inputs : inputsOf(model);
  const endedByUs =
    model.events === last?.events ? before.endedByUs : withOwn(before.endedByUs, model.events);
  return { seen, oomKills: oom, entered, inputs, endedByUs };
}

/** Of those that ended long ago nobody asks any more. */
const mostOwn = 100;

function withOwn(
  before: EvidenceKept['endedByUs'],
  events: readonly ModelEvent[],
): EvidenceKept['endedByUs'] {
  const added = events.flatMap((event) => {
    if (event.kind !== 'killed' || !isOwnKiller(event.killer) || event.drv === null) return [];
    const { drv, timeMs: atMs } = event;
    return before.some((one) => one.drv === drv && one.atMs === atMs) ? [] : [{ drv, atMs }];
  });
  return added.length === 0 ? before : [...before, ...added].slice(-mostOwn);
}

function withSeen({ builds }: Model, before: EvidenceKept['seen']): EvidenceKept['seen'] {
  let seen: Map<string, Seen> | null = null;
  for (const { log, uid, buildDirectory } of builds) {
    if (log === null) continue;
    const now: Seen = { uid, directory: outsideOfSandbox(buildDirectory) };
    if (isSame(before.get(log.drv), now)) continue;
    seen ??= new Map(before);
    seen.set(log.drv, now);
  }
  if (seen === null) return before;
  for (const drv of seen.keys()) {
    if (seen.size <= mostSeen) break;
    seen.delete(drv);
  }
  return seen;
}

function outsideOfSandbox(directory: string | null): string | null {
  return directory?.startsWith('/build') === true ? null : directory;
}

/** The kernel counts a kill at a limit among the machine's too: of two at a time the limit's tells more. */
const sameKillMs = 5_000;

function oomKills(
  events: readonly ModelEvent[],
  { builds }: Model,
  seen: EvidenceKept['seen'],
): readonly OomKill[] {
  const atLimits = events.filter((event) => event.kind === 'oom-limit');
  return events.flatMap((event): OomKill[] => {
    const { timeMs: atMs } = event;
    if (event.kind === 'oom-limit') {
      const { cgroup, build } = event;
      return [{ atMs, uid: uidOfName(build, builds, seen), process: null, scope: 'cgroup', cgroup }];
    }
    if (event.kind === 'killed') {
      if (!isForMemory(event)) return [];
      const { uid, comm: process, cgroup, killer, builds, pid } = event;
      // A cgroup that was killed with no build in it speaks of none.
      if (pid === null && builds === 0) return [];
      return [
        {
          atMs,
          uid,
          process,
          scope: killer === 'limit' ? 'cgroup' : 'machine',
          cgroup: killer === 'limit' ? cgroup : null,
        },
      ];
    }
    if (event.kind !== 'oom-kill') return [];
    if (atLimits.some(({ timeMs }) => Math.abs(timeMs - atMs) <= sameKillMs)) return [];
    return [{ atMs, uid: null, process: null, scope: 'machine', cgroup: null }];
  });
}

/** Null where no build of that name was seen, or several. */
function uidOfName(name: string | null, builds: Model['builds'], seen: EvidenceKept['seen']): number | null {
  if (name === null) return null;
  const uids = new Set<number | null>(builds.filter((build) => build.name === name).map(({ uid }) => uid));
  for (const [drv, { uid }] of seen) if (drv.endsWith(`-${name}.drv`)) uids.add(uid);
  const [only] = uids;
  return uids.size === 1 ? (only ?? null) : null;
}

function inputsOf({ derivations }: Model): EvidenceKept['inputs'] {
  return new Map(Array.from(derivations, ([drv, { inputs }]) => [drv, inputs]));
}

/** `rooms`: as they were when the builds failed. */
export function evidenceOf(
  { seen, oomKills, inputs, endedByUs }: EvidenceKept,
  failed: Iterable<string>,
  rooms: readonly FilesystemRoom[],
): Evidence {
  const uids = new Map<string, number>();
  for (const [drv, { uid }] of seen) if (uid !== null) uids.set(drv, uid);
  const directory = [...failed].map((drv) => seen.get(drv)?.directory).find((one) => one != null);
  return {
    oomKills,
    endedByUs,
    uids,
    inputs,
    ...(rooms.length > 0 && { filesystems: rooms }),
    ...(directory != null && { buildDirectory: directory }),
  };
}

/** What is left of a share this small are less than a thousand files of the largest file systems. */
const noInodesPercent = 0.01;

/** The least room of each file system: once a failed build's directory is deleted there is room again. */
export function leastRooms(
  before: readonly FilesystemRoom[],
  filesystems: readonly Filesystem[],
): readonly FilesystemRoom[] {
  const rooms = new Map(before.map((room) => [room.mountPoint, room]));
  for (const { mountPoint, availableBytes, freeInodesPercent } of filesystems) {
    if (availableBytes === null) continue;
    const old = rooms.get(mountPoint);
    const noInodes = freeInodesPercent !== null && freeInodesPercent <= noInodesPercent;
    rooms.set(mountPoint, {
      mountPoint,
      freeBytes: Math.min(availableBytes, old?.freeBytes ?? availableBytes),
      freeInodes: noInodes || old?.freeInodes === 0 ? 0 : null,
    });
  }
  return [...rooms.values()];
}

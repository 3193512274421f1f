/** What the fold knows: the rebuilds that one shows, and what it must remember to read the next event. */
import type { Activity } from '../model/rebuild/activity.ts';
import type { PlanList } from '../model/rebuild/log-event.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';

/**
 * `one`: the stream of one command, whoever of its processes writes (the client, its worker, several in turn).
 * `many`: json-log-path, the file of all clients of a daemon, told apart by the pid in their ids.
 */
export type Writers = 'one' | 'many';

export interface LogState {
  readonly writers: Writers;
  /** In the order of their begin. */
  readonly rebuilds: readonly Rebuild[];
  readonly memories: ReadonlyMap<string, Memory>;
  /** Key of the rebuild that was last heard: what has no id is taken to be its. */
  readonly lastKey: string | null;
}

/** Of one rebuild. */
export interface Memory {
  /** Open activities by id. */
  readonly activities: ReadonlyMap<string, OpenActivity>;
  /** What the goal trees have counted, by the id of the activity that counts. */
  readonly counters: ReadonlyMap<string, Ends>;
  /** By writer: what counters have told as done or failed, and what has not stopped yet. */
  readonly unclaimed: ReadonlyMap<string, Ends>;
  /** Since when there is something of it. */
  readonly unclaimedSince: ReadonlyMap<string, number>;
  /** A goal tree has run: this is no dry run. */
  readonly realised: boolean;
  /** Expected bytes by `realise` activity, kept when it ends: the sum is the rebuild's. */
  readonly expected: ReadonlyMap<string, ExpectedBytes>;
  /** Builds that a goal tree expects, those that are over included, by the id of the activity that counts. */
  readonly expectedBuilds: ReadonlyMap<string, number>;
  /** Sums of the printed plans. */
  readonly printed: { readonly download: number | null; readonly unpacked: number | null };
  readonly planList: PlanList | null;
  /** Failed by a counter alone: words that name no derivation, or another one, may follow. */
  readonly wordless: readonly string[];
  /** Transfers that stopped last, the oldest first. */
  readonly arrivals: readonly Arrival[];
  /** Builds that are over and whose last lines are kept, the oldest first. */
  readonly withTail: readonly string[];
  /** Where the last message went, so that its revision takes the place. */
  readonly lastMessage: { readonly inErrors: boolean } | null;
}

export interface OpenActivity {
  readonly activity: Activity;
  readonly parent: string | null;
  readonly writer: number | null;
  /** Key of the transfer that it is a part of. */
  readonly transfer: string | null;
  /** On 2.8 two clients can have the same id at once: the one that began before. */
  readonly covered: OpenActivity | null;
}

export interface Arrival {
  readonly path: string;
  readonly url: string | null;
  readonly peer: string;
  readonly direction: 'fetch' | 'send';
  /** As counted: its size where that was told. */
  readonly bytes: number;
  readonly cameBytes: number;
  /** An error has taken it back: another cache may still have it. */
  readonly broken: boolean;
}

export interface Ends {
  readonly done: number;
  readonly failed: number;
}

export interface ExpectedBytes {
  readonly download: number | null;
  readonly copy: number | null;
}

export function newLogState(writers: Writers): LogState {
  return { writers, rebuilds: [], memories: new Map(), lastKey: null };
}

export const newMemory: Memory = {
  activities: new Map(),
  counters: new Map(),
  unclaimed: new Map(),
  unclaimedSince: new Map(),
  realised: false,
  expected: new Map(),
  expectedBuilds: new Map(),
  printed: { download: null, unpacked: null },
  planList: null,
  wordless: [],
  arrivals: [],
  withTail: [],
  lastMessage: null,
};

export function newRebuild(key: string, timeMs: number): Rebuild {
  return {
    key,
    writers: [],
    startedMs: timeMs,
    updatedMs: timeMs,
    ended: null,
    evaluation: { files: 0, lastFile: null, copied: 0, startedMs: null, lastMs: null },
    planned: new Set(),
    plannedFetches: new Set(),
    unobtainable: [],
    expected: { builds: null, downloadBytes: null, unpackedBytes: null },
    running: new Map(),
    failed: new Map(),
    finished: new Map(),
    forgotten: 0,
    dependents: new Map(),
    elsewhere: new Set(),
    transfers: new Map(),
    peers: new Map(),
    waits: new Map(),
    hooks: new Map(),
    tasks: new Map(),
    steps: [],
    toolFailures: [],
    errors: [],
    clues: [],
    messages: [],
    warnings: 0,
    output: [],
    unread: { broken: 0, talkative: 0, activities: new Map(), results: new Map() },
  };
}

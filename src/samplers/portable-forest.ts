/** The Nix forest where there is no /proc: processes by name from systeminformation, builds not mapped. */
import type { Systeminformation } from 'systeminformation';
import { type Problem, problem } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { ForestRaw, ProcessFacts, ProcessRaw, ProcessState } from '../model/sample.ts';

type Listed = Systeminformation.ProcessesProcessData;

export interface PortableMoment {
  readonly atMs: number;
  /** Wall clock of the listing, Unix ms. */
  readonly timeMs: number;
  readonly uptimeSec: number;
  /** What `cpu` of a listing counts: 1 = percent of one CPU (ps), else of so many together. */
  readonly cpusPerPercent: number;
}

const commLength = 15;
/** `started` comes in whole seconds from the elapsed time: it wavers by one or two. */
const startSlackSec = 3;
const buildUser = /^_?nixbld\d+$/;

const states: Readonly<Record<string, ProcessState>> = {
  running: 'R',
  blocked: 'D',
  zombie: 'Z',
  dead: 'Z',
  stopped: 'T',
};

const unmapped: Problem = problem(
  'unsupported',
  'builds',
  'without /proc a process does not tell its derivation',
);

/** Processes of Nix with everything below them; keeps CPU time and start times steady between listings. */
export function createPortableForest(ticksPerSec: number) {
  let before = new Map<number, { readonly atMs: number; readonly process: ProcessRaw }>();

  function processOf(listed: Listed, moment: PortableMoment): ProcessRaw {
    const startedSec =
      (Date.parse(listed.started.replace(' ', 'T')) - moment.timeMs) / 1000 + moment.uptimeSec;
    const startTicks = Number.isFinite(startedSec) ? Math.max(0, Math.round(startedSec * ticksPerSec)) : 0;
    const old = before.get(listed.pid);
    const same =
      old !== undefined && Math.abs(old.process.startTime - startTicks) <= startSlackSec * ticksPerSec;
    const elapsedSec = same ? (moment.atMs - old.atMs) / 1000 : 0;
    // There is only a percentage: added up, it is CPU time again.
    const usedTicks = (listed.cpu / 100) * moment.cpusPerPercent * elapsedSec * ticksPerSec;
    return {
      pid: listed.pid,
      startTime: same ? old.process.startTime : startTicks,
      ppid: listed.parentPid,
      pgrp: 0,
      session: 0,
      tty: 0,
      state: states[listed.state] ?? 'S',
      comm: listed.name.slice(0, commLength),
      uid: null,
      threads: 1,
      userTicks: (same ? old.process.userTicks : 0) + (Number.isFinite(usedTicks) ? usedTicks : 0),
      systemTicks: 0,
      childUserTicks: 0,
      childSystemTicks: 0,
      majorFaults: 0,
      childMajorFaults: 0,
      residentBytes: Number.isFinite(listed.memRss) ? listed.memRss * 1024 : null,
      readBytes: null,
      writeBytes: null,
      facts: same ? old.process.facts : factsOf(listed),
    };
  }

  return function read(
    listing: readonly Listed[],
    moment: PortableMoment,
    known: Pick<ForestRaw, 'daemonSocket' | 'privileged'>,
  ): ForestRaw {
    const processes = familyOf(listing).map((listed) => processOf(listed, moment));
    before = new Map(processes.map((process) => [process.pid, { atMs: moment.atMs, process }]));
    return {
      ...known,
      treeAtMs: moment.atMs,
      residentAtMs: moment.atMs,
      ticksPerSec,
      uptimeSec: moment.uptimeSec,
      processes,
      locks: [],
      lockPaths: {},
      buildUsers: {},
      userNames: {},
      buildDirectories: [],
      totalProcesses: listing.length,
      hidden: false,
      problems: [unmapped],
    };
  };
}

/** Tools of Nix, processes of build users, and what runs below either. */
function familyOf(listing: readonly Listed[]): readonly Listed[] {
  const children = Map.groupBy(listing, (listed) => listed.parentPid);
  const family = new Map<number, Listed>();
  const add = (listed: Listed): void => {
    if (family.has(listed.pid)) return;
    family.set(listed.pid, listed);
    for (const child of children.get(listed.pid) ?? []) add(child);
  };
  for (const listed of listing) {
    const tool = toolOfComm(listed.name.slice(0, commLength));
    if (tool !== null || buildUser.test(listed.user)) add(listed);
  }
  return [...family.values()];
}

function factsOf({ command, params }: Listed): ProcessFacts {
  return {
    argv: [command, ...params.split(' ').filter((word) => word !== '')],
    environment: unmapped,
    rootMount: unmapped,
    cwd: unmapped,
  };
}

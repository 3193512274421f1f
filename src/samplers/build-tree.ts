/** The Nix forest: every process of Nix, with what names it, as raw as the kernel gives it. */
import { fail, ok, type Result } from '../base/problem.ts';
import { clientPidOfWorker } from '../model/forest/nix-tools.ts';
import type { ForestRaw, ProcessFacts, ProcessRaw, Reading, SampleParts } from '../model/sample.ts';
import { parseUptime } from '../parse/cpu-stat.ts';
import { parseProcessIo, parseStatm } from '../parse/process-memory.ts';
import type { Ports } from '../platform/ports.ts';
import { createAccounts } from './accounts.ts';
import { createBuildCgroups } from './build-cgroups.ts';
import { createBuildDirectories } from './build-directories.ts';
import { createDaemonSocket } from './daemon-socket.ts';
import { createFactFinder } from './fact-finder.ts';
import { createForestLocks } from './forest-locks.ts';
import { type Member, readStatm, recordOf } from './member.ts';
import { createMemoryReader } from './memory.ts';
import { createPausedRegistry } from './paused-registry.ts';
import { readStatePlace } from './process-facts.ts';
import { createProcessTable } from './process-table.ts';
import { createProgressReader, type ProgressTimes } from './progress.ts';
import { createProportionalMemory } from './proportional-memory.ts';
import { createScriptsAbove, type OwnTools } from './scripts-above.ts';
import { createSlowQueue } from './slow-queue.ts';
import { fullDetail, type LowDetail, type Source } from './source.ts';
import { createStoreTrash } from './store-trash.ts';

const accountsEveryMs = 10_000;
/** Until they were read once: without them a builder is not proven to be one. */
const accountsSoonMs = 1000;
/** While details rest: what names builds of other users, and who waits for whom, so seldom. */
const restingEveryMs = 10_000;
/** Who did nothing moved next to nothing and holds what it held: so seldom its I/O and VmRSS are read all the same. */
const quietScans = 4;
/** In each scan others, so that none is dearer than the rest. */
const isInTurn = ({ scans, pid }: Member) => (scans + pid) % quietScans === 0;

export interface ForestSources {
  readonly buildTree: Source;
  readonly residentMemory: Source;
  /**
   * The processes as they are now, out of turn, for whoever is about to signal them; synchronous. Null
   * where they cannot be read. Who the build users are is known after the first `settled`.
   */
  readNow(): ForestRaw | null;
  /** Resolves when every fact asked for is back: for a snapshot that wants names, and for tests. */
  settled(): Promise<void>;
  /** The forest as it was last read, with the facts that have come since; undefined before. */
  known(): Reading<ForestRaw> | undefined;
}

export function createForestSources(
  ports: Ports,
  lowDetail: LowDetail = fullDetail,
  progressTimes?: ProgressTimes,
  stateDirectory?: string,
  ownTools?: Readonly<OwnTools>,
): ForestSources {
  const { files, clock, native } = ports;
  const { ticksPerSec, pageSizeBytes } = native;
  const privileged = native.may('read-all-processes');
  const queue = createSlowQueue();
  const accounts = createAccounts(files);
  const { isBuildUid } = accounts;
  const table = createProcessTable({ files, ticksPerSec, isBuildUid });
  const facts = createFactFinder(files, queue, isBuildUid);
  const locks = createForestLocks(files, queue, privileged);
  const directories = createBuildDirectories(files, queue);
  const trash = createStoreTrash(files, queue);
  const socket = createDaemonSocket(files, queue, clock);
  const scripts = createScriptsAbove(files, queue, ownTools);
  const cgroups = createBuildCgroups(files, queue);
  const paused = createPausedRegistry(ports, queue, stateDirectory);
  const progress = createProgressReader(files, queue, isBuildUid, progressTimes);
  const mayRead = ({ uid }: Member) => privileged || uid === native.uid;
  const proportional = createProportionalMemory(files, queue, mayRead);
  const readMemory = createMemoryReader(ports);
  const uptimeFile = files.keep('/proc/uptime');

  let uptimeSec = 0;
  let treeAtMs = 0;
  let residentAtMs = 0;
  let accountsAtMs = Number.NEGATIVE_INFINITY;
  let detailsAtMs = Number.NEGATIVE_INFINITY;
  let swapOutPages: number | null = null;
  let hidden = false;
  let statePlace: ProcessFacts['statePlace'];

  function loadAccounts(nowMs: number): void {
    if (nowMs - accountsAtMs < (accounts.loaded ? accountsEveryMs : accountsSoonMs)) return;
    accountsAtMs = nowMs;
    queue.add('accounts', true, async () => {
      if (await accounts.load()) table.buildUsersChanged();
      if (typeof statePlace !== 'string') ({ statePlace } = await readStatePlace(files, 'self'));
    });
    if (privileged) return;
    // hidepid shows nobody else's processes, not even the first.
    const first = files.read('/proc/1/stat');
    if (first.ok || first.problem.kind !== 'exhausted') hidden = !first.ok;
  }

  function servedClients(): ReadonlyMap<number, number> {
    const served = new Map(scripts.found);
    table.members.forEach(({ stat, facts }) => {
      // `nix daemon` titles its workers `nix <pid>`.
      if ((stat.comm !== 'nix' && stat.comm !== 'nix-daemon') || !Array.isArray(facts.argv)) return;
      const place = (table.members.get(stat.ppid)?.facts ?? facts).statePlace;
      // In a container the pid is one of its own.
      if (typeof place === 'string' && typeof statePlace === 'string' && place !== statePlace) return;
      const client = clientPidOfWorker(facts.argv);
      if (client !== null) served.set(client, stat.startTime);
    });
    return served;
  }

  /** Of who did nothing only others change it: the kernel, when memory is short (`all`). */
  function readResident(all: boolean): void {
    const isScanned = treeAtMs > residentAtMs;
    table.members.forEach((member) => {
      const idle = !member.movedSinceResident && member.residentBytes !== null;
      if (idle && isScanned && !all && !isInTurn(member)) return;
      member.movedSinceResident = false;
      const statm = readStatm(member, files);
      const resident = statm.ok ? parseStatm(statm.value, pageSizeBytes) : statm;
      if (resident.ok) member.residentBytes = resident.value;
      else if (resident.problem.kind === 'denied') member.residentBytes = null;
    });
    residentAtMs = clock.monotonic();
  }

  function swapsOut(memory: SampleParts['memory']): boolean {
    const before = swapOutPages;
    if (memory?.ok) ({ swapOutPages } = memory.value);
    return swapOutPages !== before;
  }

  function readIo(member: Member): void {
    member.ioFile ??= files.keep(`/proc/${member.pid}/io`);
    const text = member.ioFile.read();
    const io = text.ok ? parseProcessIo(text.value) : text;
    member.readBytes = io.ok ? io.value.readBytes : null;
    member.writeBytes = io.ok ? io.value.writeBytes : null;
  }

  /** Unknown, not unchanged: a rate made of an old count would be a lie. */
  function forgetIo(member: Member): void {
    member.readBytes = null;
    member.writeBytes = null;
  }

  function reading(): Reading<ForestRaw> {
    return { atMs: clock.monotonic(), ...ok(forestRaw()) };
  }

  function forestRaw(): ForestRaw {
    const userNames: Record<number, string> = {};
    const processes: ProcessRaw[] = [];
    table.members.forEach((member) => {
      const name = member.uid === null ? null : accounts.nameOf(member.uid);
      if (name !== null) userNames[member.uid as number] = name;
      processes.push(recordOf(member));
    });
    return {
      treeAtMs,
      residentAtMs,
      ticksPerSec,
      uptimeSec,
      processes,
      locks: locks.held,
      ...(locks.namedAtMs === null ? {} : { locksNamedAtMs: locks.namedAtMs }),
      lockPaths: locks.paths,
      ...(locks.outputs === undefined ? {} : { lockedOutputs: locks.outputs }),
      ...(trash.found === undefined ? {} : { storeTrash: trash.found }),
      buildUsers: accounts.buildUsers,
      userNames,
      buildDirectories: directories.found,
      daemonSocket: socket.state,
      ...(socket.boundSec === null ? {} : { daemonSocketBoundSec: socket.boundSec }),
      ...(cgroups.found === undefined ? {} : { cgroups: cgroups.found }),
      ...(paused.found === undefined ? {} : { paused: paused.found }),
      totalProcesses: table.total,
      hidden,
      privileged,
      ownPid: native.pid,
      ...(typeof statePlace === 'string' ? { statePlace } : {}),
      ...(privileged ? {} : { missingPrivileges: native.missing('read-all-processes') }),
    };
  }

  function scan(nowMs: number): Result<void> {
    const text = uptimeFile.read();
    if (!text.ok) return text;
    const uptime = parseUptime(text.value);
    if (uptime === null) return fail('malformed', '/proc/uptime');
    uptimeSec = uptime;
    table.scan(uptimeSec, nowMs);
    table.setServedClients(servedClients());
    return ok(undefined);
  }

  const buildTree: Source = {
    id: 'buildTree',
    sample(later = []) {
      queue.rethrow();
      const nowMs = clock.monotonic();
      const scanned = scan(nowMs);
      if (!scanned.ok) return { forest: { atMs: nowMs, ...scanned } };
      loadAccounts(nowMs);
      table.members.forEach((member) => {
        const due = member.moved || isInTurn(member);
        if (lowDetail.on) forgetIo(member);
        else if (due && mayRead(member)) readIo(member);
      });
      treeAtMs = clock.monotonic();
      facts.ask(table.members, nowMs, { lowDetail: lowDetail.on });
      socket.update(nowMs, uptimeSec);
      scripts.update(table.members);
      for (const [pid, ownTool] of scripts.own) {
        const member = table.members.get(pid);
        const isSame = (member?.stat.startTime ?? Number.POSITIVE_INFINITY) <= (scripts.found.get(pid) ?? 0);
        if (member !== undefined && isSame && member.facts.ownTool !== ownTool)
          member.facts = { ...member.facts, ownTool };
      }
      cgroups.update(table.members, nowMs);
      paused.update(table.members, cgroups.found, nowMs);
      progress.update(table.members, nowMs, !lowDetail.on);
      if (!lowDetail.on || nowMs - detailsAtMs >= restingEveryMs) {
        detailsAtMs = nowMs;
        locks.update(table.members, nowMs);
        trash.update(table.members, nowMs);
        directories.update(table.members, accounts, nowMs);
      }
      return later.includes('residentMemory') ? {} : { forest: reading() };
    },
    close() {
      table.close();
      uptimeFile.close();
    },
  };

  const residentMemory: Source = {
    id: 'residentMemory',
    sample() {
      const memory = readMemory();
      readResident(lowDetail.on || swapsOut(memory));
      proportional.update(table.members, memory, residentAtMs);
      const forest = known();
      return { ...(forest === undefined ? {} : { forest }), ...(memory === undefined ? {} : { memory }) };
    },
    close: readMemory.close,
  };

  function readNow(): ForestRaw | null {
    const nowMs = clock.monotonic();
    if (!scan(nowMs).ok) return null;
    treeAtMs = clock.monotonic();
    loadAccounts(nowMs);
    facts.ask(table.members, nowMs, { urgently: true });
    return forestRaw();
  }

  const known = () => (treeAtMs > 0 ? reading() : undefined);

  return { buildTree, residentMemory, readNow, settled: queue.idle, known };
}

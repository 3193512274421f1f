/** The Nix forest: every process of Nix, with what names it, as raw as the kernel gives it. */
import { toolOfComm } from '../model/nix-tools.ts';
import { fail, ok } from '../model/problem.ts';
import type { ForestRaw, LockRaw, ProcessFacts, ProcessRaw, Reading } from '../model/sample.ts';
import { clientPidOfWorker } from '../model/worker-title.ts';
import { parseLocks } from '../parse/locks.ts';
import { parseProcessIo, parseStatm } from '../parse/process-memory.ts';
import { parseListening } from '../parse/unix-sockets.ts';
import type { Ports } from '../platform/ports.ts';
import { createAccounts } from './accounts.ts';
import { createBuildDirectories } from './build-directories.ts';
import { createLockNames } from './lock-names.ts';
import { createMemoryReader } from './memory.ts';
import { readArgv, readBuilder } from './process-facts.ts';
import { createProcessTable, type Member } from './process-table.ts';
import { createSlowQueue } from './slow-queue.ts';
import type { Source } from './source.ts';

export const daemonSocketPath = '/nix/var/nix/daemon-socket/socket';
const socketEveryMs = 5000;
const accountsEveryMs = 10_000;
/** Command lines of ordinary build processes asked for in one scan: a fork storm must not queue up. */
const commandsPerScan = 16;

export interface ForestSources {
  readonly buildTree: Source;
  readonly residentMemory: Source;
  /**
   * Who is there at this moment, for actions: the table alone is read anew, the rest is of the last sample.
   * Null where there is no /proc. Who the build users are is known after the first `settled`.
   */
  readNow(): ForestRaw | null;
  /** Resolves when every fact asked for is back: for a snapshot that wants names, and for tests. */
  settled(): Promise<void>;
}

export function createForestSources(ports: Ports): ForestSources {
  const { files, clock, native } = ports;
  const accounts = createAccounts(files);
  const queue = createSlowQueue();
  const table = createProcessTable({
    files,
    ticksPerSec: native.ticksPerSec,
    isBuildUid: accounts.isBuildUid,
  });
  const lockNames = createLockNames(files, queue);
  const directories = createBuildDirectories(files, queue);
  const readMemory = createMemoryReader(ports);
  const privileged = native.uid === 0;

  let uptimeSec = 0;
  let treeAtMs = 0;
  let residentAtMs = 0;
  let locks: readonly LockRaw[] = [];
  let socket: ForestRaw['daemonSocket'] = 'absent';
  let socketAtMs = Number.NEGATIVE_INFINITY;
  let accountsAtMs = Number.NEGATIVE_INFINITY;
  let hidden = false;

  function loadAccounts(nowMs: number): void {
    if (nowMs - accountsAtMs < accountsEveryMs) return;
    accountsAtMs = nowMs;
    queue.add('accounts', true, async () => {
      if (await accounts.load()) table.reconsider(uptimeSec);
    });
  }

  function readSocket(nowMs: number): void {
    if (nowMs - socketAtMs < socketEveryMs) return;
    socketAtMs = nowMs;
    const sockets = files.read('/proc/net/unix');
    if (sockets.ok && parseListening(sockets.value, daemonSocketPath)) socket = 'listening';
    else
      queue.add('socket', false, async () => {
        const there = await files.ownerSlow(daemonSocketPath);
        socket = there.ok ? 'present' : 'absent';
      });
    if (!privileged) hidden = !files.read('/proc/1/stat').ok;
  }

  /** Asks for facts of one process; the answer counts only if it is still that very process. */
  function ask(member: Member, what: string, urgent: boolean, read: () => Promise<ProcessFacts>): void {
    const { comm } = member.stat;
    queue.add(`${member.key}:${comm}:${what}`, urgent, async () => {
      const facts = await read();
      const same = table.members.get(member.pid) === member && member.stat.comm === comm;
      if (!same || !member.statFile.read().ok) return;
      member.facts = { ...member.facts, ...facts };
      const client =
        Array.isArray(facts.argv) && comm === 'nix-daemon' ? clientPidOfWorker(facts.argv) : null;
      if (client !== null) table.adopt(client);
    });
  }

  function askForFacts(): void {
    let commands = 0;
    for (const member of table.members.values()) {
      const { stat, facts, pid } = member;
      const tool = toolOfComm(stat.comm) !== null;
      const root = isBuilderRoot(member);
      if (facts.argv === undefined && (tool || root || (member.scans > 0 && commands++ < commandsPerScan))) {
        ask(member, 'argv', tool || root, () => readArgv(files, pid));
      }
      if (root && facts.rootMount === undefined) ask(member, 'builder', true, () => readBuilder(files, pid));
    }
  }

  /** Its own session, and a build user's or the child of a Nix tool without being one. */
  function isBuilderRoot({ stat, uid, pid }: Member): boolean {
    if (stat.session !== pid) return false;
    if (uid !== null && accounts.isBuildUid(uid)) return true;
    const parent = table.members.get(stat.ppid);
    return parent !== undefined && toolOfComm(parent.stat.comm) !== null && toolOfComm(stat.comm) === null;
  }

  function readLocks(): void {
    const text = files.read('/proc/locks');
    if (!text.ok) return;
    const all = parseLocks(text.value);
    const ours = new Set(all.filter((lock) => table.members.has(lock.pid)).map((lock) => lock.file));
    locks = all.filter((lock) => ours.has(lock.file));
    if (privileged) lockNames.update(table.members, locks, clock.monotonic());
  }

  function readResident(): void {
    for (const member of table.members.values()) {
      const statm = member.statmFile.read();
      const resident = statm.ok ? parseStatm(statm.value, native.pageSizeBytes) : statm;
      if (resident.ok) member.residentBytes = resident.value;
      else if (resident.problem.kind === 'denied') member.residentBytes = null;
    }
    residentAtMs = clock.monotonic();
  }

  function readIo(member: Member): void {
    const text = member.ioFile.read();
    const io = text.ok ? parseProcessIo(text.value) : text;
    member.readBytes = io.ok ? io.value.readBytes : null;
    member.writeBytes = io.ok ? io.value.writeBytes : null;
  }

  function raw(): ForestRaw {
    const processes: ProcessRaw[] = [];
    const userNames: Record<number, string> = {};
    for (const member of table.members.values()) {
      const { stat, uid, facts, residentBytes, readBytes, writeBytes } = member;
      processes.push({ ...stat, uid, facts, residentBytes, readBytes, writeBytes });
      const name = uid === null ? null : accounts.nameOf(uid);
      if (uid !== null && name !== null) userNames[uid] = name;
    }
    return {
      treeAtMs,
      residentAtMs,
      ticksPerSec: native.ticksPerSec,
      uptimeSec,
      processes,
      locks,
      lockPaths: lockNames.paths,
      buildUsers: accounts.buildUsers,
      userNames,
      buildDirectories: directories.found,
      daemonSocket: socket,
      totalProcesses: table.total,
      hidden,
      privileged,
    };
  }

  function reading(): Reading<ForestRaw> {
    return { atMs: clock.monotonic(), ...ok(raw()) };
  }

  function readUptime(): boolean {
    const uptime = files.read('/proc/uptime');
    if (uptime.ok) uptimeSec = Number.parseFloat(uptime.value);
    return uptime.ok;
  }

  const buildTree: Source = {
    id: 'buildTree',
    sample() {
      const nowMs = clock.monotonic();
      if (!readUptime()) return { forest: { atMs: nowMs, ...fail('unsupported', '/proc/uptime') } };
      loadAccounts(nowMs);
      table.scan(uptimeSec, nowMs);
      for (const member of table.members.values())
        if (privileged || member.uid === native.uid) readIo(member);
      treeAtMs = clock.monotonic();
      readSocket(nowMs);
      readLocks();
      askForFacts();
      directories.update(table.members, accounts, nowMs);
      return { forest: reading() };
    },
    close: table.close,
  };

  const residentMemory: Source = {
    id: 'residentMemory',
    sample() {
      readResident();
      const memory = readMemory();
      return { ...(treeAtMs > 0 ? { forest: reading() } : {}), ...(memory === undefined ? {} : { memory }) };
    },
    close() {},
  };

  function readNow(): ForestRaw | null {
    if (!readUptime()) return null;
    table.scan(uptimeSec, clock.monotonic());
    return raw();
  }

  return { buildTree, residentMemory, readNow, settled: queue.idle };
}

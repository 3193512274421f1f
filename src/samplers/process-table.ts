/**
 * Which of the machine's processes are of Nix, at a cost that follows the Nix forest and not the machine.
 *
 * Members are of Nix: a tool by its name, everything of a build user, children of those, and clients that a worker
 * serves. Their kept stat files are read in each scan. All others (NonNixProcesses) are read
 * - in each scan while they are fresh: for two seconds a process may still exec;
 * - ever more rarely afterwards, each time that they are older by half: `doas` execs when the password is there;
 * - when their pid has been handed out anew, or after a long gap.
 * When the kernel's newest pid has changed, the numbers handed out since are looked at, or, where that would be more,
 * /proc is listed. A calm machine costs two small reads a scan, and one for each member.
 */

import { clientPidOfWorker, isAutoAllocatedUid, toolOfComm } from '../model/forest/nix-tools.ts';
import { parseEffectiveUid } from '../parse/process-memory.ts';
import { isOfThread, type ProcessStat, parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';
import {
  closeMember,
  createMember,
  type Member,
  type OpenStat,
  openStat,
  type Reason,
  refreshStat,
} from './member.ts';
import { createNonNixProcesses } from './non-nix-processes.ts';
import { createPidCounter } from './pid-counter.ts';

export interface ProcessTable {
  readonly members: ReadonlyMap<number, Member>;
  /** Pids in /proc at the last listing. */
  readonly total: number;
  /** Reads of processes not of Nix in the last scan: 0 on a calm machine. */
  readonly nonNixReads: number;
  scan(uptimeSec: number, monotonicMs: number): void;
  /** The build users are known now, or others: takes in the processes that turn out to be theirs. */
  buildUsersChanged(): void;
  /**
   * Takes in what workers serve, whatever its name, and lets go of what none serves any more. Client pid to
   * the start time of its worker: who started later has only inherited the pid.
   */
  setServedClients(clients: ReadonlyMap<number, number>): void;
  close(): void;
}

export interface TableOptions {
  readonly files: Files;
  readonly ticksPerSec: number;
  readonly isBuildUid: (uid: number) => boolean;
}

/** Titled with its client where its parent is not: a fork has the title of the worker. */
function isWorker({ facts }: Member, { facts: above }: Member): boolean {
  const titled = ({ argv }: Member['facts']) => Array.isArray(argv) && clientPidOfWorker(argv) !== null;
  return titled(facts) && Array.isArray(above.argv) && !titled(above);
}

/** A fork becomes another program within this time, or is what it is. */
const freshForSec = 2;
/** A checked process is read again when it is older by this: it may exec late, but most do early. */
const recheckAgeFactor = 1.5;
/** Of many that are due at once the others wait for the next scan. */
const rechecksPerScan = 50;
/**
 * The kernel passes over the numbers that are taken: among ten thousand processes the newest pid passes thousands at
 * once, of which hardly one is somebody else. So many are looked at in a scan (7 ms).
 */
const doubtsPerScan = 500;
/** After a gap this long pids may have been reused past a whole round: everything is read again. */
const longGapMs = 20_000;
/** To look at a number costs as much as so many names in a listing. */
const namesPerLook = 8;
/** Who ended is forgotten with a listing: so often at least, while processes come and go. */
const listEveryMs = 10_000;
/** A number is handed out a moment before its process can be seen: so many of the newest are looked at once more. */
const unbornNumbers = 16;
/**
 * The first scan reads everybody, and status is the dearest file: of more old processes than this the uid
 * is read in later scans. Only a process that escaped from a build before we started hides there.
 */
const uidReadsPerScan = 3000;

export function createProcessTable({ files, ticksPerSec, isBuildUid }: TableOptions): ProcessTable {
  const members = new Map<number, Member>();
  const nonNix = createNonNixProcesses();
  const pids = createPidCounter(files);
  let total = 0;
  let nonNixReads = 0;
  let uidReads = 0;
  let doubtsLeft = 0;
  let freshAfterTicks = 0;
  let nowSec = 0;
  let scannedAtMs = Number.NEGATIVE_INFINITY;
  let listedAtMs = Number.NEGATIVE_INFINITY;
  /** Numbers of the last look that were nobody's yet. */
  let unborn: number[] = [];

  function readUid(pid: number): number | null {
    uidReads += 1;
    const status = files.read(`/proc/${pid}/status`);
    const uid = status.ok ? parseEffectiveUid(status.value) : status;
    return uid.ok ? uid.value : null;
  }

  function isFresh(stat: ProcessStat): boolean {
    return stat.startTime > freshAfterTicks;
  }

  function addMember(open: OpenStat, uid: number | null, reason: Reason): void {
    const { pid } = open.stat;
    nonNix.delete(pid);
    members.set(pid, createMember(files, open, uid, reason));
  }

  function removeMember(member: Member): void {
    members.delete(member.pid);
    closeMember(member);
  }

  /** No longer of Nix, but alive; who has just exec'ed may do so again (`nix-shell --run nix-build`). */
  function demote(member: Member): void {
    removeMember(member);
    nonNix.set(member.pid, member.stat.startTime, member.uid, 'fresh');
  }

  /** Above a tool may stand one that was checked as something else: `doas` that became `nixos-rebuild`. */
  function addToolsAbove(parent: number): void {
    let pid = parent;
    for (let height = 0; pid > 1 && height < 32 && !members.has(pid); height += 1) {
      const open = openStat(files, pid);
      if (!open.ok) return;
      const { stat, file } = open.value;
      if (toolOfComm(stat.comm) !== null) addMember(open.value, readUid(pid), 'tool');
      else file.close();
      pid = stat.ppid;
    }
  }

  /** False where nobody has the number. */
  function classify(pid: number): boolean {
    nonNixReads += 1;
    const open = openStat(files, pid);
    if (open.ok) {
      const isThread = isOfThread(open.value.text);
      if (isThread) nonNix.delete(pid);
      if (isThread || !join(open.value)) open.value.file.close();
      return true;
    }
    const { kind } = open.problem;
    if (kind === 'gone') nonNix.delete(pid);
    // Nothing is known of it where we ran out of open files.
    else nonNix.set(pid, null, null, kind === 'exhausted' ? 'fresh' : 'checked');
    return kind !== 'gone';
  }

  /**
   * A build user has no right to become somebody else, and neither has what it starts: most of what begins on a
   * machine that builds. One that has a range of users may take any of them.
   */
  function inheritedUid({ uid }: Member): number | null {
    return uid !== null && isBuildUid(uid) && !isAutoAllocatedUid(uid) ? uid : null;
  }

  /** Whether it is of Nix. */
  function join(open: OpenStat): boolean {
    const { stat } = open;
    const { pid } = stat;
    const parent = members.get(stat.ppid);
    if (parent !== undefined) {
      addMember(open, inheritedUid(parent) ?? readUid(pid), 'child');
      return true;
    }
    if (toolOfComm(stat.comm) !== null) {
      addMember(open, readUid(pid), 'tool');
      addToolsAbove(stat.ppid);
      return true;
    }
    const fresh = isFresh(stat);
    if (!fresh && uidReads >= uidReadsPerScan) {
      nonNix.set(pid, stat.startTime, null, 'uid-unread');
      return false;
    }
    // Kernel threads belong to no group and no session.
    const uid = stat.pgrp === 0 && stat.session === 0 ? 0 : readUid(pid);
    if (uid !== null && isBuildUid(uid)) {
      addMember(open, uid, 'uid');
      addToolsAbove(stat.ppid);
      return true;
    }
    nonNix.set(pid, stat.startTime, uid, fresh ? 'fresh' : 'checked');
    if (!fresh) scheduleRecheck(stat);
    return false;
  }

  function scheduleRecheck({ pid, pgrp, startTime }: ProcessStat): void {
    // A kernel thread becomes no program.
    if (pgrp === 0) return;
    const bornSec = startTime / ticksPerSec;
    nonNix.checkAt(pid, bornSec + (nowSec - bornSec) * recheckAgeFactor);
  }

  /**
   * Another start time is somebody else; and by an exec a shell that waited for something becomes the evaluator. False
   * where nobody has the number.
   */
  function recheck(pid: number): boolean {
    nonNixReads += 1;
    const text = files.read(`/proc/${pid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) return classify(pid);
    const { comm, ppid, startTime } = stat.value;
    const isSame = startTime === nonNix.startTimeOf(pid);
    if (!isSame || toolOfComm(comm) !== null || members.has(ppid)) return classify(pid);
    nonNix.trust(pid);
    scheduleRecheck(stat.value);
    return true;
  }

  function refresh(member: Member): void {
    const how = refreshStat(member, files);
    if (how === 'gone' || how === 'reused') {
      removeMember(member);
      if (how === 'reused') classify(member.pid);
      return;
    }
    member.scans += 1;
    const { stat } = member;
    const parent = members.get(stat.ppid);
    const tool = toolOfComm(stat.comm) !== null;
    if (how === 'changed') member.facts = {};
    // A worker's fork takes its build user's uid some time before it execs, and a builtin builder never does.
    const fork = tool && parent?.stat.comm === stat.comm && !isWorker(member, parent);
    // Who has a build user's uid may take no other, but by an exec.
    const settled = member.uid !== null && (isBuildUid(member.uid) || !isFresh(stat));
    if (how === 'changed' || fork || !settled) member.uid = readUid(member.pid) ?? member.uid;
    if (tool || member.reason === 'served') return;
    // `nix develop` and `nix run` become the program they start; what a tool left behind goes its own way.
    const orphan = member.reason === 'child' && parent === undefined;
    if (member.reason !== 'tool' && !orphan) return;
    if (member.uid !== null && isBuildUid(member.uid)) member.reason = 'uid';
    else demote(member);
  }

  /** At a number that was handed out, to somebody new, or passed over. False where nobody has it. */
  function lookAt(pid: number): boolean {
    if (!nonNix.has(pid)) return classify(pid);
    nonNix.doubt(pid);
    return doubtsLeft > 0 ? settle(pid) : true;
  }

  function settle(pid: number): boolean {
    doubtsLeft -= 1;
    return recheck(pid);
  }

  function lookAgain(): void {
    for (const pid of unborn) if (!members.has(pid)) classify(pid);
    unborn = [];
  }

  /** False where a listing is cheaper, or due. */
  function lookAtNew(): boolean {
    const { handedOut } = pids;
    if (handedOut === null || scannedAtMs - listedAtMs >= listEveryMs) return false;
    const [first, last] = handedOut;
    if ((last - first + 1 + unborn.length) * namesPerLook > total) return false;
    lookAgain();
    // Ascending: a parent comes before its children, so they inherit in the same scan.
    for (let pid = first; pid <= last; pid += 1) {
      if (!members.has(pid) && !lookAt(pid) && pid > last - unbornNumbers) unborn.push(pid);
    }
    return true;
  }

  function list(recheckAll: boolean): void {
    const names = files.list('/proc');
    if (!names.ok) return;
    listedAtMs = scannedAtMs;
    unborn = [];
    nonNix.startListing();
    total = 0;
    const unclassified: number[] = [];
    for (const name of names.value) {
      const first = name.charCodeAt(0);
      if (first < 49 || first > 57) continue;
      total += 1;
      const pid = Number(name);
      if (nonNix.markListed(pid)) {
        if (recheckAll || pids.isHandedOut(pid)) unclassified.push(pid);
      } else if (!members.has(pid)) unclassified.push(pid);
    }
    // Ascending: a parent comes before its children, so they inherit in the same scan.
    for (const pid of unclassified.sort((a, b) => a - b)) {
      if (recheckAll) classify(pid);
      else lookAt(pid);
    }
    if (nonNix.size + members.size > total) nonNix.forgetUnlisted();
  }

  function scan(uptimeSec: number, monotonicMs: number): void {
    nonNixReads = 0;
    uidReads = 0;
    nowSec = uptimeSec;
    freshAfterTicks = (uptimeSec - freshForSec) * ticksPerSec;
    const gapMs = monotonicMs - scannedAtMs;
    const first = scannedAtMs === Number.NEGATIVE_INFINITY;
    scannedAtMs = monotonicMs;
    const quiet = !pids.advance() && files.live && gapMs < longGapMs;
    doubtsLeft = doubtsPerScan;
    for (const pid of nonNix.takeDue(uptimeSec, rechecksPerScan)) recheck(pid);
    for (const pid of nonNix.doubted) {
      if (doubtsLeft === 0) break;
      settle(pid);
    }
    for (const pid of [...nonNix.fresh]) classify(pid);
    [...members.values()].forEach(refresh);
    for (const pid of [...nonNix.uidUnread]) {
      if (uidReads >= uidReadsPerScan) break;
      classify(pid);
    }
    if (quiet) lookAgain();
    else if (!files.live || gapMs >= longGapMs || !lookAtNew()) list(!first && gapMs >= longGapMs);
  }

  function setServedClients(clients: ReadonlyMap<number, number>): void {
    members.forEach((member) => {
      if (member.reason === 'served' && !clients.has(member.pid)) demote(member);
    });
    for (const [pid, workerStart] of clients) {
      if (members.has(pid)) continue;
      const open = openStat(files, pid);
      if (!open.ok) continue;
      const { stat, file } = open.value;
      if (stat.startTime > workerStart) file.close();
      else addMember(open.value, readUid(pid), toolOfComm(stat.comm) === null ? 'served' : 'tool');
    }
  }

  function buildUsersChanged(): void {
    uidReads = 0;
    for (const pid of nonNix.withUid(isBuildUid)) classify(pid);
  }

  return {
    members,
    get total() {
      return total;
    },
    get nonNixReads() {
      return nonNixReads;
    },
    scan,
    buildUsersChanged,
    setServedClients,
    close() {
      for (const member of [...members.values()]) removeMember(member);
      pids.close();
    },
  };
}

/**
 * Which of the machine's processes are of Nix, at a cost that follows the Nix forest and not the machine:
 * a new pid is read until it is old enough to have exec'ed, a settled pid that is not of Nix ever more rarely.
 */

import { fail, type Result } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { parseEffectiveUid } from '../parse/process-memory.ts';
import { type ProcessStat, parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';
import { closeMember, createMember, type Member, type Reason, refreshStat } from './member.ts';
import { createOutsiders } from './outsiders.ts';
import { createPidCounter } from './pid-counter.ts';

export interface ProcessTable {
  readonly members: ReadonlyMap<number, Member>;
  /** Pids in /proc at the last listing. */
  readonly total: number;
  /** Outsiders read in the last scan: 0 on a calm machine. */
  readonly outsiderReads: number;
  scan(uptimeSec: number, monotonicMs: number): void;
  /** The build users are known now, or others: takes in the outsiders that turn out to be theirs. */
  reconsider(): void;
  /**
   * Takes in what workers serve, whatever its name, and lets go of what none serves any more. Client pid to
   * the start time of its worker: who started later has only inherited the pid.
   */
  serve(clients: ReadonlyMap<number, number>): void;
  close(): void;
}

export interface TableOptions {
  readonly files: Files;
  readonly ticksPerSec: number;
  readonly isBuildUid: (uid: number) => boolean;
}

/** A fork becomes another program within this time, or is what it is. */
const settleSec = 2;
/** A settled outsider is looked at again when it is older by this: it may have exec'ed late, and most do early. */
const olderBy = 1.5;
/** Of many that are due at once the others wait a second. */
const looksAgainPerScan = 50;
/** After a gap this long pids may have been reused past a whole round: everything is read again. */
const longGapMs = 20_000;
/**
 * The first scan meets everybody, and status is the dearest file: of more old strangers than this the uid
 * is read in later scans. Only a process that escaped from a build before we started hides there.
 */
const uidReadsPerScan = 3000;

export function createProcessTable({ files, ticksPerSec, isBuildUid }: TableOptions): ProcessTable {
  const members = new Map<number, Member>();
  const outsiders = createOutsiders();
  const pids = createPidCounter(files);
  let total = 0;
  let outsiderReads = 0;
  let uidReads = 0;
  let settledBefore = 0;
  let nowSec = 0;
  let scannedAtMs = Number.NEGATIVE_INFINITY;

  function readStat(pid: number): Result<ProcessStat> {
    const text = files.read(`/proc/${pid}/stat`);
    if (!text.ok) return text;
    const stat = parseProcessStat(text.value);
    return stat.ok && stat.value.pid !== pid ? fail('malformed', `/proc/${pid}/stat`) : stat;
  }

  function readUid(pid: number): number | null {
    uidReads += 1;
    const status = files.read(`/proc/${pid}/status`);
    const uid = status.ok ? parseEffectiveUid(status.value) : status;
    return uid.ok ? uid.value : null;
  }

  function isYoung(stat: ProcessStat): boolean {
    return stat.startTime > settledBefore;
  }

  function enter(stat: ProcessStat, uid: number | null, reason: Reason): void {
    const { pid } = stat;
    outsiders.delete(pid);
    members.set(pid, createMember(files, stat, uid, reason));
  }

  function leave(member: Member): void {
    members.delete(member.pid);
    closeMember(member);
  }

  /** No longer of Nix, but alive; who has just exec'ed may do so again (`nix-shell --run nix-build`). */
  function expel(member: Member): void {
    leave(member);
    outsiders.set(member.pid, member.uid, 'young');
  }

  /** Above a tool may stand one that was settled as something else: `doas` that became `nixos-rebuild`. */
  function lookAbove(parent: number): void {
    let pid = parent;
    for (let height = 0; pid > 1 && height < 32 && !members.has(pid); height += 1) {
      const stat = readStat(pid);
      if (!stat.ok) return;
      if (toolOfComm(stat.value.comm) !== null) enter(stat.value, readUid(pid), 'tool');
      pid = stat.value.ppid;
    }
  }

  function look(pid: number): void {
    outsiderReads += 1;
    const read = readStat(pid);
    if (!read.ok) {
      if (read.problem.kind === 'gone') outsiders.delete(pid);
      // Nothing is known of it where we ran out of open files.
      else outsiders.set(pid, null, read.problem.kind === 'exhausted' ? 'young' : 'settled');
      return;
    }
    const stat = read.value;
    if (members.has(stat.ppid)) {
      enter(stat, readUid(pid), 'child');
      return;
    }
    if (toolOfComm(stat.comm) !== null) {
      enter(stat, readUid(pid), 'tool');
      lookAbove(stat.ppid);
      return;
    }
    const young = isYoung(stat);
    if (!young && uidReads >= uidReadsPerScan) {
      outsiders.set(pid, null, 'unread');
      return;
    }
    // Kernel threads belong to no group and no session.
    const uid = stat.pgrp === 0 && stat.session === 0 ? 0 : readUid(pid);
    if (uid !== null && isBuildUid(uid)) {
      enter(stat, uid, 'uid');
      lookAbove(stat.ppid);
      return;
    }
    outsiders.set(pid, uid, young ? 'young' : 'settled');
    // A kernel thread becomes no program.
    if (!young && stat.pgrp !== 0) remindOf(stat);
  }

  function remindOf({ pid, startTime }: ProcessStat): void {
    const bornSec = startTime / ticksPerSec;
    outsiders.remind(pid, bornSec + (nowSec - bornSec) * olderBy);
  }

  /** Only what an exec changes: a shell waits for something, and then becomes the evaluator. */
  function lookAgain(pid: number): void {
    outsiderReads += 1;
    const stat = readStat(pid);
    if (!stat.ok || toolOfComm(stat.value.comm) !== null || members.has(stat.value.ppid)) look(pid);
    else remindOf(stat.value);
  }

  function refresh(member: Member): void {
    const how = refreshStat(member);
    if (how === 'gone' || how === 'reused') {
      leave(member);
      if (how === 'reused') look(member.pid);
      return;
    }
    member.scans += 1;
    const { stat } = member;
    const parent = members.get(stat.ppid);
    const tool = toolOfComm(stat.comm) !== null;
    if (how === 'changed') member.facts = {};
    // A worker's fork takes its build user's uid some time before it execs, and a builtin builder never does.
    const fork = tool && parent?.stat.comm === stat.comm;
    if (how === 'changed' || fork || member.uid === null || isYoung(stat)) {
      member.uid = readUid(member.pid) ?? member.uid;
    }
    if (tool || member.reason === 'served') return;
    // `nix develop` and `nix run` become the program they start; what a tool left behind goes its own way.
    const orphan = member.reason === 'child' && parent === undefined;
    if (member.reason !== 'tool' && !orphan) return;
    if (member.uid !== null && isBuildUid(member.uid)) member.reason = 'uid';
    else expel(member);
  }

  function list(recheckAll: boolean): void {
    const names = files.list('/proc');
    if (!names.ok) return;
    outsiders.startListing();
    total = 0;
    const fresh: number[] = [];
    for (const name of names.value) {
      const first = name.charCodeAt(0);
      if (first < 49 || first > 57) continue;
      total += 1;
      const pid = Number(name);
      if (outsiders.see(pid)) {
        if (recheckAll || pids.isHandedOut(pid)) fresh.push(pid);
      } else if (!members.has(pid)) fresh.push(pid);
    }
    // Ascending: a parent is met before its children, so they inherit in the same scan.
    for (const pid of fresh.sort((a, b) => a - b)) look(pid);
    if (outsiders.size + members.size > total) outsiders.prune();
  }

  function scan(uptimeSec: number, monotonicMs: number): void {
    outsiderReads = 0;
    uidReads = 0;
    nowSec = uptimeSec;
    settledBefore = (uptimeSec - settleSec) * ticksPerSec;
    const gapMs = monotonicMs - scannedAtMs;
    const first = scannedAtMs === Number.NEGATIVE_INFINITY;
    scannedAtMs = monotonicMs;
    const quiet = !pids.advance() && files.live && gapMs < longGapMs;
    const due = outsiders.takeDue(uptimeSec);
    for (const pid of due.slice(0, looksAgainPerScan)) lookAgain(pid);
    for (const pid of due.slice(looksAgainPerScan)) outsiders.remind(pid, uptimeSec + 1);
    for (const pid of [...outsiders.young]) look(pid);
    for (const member of [...members.values()]) refresh(member);
    for (const pid of [...outsiders.unread]) {
      if (uidReads >= uidReadsPerScan) break;
      look(pid);
    }
    if (!quiet) list(!first && gapMs >= longGapMs);
  }

  function serve(clients: ReadonlyMap<number, number>): void {
    for (const member of [...members.values()]) {
      if (member.reason === 'served' && !clients.has(member.pid)) expel(member);
    }
    for (const [pid, workerStart] of clients) {
      if (members.has(pid)) continue;
      const stat = readStat(pid);
      if (!stat.ok || stat.value.startTime > workerStart) continue;
      enter(stat.value, readUid(pid), toolOfComm(stat.value.comm) === null ? 'served' : 'tool');
    }
  }

  function reconsider(): void {
    uidReads = 0;
    for (const pid of outsiders.withUid(isBuildUid)) look(pid);
  }

  return {
    members,
    get total() {
      return total;
    },
    get outsiderReads() {
      return outsiderReads;
    },
    scan,
    reconsider,
    serve,
    close() {
      for (const member of [...members.values()]) leave(member);
      pids.close();
    },
  };
}

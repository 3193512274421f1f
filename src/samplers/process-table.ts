/**
 * Which of the machine's processes are of Nix, at a cost that follows the Nix forest and not the machine:
 * a new pid is read until it is old enough to have exec'ed, a settled pid that is not of Nix never again.
 */
import { type IdentityKey, identityKey } from '../model/identity.ts';
import { toolOfComm } from '../model/nix-tools.ts';
import type { ProcessFacts } from '../model/sample.ts';
import { parseEffectiveUid } from '../parse/process-memory.ts';
import { type ProcessStat, parseProcessStat } from '../parse/process-stat.ts';
import type { Files, KeptFile } from '../platform/ports.ts';

/** A process of the forest. Mutable: the table's own record of it, refreshed every scan. */
export interface Member {
  readonly pid: number;
  readonly key: IdentityKey;
  /** What brought it in: its name, its build uid, its parent, or a worker that serves it. */
  reason: 'tool' | 'uid' | 'child' | 'served';
  stat: ProcessStat;
  uid: number | null;
  residentBytes: number | null;
  readBytes: number | null;
  writeBytes: number | null;
  facts: ProcessFacts;
  /** Scans survived: short-lived ones are not worth a look at their command line. */
  scans: number;
  readonly statFile: KeptFile;
  readonly statmFile: KeptFile;
  readonly ioFile: KeptFile;
}

interface Outsider {
  startTime: number;
  uid: number | null;
  /** Old enough to have exec'ed: read no more. */
  settled: boolean;
  listing: number;
}

export interface ProcessTable {
  readonly members: ReadonlyMap<number, Member>;
  /** Pids in /proc at the last listing. */
  readonly total: number;
  /** Files read in the last scan that belong to outsiders: 0 on a calm machine. */
  readonly outsiderReads: number;
  scan(uptimeSec: number, monotonicMs: number): void;
  /** The build users are known now, or others: takes in the outsiders that turn out to be theirs. */
  reconsider(uptimeSec: number): void;
  /** Takes in a process that is proven to be of Nix by another one (the client a worker serves). */
  adopt(pid: number): void;
  close(): void;
}

export interface TableOptions {
  readonly files: Files;
  readonly ticksPerSec: number;
  readonly isBuildUid: (uid: number) => boolean;
}

/** A fork becomes another program within this time, or is what it is. */
const settleSec = 2;
/** After a gap this long pids may have been reused past a whole round: everything is read again. */
const longGapMs = 20_000;

export function createProcessTable({ files, ticksPerSec, isBuildUid }: TableOptions): ProcessTable {
  const members = new Map<number, Member>();
  const outsiders = new Map<number, Outsider>();
  const young = new Set<number>();
  let listing = 0;
  let total = 0;
  let outsiderReads = 0;
  let lastPid: number | null = null;
  let scannedAtMs = Number.NEGATIVE_INFINITY;

  /** Newest pid handed out, the fifth field of /proc/loadavg: no new pid, no need to list /proc. */
  function newestPid(): number | null {
    const text = files.read('/proc/loadavg');
    const pid = text.ok ? Number(text.value.split(' ', 5)[4]) : Number.NaN;
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  }

  function readUid(pid: number): number | null {
    const status = files.read(`/proc/${pid}/status`);
    const uid = status.ok ? parseEffectiveUid(status.value) : status;
    return uid.ok ? uid.value : null;
  }

  function reasonFor(stat: ProcessStat, uid: number | null): Member['reason'] | null {
    if (members.has(stat.ppid)) return 'child';
    if (uid !== null && isBuildUid(uid)) return 'uid';
    return toolOfComm(stat.comm) === null ? null : 'tool';
  }

  function enter(pid: number, stat: ProcessStat, uid: number | null, reason: Member['reason']): void {
    outsiders.delete(pid);
    young.delete(pid);
    members.set(pid, {
      pid,
      key: identityKey(stat),
      reason,
      stat,
      uid,
      residentBytes: null,
      readBytes: null,
      writeBytes: null,
      facts: {},
      scans: 0,
      statFile: files.keep(`/proc/${pid}/stat`),
      statmFile: files.keep(`/proc/${pid}/statm`),
      ioFile: files.keep(`/proc/${pid}/io`),
    });
  }

  function leave(member: Member): void {
    members.delete(member.pid);
    member.statFile.close();
    member.statmFile.close();
    member.ioFile.close();
  }

  function look(pid: number, uptimeSec: number): void {
    outsiderReads += 1;
    const text = files.read(`/proc/${pid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) {
      young.delete(pid);
      if (stat.problem.kind === 'gone') outsiders.delete(pid);
      else outsiders.set(pid, { startTime: -1, uid: null, settled: true, listing });
      return;
    }
    const uid = readUid(pid);
    const reason = reasonFor(stat.value, uid);
    if (reason !== null) return enter(pid, stat.value, uid, reason);
    const settled = uptimeSec - stat.value.startTime / ticksPerSec >= settleSec;
    outsiders.set(pid, { startTime: stat.value.startTime, uid, settled, listing });
    if (settled) young.delete(pid);
    else young.add(pid);
  }

  function refresh(member: Member, uptimeSec: number): void {
    const text = member.statFile.read();
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) {
      // A torn or denied read keeps what is known; only an end removes the process.
      if (stat.problem.kind === 'gone') leave(member);
      return;
    }
    if (identityKey(stat.value) !== member.key) {
      leave(member);
      look(member.pid, uptimeSec);
      return;
    }
    const execed = stat.value.comm !== member.stat.comm;
    member.stat = stat.value;
    member.scans += 1;
    if (execed) member.facts = {};
    const age = uptimeSec - stat.value.startTime / ticksPerSec;
    if (execed || member.uid === null || age < settleSec) member.uid = readUid(member.pid) ?? member.uid;
    // `nix develop` and `nix run` become the program they start: no longer Nix.
    if (member.reason === 'tool' && execed && toolOfComm(stat.value.comm) === null) {
      leave(member);
      outsiders.set(member.pid, { startTime: stat.value.startTime, uid: member.uid, settled: true, listing });
    }
  }

  function list(uptimeSec: number, previousPid: number | null, recheckAll: boolean): void {
    const names = files.list('/proc');
    if (!names.ok) return;
    listing += 1;
    total = 0;
    const fresh: number[] = [];
    for (const name of names.value) {
      const first = name.charCodeAt(0);
      if (first < 49 || first > 57) continue;
      total += 1;
      const pid = Number(name);
      const outsider = outsiders.get(pid);
      if (outsider !== undefined) {
        outsider.listing = listing;
        if (recheckAll || isHandedOut(pid, previousPid)) fresh.push(pid);
      } else if (!members.has(pid)) fresh.push(pid);
    }
    // Ascending: a parent is met before its children, so they inherit in the same scan.
    for (const pid of fresh.sort((a, b) => a - b)) look(pid, uptimeSec);
    if (outsiders.size + members.size > total) {
      for (const [pid, outsider] of outsiders) {
        if (outsider.listing === listing) continue;
        outsiders.delete(pid);
        young.delete(pid);
      }
    }
  }

  /** Whether this pid number was handed out since the last scan, so that it may name somebody new. */
  function isHandedOut(pid: number, previousPid: number | null): boolean {
    if (previousPid === null || lastPid === null || previousPid === lastPid) return false;
    return lastPid > previousPid ? pid > previousPid && pid <= lastPid : pid > previousPid || pid <= lastPid;
  }

  function scan(uptimeSec: number, monotonicMs: number): void {
    outsiderReads = 0;
    const gap = monotonicMs - scannedAtMs;
    scannedAtMs = monotonicMs;
    const previousPid = lastPid;
    lastPid = newestPid();
    for (const member of [...members.values()]) refresh(member, uptimeSec);
    for (const pid of [...young]) look(pid, uptimeSec);
    const unchanged = files.live && lastPid !== null && lastPid === previousPid && gap < longGapMs;
    if (!unchanged) list(uptimeSec, previousPid, gap >= longGapMs && previousPid !== null);
  }

  function adopt(pid: number): void {
    if (members.has(pid)) return;
    const text = files.read(`/proc/${pid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (stat.ok) enter(pid, stat.value, readUid(pid), 'served');
  }

  function reconsider(uptimeSec: number): void {
    for (const [pid, outsider] of [...outsiders]) {
      if (outsider.uid !== null && isBuildUid(outsider.uid)) look(pid, uptimeSec);
    }
  }

  return {
    members,
    reconsider,
    get total() {
      return total;
    },
    get outsiderReads() {
      return outsiderReads;
    },
    scan,
    adopt,
    close() {
      for (const member of [...members.values()]) leave(member);
    },
  };
}

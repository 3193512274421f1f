/** A process of the forest: its open files, what they said last, and the record that goes into a Sample. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProcessFacts, ProcessRaw, ProgressRaw } from '../model/sample.ts';
import { type ProcessStat, parseProcessStat } from '../parse/process-stat.ts';
import type { Files, KeptFile } from '../platform/ports.ts';

/** What brought a process in: its name, its build uid, its parent, or a worker that serves it. */
export type Reason = 'tool' | 'uid' | 'child' | 'served';

/** Mutable: the table's own record, refreshed every scan. */
export interface Member {
  readonly pid: number;
  readonly key: IdentityKey;
  reason: Reason;
  stat: ProcessStat;
  uid: number | null;
  residentBytes: number | null;
  /** Of VmRSS, what counts for others that have the same pages: Rss less Pss, as read last. Null while nobody has to know. */
  othersBytes: number | null;
  readBytes: number | null;
  writeBytes: number | null;
  /** Null while its build gets on. */
  progress: ProgressRaw | null;
  facts: ProcessFacts;
  /** Scans survived: short-lived ones are not worth a look at their command line. */
  scans: number;
  /** Whether stat said something new in the last scan. */
  moved: boolean;
  /** The same since VmRSS was read last: whoever touches a page or maps memory has a new stat. */
  movedSinceResident: boolean;
  /** Monotonic ms before which facts that came too late are not asked for again. */
  askAgainAtMs: number;
  readonly statFile: KeptFile;
  readonly statmFile: KeptFile;
  /** A thread that lives while the first one, whose id is the pid, has ended; else null. */
  livingThread: number | null;
  /** Opened by who may read it. */
  ioFile: KeptFile | null;
  /** `stat` as it was read: most processes sleep, and the same text needs no parsing. */
  statText: string | null;
  record: ProcessRaw | null;
}

export function createMember(
  files: Files,
  { stat, file }: Omit<OpenStat, 'text'>,
  uid: number | null,
  reason: Reason,
): Member {
  const { pid } = stat;
  return {
    pid,
    key: identityKey(stat),
    reason,
    stat,
    uid,
    residentBytes: null,
    othersBytes: null,
    readBytes: null,
    writeBytes: null,
    progress: null,
    facts: {},
    scans: 0,
    moved: true,
    movedSinceResident: true,
    askAgainAtMs: Number.NEGATIVE_INFINITY,
    statFile: file,
    statmFile: files.keep(`/proc/${pid}/statm`),
    livingThread: null,
    ioFile: null,
    statText: null,
    record: null,
  };
}

/** `stat` of a process and the file it was read from, which stays bound to that process. */
export interface OpenStat {
  readonly stat: ProcessStat;
  readonly text: string;
  readonly file: KeptFile;
}

/** Whoever takes it closes the file. */
export function openStat(files: Files, pid: number): Result<OpenStat> {
  const where = `/proc/${pid}/stat`;
  const file = files.keep(where);
  const text = file.read();
  const stat = text.ok ? parseProcessStat(text.value) : text;
  if (text.ok && stat.ok && stat.value.pid === pid) return ok({ stat: stat.value, text: text.value, file });
  file.close();
  return stat.ok ? fail('malformed', where) : stat;
}

export function closeMember({ statFile, statmFile, ioFile }: Member): void {
  statFile.close();
  statmFile.close();
  ioFile?.close();
}

/**
 * Reads stat anew. `gone`: it has ended; `reused`: somebody else has its pid; `changed`: another program
 * image or session, so that its facts are no longer true. A torn or denied read leaves what is known.
 */
export function refreshStat(member: Member, files: Files): 'same' | 'changed' | 'gone' | 'reused' {
  const text = member.statFile.read();
  member.moved = false;
  if (!text.ok) return text.problem.kind === 'gone' ? 'gone' : 'same';
  if (text.value === member.statText && member.livingThread === null) return 'same';
  member.moved = true;
  member.movedSinceResident = true;
  const parsed = parseProcessStat(text.value);
  if (!parsed.ok) return 'same';
  const stat = parsed.value;
  const before = member.stat;
  if (stat.startTime !== before.startTime || stat.pid !== member.pid) return 'reused';
  member.livingThread = stat.state === 'Z' && stat.threads > 1 ? findLivingThread(member, files) : null;
  const state = member.livingThread === null ? null : threadState(member.pid, member.livingThread, files);
  member.stat = state === null ? stat : { ...stat, state };
  member.statText = text.value;
  return stat.comm === before.comm && stat.session === before.session ? 'same' : 'changed';
}

/**
 * The first thread of a process may end before the others: then `stat` says Z and `statm` 0, and both are told by
 * the files of another thread. Null where none is found any more.
 */
function findLivingThread({ pid, livingThread }: Member, files: Files): number | null {
  const lives = (thread: number) => (threadState(pid, thread, files) ?? 'Z') !== 'Z';
  if (livingThread !== null && lives(livingThread)) return livingThread;
  const threads = files.list(`/proc/${pid}/task`);
  return threads.ok
    ? (threads.value.map(Number).find((thread) => thread !== pid && lives(thread)) ?? null)
    : null;
}

function threadState(pid: number, thread: number, files: Files): ProcessStat['state'] | null {
  const text = files.read(`/proc/${pid}/task/${thread}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  return stat.ok ? stat.value.state : null;
}

/** VmRSS as statm has it. */
export function readStatm({ pid, livingThread, statmFile }: Member, files: Files): Result<string> {
  return livingThread === null ? statmFile.read() : files.read(`/proc/${pid}/task/${livingThread}/statm`);
}

/** The same object while nothing about the process has changed. */
export function recordOf(member: Member): ProcessRaw {
  const { stat, uid, residentBytes, readBytes, writeBytes, progress, facts, record } = member;
  const proportionalBytes = proportionalOf(member);
  if (
    record !== null &&
    record.userTicks === stat.userTicks &&
    record.residentBytes === residentBytes &&
    (record.proportionalBytes ?? null) === proportionalBytes &&
    record.readBytes === readBytes &&
    record.writeBytes === writeBytes &&
    (record.progress ?? null) === progress &&
    record.uid === uid &&
    record.facts === facts &&
    sameStat(record, stat)
  )
    return record;
  const shares = proportionalBytes === null ? {} : { proportionalBytes };
  const moves = progress === null ? {} : { progress };
  member.record = { ...stat, uid, residentBytes, ...shares, readBytes, writeBytes, ...moves, facts };
  return member.record;
}

/** Pss is read seldom; what a process takes between is its own. */
function proportionalOf({ residentBytes, othersBytes }: Member): number | null {
  return residentBytes === null || othersBytes === null ? null : Math.max(0, residentBytes - othersBytes);
}

function sameStat(a: ProcessStat, b: ProcessStat): boolean {
  return (
    a.systemTicks === b.systemTicks &&
    a.state === b.state &&
    a.comm === b.comm &&
    a.ppid === b.ppid &&
    a.pgrp === b.pgrp &&
    a.session === b.session &&
    a.tty === b.tty &&
    a.nice === b.nice &&
    a.threads === b.threads &&
    a.childUserTicks === b.childUserTicks &&
    a.childSystemTicks === b.childSystemTicks &&
    a.majorFaults === b.majorFaults &&
    a.childMajorFaults === b.childMajorFaults
  );
}

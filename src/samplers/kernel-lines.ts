/** What the kernel has said since the last look, as notices: read beside the tick, kept until it is taken. */
import type { Notice } from '../model/diagnosis/notice.ts';
import { readKernelLine } from '../parse/kernel-line.ts';
import type { OomContext } from '../parse/kernel-oom.ts';
import { parseKernelRecord } from '../parse/kmsg.ts';
import { noticeText } from '../parse/notice-text.ts';
import type { Clock, KernelLog } from '../platform/ports.ts';

export interface KernelLines {
  /** Reads on where nothing is under way and two seconds have passed. */
  refresh(): void;
  /** Those that have come since the last call, oldest first; undefined: none, or the log is not ours to read. */
  take(): readonly Notice[] | undefined;
  /** Whether it can be read; false before it has been. */
  readonly heard: boolean;
  close(): void;
}

/** What has just happened before we began is part of it; what is older tells a probe. */
const recentMs = 10 * 60_000;
/** A little less, so that who asks every two seconds is never late by one. */
const everyMs = 1900;
/** Of one turn: a kernel that says the same without end keeps nothing busy. */
const mostRecords = 4096;
/** Of one Sample. */
const mostNotices = 50;

/** Without a log nothing is ever heard. */
export function createKernelLines(clock: Clock, log: KernelLog | undefined): KernelLines {
  let oom: OomContext | null = null;
  let waiting: Notice[] = [];
  let fresh = false;
  let heard = false;
  let denied = log === undefined;
  let underWay = false;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  /** Monotonic ms before which everything has been read; null before the first end of the log. */
  let readUpToMs: number | null = null;

  function add(record: string, nowMs: number): void {
    const parsed = parseKernelRecord(record);
    if (parsed === null) return;
    const line = noticeText(parsed.text, 1024);
    const read = readKernelLine(line, oom);
    oom = read.oom;
    if (read.notice === null) return;
    // Its clock is not corrected as ours is, and drifts: of what has come since the last look the time is known better.
    const saidMs = Math.min(nowMs, Math.max(parsed.sinceBootMs, readUpToMs ?? Number.NEGATIVE_INFINITY));
    const ageMs = nowMs - saidMs;
    if (ageMs > recentMs) return;
    const timeMs = Math.round(clock.now() - ageMs);
    waiting.push({ ...read.notice, timeMs, from: 'kernel', text: noticeText(line) });
    if (waiting.length > mostNotices) waiting = waiting.slice(-mostNotices);
    fresh = true;
  }

  async function readOn(from: KernelLog): Promise<void> {
    const result = await from.read(mostRecords);
    if (!result.ok) {
      denied = true;
      return;
    }
    const nowMs = clock.monotonic();
    for (const record of result.value) add(record, nowMs);
    if (result.value.length < mostRecords) readUpToMs = nowMs;
    if (!heard) fresh = true;
    heard = true;
  }

  return {
    refresh() {
      const nowMs = clock.monotonic();
      if (log === undefined || denied || underWay || nowMs - startedAtMs < everyMs) return;
      startedAtMs = nowMs;
      underWay = true;
      void readOn(log).finally(() => {
        underWay = false;
      });
    },
    take() {
      if (!fresh) return undefined;
      const taken = waiting;
      waiting = [];
      fresh = false;
      return taken;
    },
    get heard() {
      return heard;
    },
    close: () => log?.close(),
  };
}

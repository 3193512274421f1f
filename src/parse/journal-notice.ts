/** Entries of `journalctl -o json` to what they say of kills, disks and failed units: systemd.journal-fields(7). */
import { type Fields, isFields } from '../base/fields.ts';
import type { Notice, NoticeData } from '../model/diagnosis/notice.ts';
import {
  createEarlyoomReader,
  createNohangReader,
  createOomdReader,
  type GuardReader,
} from './guard-words.ts';
import { readKernelLine } from './kernel-line.ts';
import type { OomContext } from './kernel-oom.ts';
import { noticeText } from './notice-text.ts';

/** src/systemd/sd-messages.h: SD_MESSAGE_UNIT_OUT_OF_MEMORY, SD_MESSAGE_UNIT_OOMD_KILL, SD_MESSAGE_UNIT_FAILURE_RESULT. */
const outOfMemory = 'fe6faa94e7774663a0da52717891d8ef';
const killedByOomd = 'd989611b15e44c9dbf31e3c81256e4ed';
const failedUnit = 'd9b373ed55a64feb8242e02dbe79a49c';

/** Matches of journalctl: what the guards of memory write, and what systemd says of a kill by systemd-oomd. */
export const guardEntries: readonly string[] = [
  `MESSAGE_ID=${killedByOomd}`,
  '+',
  ...['systemd-oomd', 'earlyoom', 'nohang'].map((name) => `SYSLOG_IDENTIFIER=${name}`),
];

/** One line of `journalctl -o json`; null where it is none. */
export function entryOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Units of the system that guards run in; the manager of a user has one of its own, `user@1000.service`. */
const guardUnit = /^(?:systemd-oomd|earlyoom|nohang(?:-desktop)?)\.service$/;

/** systemd tells of a kill that systemd-oomd has told of right before. */
const sameKillMs = 60_000;

export interface JournalNotices {
  /** What one entry says, in the order in which the journal gives them; a text of several lines may say several things. */
  read(entry: unknown): readonly Notice[];
}

interface Said {
  readonly data: NoticeData;
  readonly line: string;
  readonly timeMs: number;
}

/** What one entry begins another may end: of one run of journalctl each goes through the same reader. */
export function createJournalNotices(): JournalNotices {
  let oom: OomContext | null = null;
  const guards: Readonly<Record<string, GuardReader>> = {
    'systemd-oomd': createOomdReader(),
    earlyoom: createEarlyoomReader(),
    nohang: createNohangReader(),
  };
  /** By cgroup, Unix ms. */
  const told = new Map<string, number>();

  function keep(cgroup: string, timeMs: number): void {
    for (const [one, atMs] of told) if (timeMs - atMs > sameKillMs) told.delete(one);
    told.set(cgroup, timeMs);
  }

  function dataOf(entry: Fields, lines: readonly string[], timeMs: number): readonly Said[] {
    if (entry['_TRANSPORT'] === 'kernel') {
      return lines.flatMap((line): Said[] => {
        const read = readKernelLine(line, oom);
        oom = read.oom;
        return read.notice === null ? [] : [{ data: read.notice, line, timeMs }];
      });
    }
    const guard = Object.hasOwn(guards, writerOf(entry)) ? guards[writerOf(entry)] : undefined;
    if (guard !== undefined && isOfUser(entry)) return [];
    if (guard !== undefined) {
      return lines.flatMap((line): Said[] => {
        const said = guard.read(line, timeMs);
        if (said?.data.cgroup != null) keep(said.data.cgroup, timeMs);
        return said === null ? [] : [said];
      });
    }
    const data = ofUnit(entry, timeMs);
    return data === null ? [] : [{ data, line: lines[0] ?? '', timeMs }];
  }

  function ofUnit(entry: Fields, timeMs: number): NoticeData | null {
    const unit = textOf(entry['UNIT']) ?? textOf(entry['USER_UNIT']);
    // Only the manager itself tells of units of the system, and of a user's units the user's own.
    if (unit === null || !isOfManager(entry)) return null;
    switch (entry['MESSAGE_ID']) {
      case outOfMemory:
        return { kind: 'unit-oom', unit };
      case failedUnit:
        return { kind: 'unit-failed', unit, result: textOf(entry['UNIT_RESULT']) };
      case killedByOomd: {
        const isTold = [...told].some(
          ([cgroup, atMs]) => timeMs - atMs <= sameKillMs && `${cgroup}/`.includes(`/${unit}/`),
        );
        if (isTold) return null;
        const none = { pid: null, comm: null, uid: null, residentBytes: null };
        return { kind: 'guard-kill', by: 'systemd-oomd', ...none, cgroup: `/${unit}` };
      }
      default:
        return null;
    }
  }

  return {
    read(entry) {
      if (!isFields(entry)) return [];
      const timeMs = Math.round(Number(entry['__REALTIME_TIMESTAMP']) / 1000);
      const message = messageOf(entry['MESSAGE']);
      if (!Number.isFinite(timeMs) || message === null) return [];
      const from = entry['_TRANSPORT'] === 'kernel' ? 'kernel' : 'journal';
      return dataOf(entry, noticeText(message, Number.POSITIVE_INFINITY).split('\n'), timeMs).map(
        (said): Notice => ({ ...said.data, timeMs: said.timeMs, from, text: noticeText(said.line) }),
      );
    },
  };
}

/** The name of the program where the journal knows it: who writes may give any other. */
function writerOf(entry: Fields): string {
  const name = textOf(entry['_COMM']) ?? textOf(entry['SYSLOG_IDENTIFIER']) ?? '';
  // The comm of a script may be its interpreter's, that of a wrapped program `.nohang-wrapped`.
  return /^(?:python|\.)/.test(name) ? (textOf(entry['SYSLOG_IDENTIFIER']) ?? '') : name;
}

/**
 * A process of a user may call itself as a guard does, and write its words; `_UID` and `_SYSTEMD_UNIT` are told by the
 * kernel. Guards that are no root's (systemd-oomd, DynamicUser=) run in their unit.
 */
function isOfUser(entry: Fields): boolean {
  const uid = textOf(entry['_UID']);
  return uid !== null && uid !== '0' && !guardUnit.test(textOf(entry['_SYSTEMD_UNIT']) ?? '');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A text that is no UTF-8, or has control characters, is a list of its bytes; one that is too long null. */
function messageOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length > 65_536) return null;
  return String.fromCharCode(...value.map((byte) => (Number.isInteger(byte) ? byte & 0xff : 0x3f)));
}

/** Fields that systemd-journald sets itself; a journal that has them not is believed. */
function isOfManager(entry: Fields): boolean {
  if (entry['UNIT'] !== undefined) return (entry['_PID'] ?? '1') === '1';
  return (textOf(entry['_SYSTEMD_UNIT']) ?? 'user@').startsWith('user@');
}

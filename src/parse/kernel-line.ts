/** A line of the kernel, as /dev/kmsg and the journal have it, to what it says of memory, disks and tasks that hang. */
import type { NoticeData } from '../model/diagnosis/notice.ts';
import { readBlockError, readDeviceTrouble } from './kernel-disk.ts';
import { readFilesystemTrouble } from './kernel-filesystem.ts';
import { type OomContext, readOomContext, readOomKill } from './kernel-oom.ts';

export interface KernelLine {
  /** Null: nothing that concerns a rebuild. */
  readonly notice: NoticeData | null;
  /** To be given with the next line. */
  readonly oom: OomContext | null;
}

/** `INFO: task nix-build:2457 blocked for more than 120 seconds.`: kernel/hung_task.c. */
const hung = /^INFO: task (.*):(\d+) blocked for more than (\d+) seconds\./;

/** All of them begin their line: who writes to the kernel's log puts a name before. Pure. */
export function readKernelLine(line: string, oom: OomContext | null): KernelLine {
  const context = readOomContext(line);
  if (context !== null) return { notice: null, oom: context };
  const notice = readOomKill(line, oom) ?? readHung(line) ?? readDisk(line);
  return { notice, oom };
}

function readDisk(line: string): NoticeData | null {
  return readBlockError(line) ?? readDeviceTrouble(line) ?? readFilesystemTrouble(line);
}

function readHung(line: string): NoticeData | null {
  const match = hung.exec(line);
  if (match === null) return null;
  const [, comm = '', pid, sec] = match;
  return { kind: 'hung-task', comm, pid: Number(pid), sec: Number(sec) };
}

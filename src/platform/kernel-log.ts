/** The kernel's log, /dev/kmsg: read record by record on pool threads, never waiting for the next one. */
import * as system from 'node:fs';
import { fail, ok, type Result } from '../base/problem.ts';
import { problemOf } from './errno.ts';
import type { KernelLog } from './ports.ts';

const path = '/dev/kmsg';
/** Device 1:11; in a container the name may lead to a terminal or a pipe, from which nothing must be taken. */
const kernelLogDevice = (1 << 8) | 11;
/** One record has at most 8 kB (CONSOLE_EXT_LOG_MAX): a shorter buffer is EINVAL. */
const recordBytes = 16 * 1024;

/** What it takes of node:fs. */
export type KernelLogCalls = Pick<typeof system, 'open' | 'fstat' | 'read' | 'close'>;

export function createKernelLog(calls: KernelLogCalls = system): KernelLog {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = system.constants;
  const buffer = Buffer.allocUnsafeSlow(recordBytes);
  let descriptor: number | null = null;
  let never: Result<never> | null = null;
  let reading = false;
  let closed = false;

  function open(): Promise<Result<number>> {
    return new Promise((resolve) => {
      calls.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, (error, opened) => {
        if (error) return resolve({ ok: false, problem: problemOf(error, path) });
        calls.fstat(opened, (wrong, found) => {
          if (!wrong && found.isCharacterDevice() && found.rdev === kernelLogDevice)
            return resolve(ok(opened));
          calls.close(opened, () => {});
          resolve(fail('unsupported', path, 'not the log of the kernel'));
        });
      });
    });
  }

  /** Null: there is none yet, or none for us any more. */
  function next(from: number): Promise<string | null> {
    return new Promise((resolve) => {
      const attempt = () =>
        calls.read(from, buffer, 0, recordBytes, null, (error, length) => {
          // The next one was overwritten before it was read: the kernel has moved us to the oldest it has.
          if (error?.code === 'EPIPE') attempt();
          else resolve(error || length === 0 ? null : buffer.toString('utf8', 0, length));
        });
      attempt();
    });
  }

  async function read(most: number): Promise<Result<readonly string[]>> {
    if (descriptor === null) {
      const opened = await open();
      if (!opened.ok) {
        never = opened;
        return opened;
      }
      descriptor = opened.value;
    }
    const records: string[] = [];
    while (records.length < most && !closed) {
      const record = await next(descriptor);
      if (record === null) break;
      records.push(record);
    }
    return ok(records);
  }

  function closeNow(): void {
    if (descriptor !== null) calls.close(descriptor, () => {});
    descriptor = null;
    never = fail('gone', path);
  }

  return {
    async read(most) {
      if (closed) return fail('gone', path);
      if (never !== null) return never;
      if (reading) return ok([]);
      reading = true;
      try {
        return await read(most);
      } finally {
        reading = false;
        if (closed) closeNow();
      }
    },
    close() {
      if (closed) return;
      closed = true;
      if (!reading) closeNow();
    },
  };
}

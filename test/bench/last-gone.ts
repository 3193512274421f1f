/** A thread that watches processes and says when the last of them was gone: not slowed by whoever kills them. */
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** CLOCK_MONOTONIC in ms: the same in every thread. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Resolves, once the thread watches, with a promise of the time (nowMs) at which none of them lived. */
export async function watchLastGone(
  pids: readonly number[],
): Promise<{ readonly goneAtMs: Promise<number> }> {
  const worker = new Worker(new URL(import.meta.url), { workerData: pids });
  const message = () => new Promise<number>((resolve) => worker.once('message', resolve));
  await message();
  return { goneAtMs: message() };
}

function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

if (!isMainThread) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let left: readonly number[] = workerData;
  parentPort?.postMessage(0);
  while (left.length > 0) {
    // The first that lives is enough to know that not all are gone.
    while (left.length > 0 && !lives(left[0] as number)) left = left.slice(1);
    if (left.length > 0) Atomics.wait(sleeper, 0, 0, 0.5);
  }
  parentPort?.postMessage(nowMs());
}

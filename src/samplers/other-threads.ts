/** What a process's threads do but the first one, of which /proc/<pid> itself tells. */
import type { OtherThreadsRaw } from '../model/sample.ts';
import { parseSwitches, parseTimed, parseWchan } from '../parse/process-progress.ts';
import type { Files } from '../platform/ports.ts';

/** The oldest ones: what has more is a server or a virtual machine, of which some wake as all do. */
const mostThreads = 64;
/** At a time: others read, too. */
const atOnce = 2;

/** Null where none could be read. A thread that ends while it is read is left out. */
export async function readOtherThreads(files: Files, pid: number): Promise<OtherThreadsRaw | null> {
  const listed = await files.listSlow(`/proc/${pid}/task`);
  if (!listed.ok) return null;
  const threads = listed.value
    .map(Number)
    .filter((thread) => thread !== pid && Number.isInteger(thread))
    .sort((a, b) => a - b)
    .slice(0, mostThreads);
  let read = 0;
  let switches = 0;
  let mostNonvoluntary = 0;
  let sleeps = false;
  for (let from = 0; from < threads.length; from += atOnce) {
    const some = threads.slice(from, from + atOnce).map((thread) => readThread(files, pid, thread));
    for (const one of await Promise.all(some)) {
      if (one === null) continue;
      read += 1;
      switches += one.voluntary + one.nonvoluntary;
      mostNonvoluntary = Math.max(mostNonvoluntary, one.nonvoluntary);
      sleeps ||= one.sleeps;
    }
  }
  return read === 0 ? null : { switches, mostNonvoluntary, sleeps };
}

async function readThread(files: Files, pid: number, thread: number) {
  const [status, wchan] = await Promise.all([
    files.readSlow(`/proc/${pid}/task/${thread}/status`),
    files.readSlow(`/proc/${pid}/task/${thread}/wchan`),
  ]);
  if (!status.ok) return null;
  const { voluntarySwitches, nonvoluntarySwitches } = parseSwitches(status.value);
  if (voluntarySwitches === null || nonvoluntarySwitches === null) return null;
  // Without its call: pools of threads wait with a timeout whatever they wait for.
  const sleeps = parseTimed('', wchan.ok ? parseWchan(wchan.value) : null) === true;
  return { voluntary: voluntarySwitches, nonvoluntary: nonvoluntarySwitches, sleeps };
}

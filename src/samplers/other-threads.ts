/** Context switches of a process's threads but the first one, whose own are in /proc/<pid>/status. */
import type { OtherThreadsRaw } from '../model/sample.ts';
import { parseSwitches } from '../parse/process-progress.ts';
import type { Files } from '../platform/ports.ts';

/** The oldest ones: what has more is a server or a virtual machine, of which some wake as all do. */
const mostThreads = 64;
/** At a time: others read, too. */
const atOnce = 4;

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
  for (let from = 0; from < threads.length; from += atOnce) {
    const some = threads.slice(from, from + atOnce);
    const texts = await Promise.all(
      some.map((thread) => files.readSlow(`/proc/${pid}/task/${thread}/status`)),
    );
    for (const text of texts) {
      if (!text.ok) continue;
      const { voluntarySwitches, nonvoluntarySwitches } = parseSwitches(text.value);
      if (voluntarySwitches === null || nonvoluntarySwitches === null) continue;
      read += 1;
      switches += voluntarySwitches + nonvoluntarySwitches;
      mostNonvoluntary = Math.max(mostNonvoluntary, nonvoluntarySwitches);
    }
  }
  return read === 0 ? null : { switches, mostNonvoluntary };
}

/**
 * Capabilities in the ambient set go to every program that is started (capabilities(7)). NixOS's security wrapper
 * raises ours into it: what we start, ordinary programs all, must not read /etc/shadow with them.
 */
import { readFileSync } from 'node:fs';
import { loadKoffi } from './koffi.ts';

/** PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL (prctl(2)). */
const ambient = 47;
const clearAll = 4;

/** What to say where it stays. */
export const inherited = 'what it starts inherits its capabilities (koffi is not installed)';

/** `CapAmb:\t0000000000880004` of /proc/self/status (proc_pid_status(5)); hexadecimal. */
export function hasAmbient(status: string): boolean {
  const set = /^CapAmb:\s+([0-9a-f]+)$/m.exec(status)?.[1];
  return set !== undefined && BigInt(`0x${set}`) !== 0n;
}

/**
 * To be called before anything is started and before there are other threads, each of which has a set of its own.
 * Our own capabilities stay. False: something is in it and stays there, for want of koffi.
 */
export async function dropAmbient(): Promise<boolean> {
  try {
    if (!hasAmbient(readFileSync('/proc/self/status', 'utf8'))) return true;
  } catch {
    // No Linux.
    return true;
  }
  try {
    const koffi = await loadKoffi();
    // Node's own libc. It is variadic; all that it takes is passed alike.
    const prctl = koffi.load(null).func('int prctl(int option, long a, long b, long c, long d)');
    return prctl(ambient, clearAll, 0, 0, 0) === 0;
  } catch {
    return false;
  }
}

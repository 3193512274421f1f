/**
 * What the kernel lets us do beyond our own processes: by capability (capabilities(7)), not by uid. A container's
 * root may lack one, and who is not root may have been given one.
 */
import type { Right } from './ports.ts';

/** Bits of linux/capability.h, by the name under which a missing one is shown; any of the bits will do. */
const readAnyFile = { name: 'CAP_DAC_READ_SEARCH', bits: [2, 1] };
const signalAnyone = { name: 'CAP_KILL', bits: [5] };
const lookIntoAnyone = { name: 'CAP_SYS_PTRACE', bits: [19] };
const preferAnyone = { name: 'CAP_SYS_NICE', bits: [23] };

/** io, environ and fd of /proc/<pid> are their owner's files, and behind ptrace(2)'s PTRACE_MODE_READ besides. */
const needed = {
  'read-all-processes': [lookIntoAnyone, readAnyFile],
  'signal-all': [signalAnyone],
  'set-priority': [preferAnyone],
} as const;

export interface Credentials {
  readonly uid: number;
  /** /proc/self/status; null where there is none, and uid 0 is all there is. */
  readonly status: string | null;
  /** /proc/self/uid_map; null without user namespaces. */
  readonly uidMap: string | null;
  /** Whether /proc/1/io can be read: in a user namespace, whether the processes in sight are of it as well. */
  readonly readsFirst: () => boolean;
}

const beyondNamespace = 'rights outside the user namespace';

/** What is missing for each right, empty where we have it. */
export function missingRights(credentials: Credentials): Readonly<Record<Right, readonly string[]>> {
  const { uid, status, uidMap, readsFirst } = credentials;
  const root = uid === 0 ? [] : ['root'];
  const effective = effectiveCapabilities(status ?? '');
  if (effective === null) {
    return { 'read-all-processes': root, 'signal-all': root, 'set-priority': root, administer: root };
  }
  // A namespace's capabilities hold for what is in it.
  const confined = uidMap !== null && !isWhole(uidMap) && !readsFirst() ? [beyondNamespace] : [];
  const missing = (right: keyof typeof needed) => [
    ...needed[right].flatMap(({ name, bits }) => (bits.some((bit) => has(effective, bit)) ? [] : name)),
    ...confined,
  ];
  return {
    'read-all-processes': missing('read-all-processes'),
    'signal-all': missing('signal-all'),
    'set-priority': missing('set-priority'),
    administer: [...root, ...confined],
  };
}

/** CAP_IPC_LOCK. `status`: /proc/self/status. */
export function mayLockMemory(status: string): boolean {
  return has(effectiveCapabilities(status) ?? 0n, 14);
}

/** `CapEff:\t000001fffeffffff` of /proc/self/status (proc_pid_status(5)); hexadecimal. */
function effectiveCapabilities(status: string): bigint | null {
  const set = /^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1];
  return set === undefined ? null : BigInt(`0x${set}`);
}

function has(set: bigint, bit: number): boolean {
  return (set & (1n << BigInt(bit))) !== 0n;
}

/** `         0          0 4294967295`: every uid is itself (user_namespaces(7)). */
function isWhole(uidMap: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(uidMap);
}

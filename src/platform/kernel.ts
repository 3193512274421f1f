/** System calls through koffi, where it is installed; loaded once, after the start. */
import { type Koffi, loadKoffi } from './koffi.ts';

/** `syscall(2)`: a result, or -1 with the errno. */
export interface Kernel {
  call(number: number, a: number, b: number, c: number, d: number): number;
  errno(): number;
}

/** With what the machinery of staying alive needs besides. */
export interface WholeKernel extends Kernel {
  /** On a thread of the pool: -1 says nothing of why. */
  callAside(number: number, a: number, b: number, c: number, d: number): Promise<number>;
  /** memfd_create(2): a file in memory, below 0 where there is none. */
  memoryFile(): number;
  /** pwritev(2) to the beginning of a file on a thread of the pool; `pieces`: `struct iovec`s, at most 1024. */
  writeAside(file: number, pieces: BigUint64Array): Promise<number>;
  /** io_uring_setup(2): a ring for one entry, below 0 where there is none. */
  ring(): number;
  /** io_uring_register(2) of a ring's buffers on a thread of the pool; `pieces`: `struct iovec`s, null: none. */
  buffersAside(ring: number, pieces: BigUint64Array | null): Promise<number>;
  /** The same here and now, so that its errno can be had. */
  buffers(ring: number, pieces: BigUint64Array): number;
  /** poll(2) on a thread of the pool; `descriptors` are `struct pollfd`s, written in place. */
  poll(descriptors: Uint8Array, count: number, timeoutMs: number): Promise<number>;
}

/** Null where there is no Linux; rejects without koffi. */
export type LoadKernel = () => Promise<WholeKernel | null>;

/** MFD_CLOEXEC. */
const closeOnExec = 1;

/** The same on every architecture (asm-generic/unistd.h and syscall_64.tbl). */
const ringSetup = 425;
const ringRegister = 427;
/** IORING_REGISTER_BUFFERS, IORING_UNREGISTER_BUFFERS. */
const [registerBuffers, unregisterBuffers] = [0, 1];
/** Of `struct io_uring_params`. */
const ringParametersBytes = 120;

let loading: Promise<WholeKernel | null> | undefined;
let loaded: WholeKernel | null = null;

export const loadKernel: LoadKernel = () => {
  loading ??= load().then((kernel) => {
    loaded = kernel;
    return kernel;
  });
  return loading;
};

/** Null until somebody has loaded it: nothing is read from a disk. */
export function loadedKernel(): Kernel | null {
  return loaded;
}

/** M_TRIM_THRESHOLD of mallopt(3), and what may lie free before any goes back to the system. */
const trimThreshold = -1;
const mostFreeBytes = 1 << 20;

/**
 * The launcher has glibc give back what the start took; from now on it would be taken again in a freeze
 * (docs/decisions/0011). musl has no such setting.
 */
function keepWhatIsFreed(libc: ReturnType<Koffi['load']>): void {
  try {
    libc.func('int mallopt(int parameter, int value)')(trimThreshold, mostFreeBytes);
  } catch {
    // As it was.
  }
}

async function load(): Promise<WholeKernel | null> {
  if (process.platform !== 'linux') return null;
  const koffi = await loadKoffi();
  // Node's own libc, whatever its name (glibc, musl); integer arguments are passed alike to a variadic.
  const libc = koffi.load(null);
  keepWhatIsFreed(libc);
  const call = libc.func('long syscall(long number, long a, long b, long c, long d)');
  const setUp = libc.func('long syscall(long number, long entries, void *parameters)');
  const register = libc.func(
    'long syscall(long number, long ring, long operation, void *pieces, long count)',
  );
  const poll = libc.func('int poll(void *descriptors, unsigned long count, int timeout)');
  const write = libc.func('long pwritev(int file, void *pieces, int count, long offset)');
  const aside = (call_: typeof call, args: readonly unknown[]) =>
    new Promise<number>((resolve, reject) => {
      call_.async(...args, (error: unknown, result: unknown) =>
        error ? reject(error) : resolve(Number(result)),
      );
    });
  return {
    call: (...numbers) => Number(call(...numbers)),
    errno: () => koffi.errno(),
    callAside: (...numbers) => aside(call, numbers),
    memoryFile: () =>
      Number(libc.func('int memfd_create(const char *name, unsigned int flags)')('nixpulse', closeOnExec)),
    writeAside: (file, pieces) => aside(write, [file, pieces, pieces.length / 2, 0]),
    ring: () => Number(setUp(ringSetup, 1, new Uint8Array(ringParametersBytes))),
    buffersAside: (ring, pieces) =>
      pieces === null
        ? aside(register, [ringRegister, ring, unregisterBuffers, null, 0])
        : aside(register, [ringRegister, ring, registerBuffers, pieces, pieces.length / 2]),
    buffers: (ring, pieces) =>
      Number(register(ringRegister, ring, registerBuffers, pieces, pieces.length / 2)),
    poll: (...args) => aside(poll, args),
  };
}

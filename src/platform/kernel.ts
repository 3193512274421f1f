/** System calls through koffi, where it is installed; loaded once, after the start. */

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
  /** poll(2) on a thread of the pool; `descriptors` are `struct pollfd`s, written in place. */
  poll(descriptors: Uint8Array, count: number, timeoutMs: number): Promise<number>;
}

/** Null where there is no Linux; rejects without koffi. */
export type LoadKernel = () => Promise<WholeKernel | null>;

/** MFD_CLOEXEC. */
const closeOnExec = 1;

let loaded: Promise<WholeKernel | null> | undefined;

export const loadKernel: LoadKernel = () => {
  loaded ??= load();
  return loaded;
};

async function load(): Promise<WholeKernel | null> {
  if (process.platform !== 'linux') return null;
  const koffi = await import('koffi');
  // Node's own libc, whatever its name (glibc, musl); integer arguments are passed alike to a variadic.
  const libc = koffi.load(null);
  const call = libc.func('long syscall(long number, long a, long b, long c, long d)');
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
    poll: (...args) => aside(poll, args),
  };
}

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
  /** poll(2) on a thread of the pool; `descriptors` are `struct pollfd`s, written in place. */
  poll(descriptors: Uint8Array, count: number, timeoutMs: number): Promise<number>;
}

/** Null where there is no Linux; rejects without koffi. */
export type LoadKernel = () => Promise<WholeKernel | null>;

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
    poll: (...args) => aside(poll, args),
  };
}

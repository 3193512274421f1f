/** Process title of a daemon worker: whom it serves. */

/**
 * Pid of the client a daemon worker serves, or null for the main daemon. Nix overwrites argv[1] with it
 * (`nix-daemon\0<pid>\0`, src/nix/daemon.cc), Lix starts `nix-daemon --for <pid>`.
 */
export function clientPidOfWorker(argv: readonly string[]): number | null {
  const position = argv[1] === '--for' ? 2 : 1;
  const text = argv[position] ?? '';
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}

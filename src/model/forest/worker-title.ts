/** Process title of a daemon worker: whom it serves. */

/**
 * Pid of the client a daemon worker serves, or null for the main daemon. Nix overwrites argv[1] with it
 * (`nix-daemon\0<pid>\0`, src/nix/daemon.cc), Lix starts `nix-daemon --for <pid>`. 0 is a client in a pid
 * namespace that the daemon does not see.
 */
export function clientPidOfWorker(argv: readonly string[]): number | null {
  const position = argv[1] === '--for' ? 2 : 1;
  const text = argv[position] ?? '';
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}

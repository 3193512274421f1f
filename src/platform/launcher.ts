/** What `bin/nixpulse`, or who packaged it, sets for us and for nobody that we start. */

const settings = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'NIXPULSE_NODE'];

export function forgetLauncher(environment: NodeJS.ProcessEnv): void {
  for (const name of settings) delete environment[name];
}

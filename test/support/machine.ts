/** A made-up machine with many builds, for the program in a pseudo-terminal. */
import { createProcTree } from './proc-tree.ts';

/** `pkg00-1.0` is the largest, `pkg49-1.0` the smallest. */
export function createBusyMachine(builds = 50) {
  const tree = createProcTree();
  tree.addNixForest({
    builds: Array.from({ length: builds }, (_, index) => ({
      name: `pkg${String(index).padStart(2, '0')}-1.0`,
      compilers: 1,
      residentBytes: (builds + 10 - index) * 2 ** 20,
    })),
  });
  return tree;
}

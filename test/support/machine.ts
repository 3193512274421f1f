/** A made-up machine with many builds, for the program in a pseudo-terminal. */
import { chmodSync } from 'node:fs';
import { createProcTree, type ProcTree } from './proc-tree.ts';

/** `pkg00-1.0` is the largest, `pkg49-1.0` the smallest. */
export function createBusyMachine(builds = 50) {
  const tree = createProcTree();
  addGenerations(tree);
  tree.addNixForest({
    builds: Array.from({ length: builds }, (_, index) => ({
      name: `pkg${String(index).padStart(2, '0')}-1.0`,
      compilers: 1,
      residentBytes: (builds + 10 - index) * 2 ** 20,
    })),
  });
  return tree;
}

const systemPath = (number: number) =>
  `/nix/store/${'8h7g6f5d4s3a2p1c9i8v7y6t5r4z3w2q'}-nixos-system-box-24.11.${number}`;

/** System generations 41, 42 (the default) and 40, which dangles; one of root's own profile. */
export function addGenerations(tree: ProcTree): void {
  const profiles = '/nix/var/nix/profiles';
  for (const number of [40, 41, 42]) tree.link(`${profiles}/system-${number}-link`, systemPath(number));
  for (const number of [41, 42]) {
    tree.write(`${systemPath(number)}/nixos-version`, `24.11.${number}\n`);
    for (const file of ['bin/switch-to-configuration', 'activate', 'init']) {
      tree.write(`${systemPath(number)}/${file}`, '#!/bin/sh\n');
      chmodSync(`${tree.root}${systemPath(number)}/${file}`, 0o755);
    }
  }
  tree.link(`${profiles}/system`, 'system-42-link');
  tree.link(`${profiles}/default-1-link`, systemPath(41));
  tree.link(`${profiles}/default`, 'default-1-link');
}

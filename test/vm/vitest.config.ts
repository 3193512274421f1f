/** `npm run vm`: the program on a booted machine. No part of `npm test`: it needs QEMU, and a quarter of an hour. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: ['test/vm/vm.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    reporters: ['verbose'],
  },
});

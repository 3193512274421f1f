/**
 * Tests mirror the rooms. Groups, one after the other: what needs only a CPU runs side by side, what
 * runs the program in a terminal or measures it on a real Nix has the machine to itself.
 */
import { defineConfig } from 'vitest/config';
import { rooms } from './scripts/lint/rooms.ts';
import { newestPool } from './test/lab/newest/pool.ts';

const terminal = ['test/pty/**/*.test.ts'];
const lab = ['test/lab/*.test.ts', 'test/lab/hardship/*.test.ts', 'test/freeze/freeze.test.ts'];
/** Of the lab, once more on the newest Nix: what depends on how Nix does it. */
const newest = [
  'act',
  'check-builders',
  'check-deploy',
  'check-rebuild',
  'evaluation',
  'generations',
  'logs',
  'nix',
  'peers',
  'probes',
  'store',
  'watch-command',
].map((name) => `test/lab/${name}.test.ts`);
/** Tests of rooms that depend on their arguments alone (scripts/lint/rooms.ts): one process is enough for all of them. */
const pure = Object.entries(rooms).flatMap(([room, { pure = false }]) =>
  pure ? [`test/${room.replace('src/', '')}/**/*.test.ts`] : [],
);
/** Where to write the results as JSON; `.ci/run` counts them. */
const report = process.env.NIXPULSE_TEST_REPORT;

export default defineConfig({
  test: {
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit-pure',
          include: pure,
          isolate: false,
          maxWorkers: '100%',
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...terminal, ...lab, ...pure, 'test/lab/newest/**', 'test/vm/**'],
          // Vitest leaves one CPU free, and where that leaves one these would come last, one after the other.
          maxWorkers: '100%',
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'terminal',
          include: terminal,
          testTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'lab',
          include: lab,
          testTimeout: 120_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'newest',
          include: [...newest, 'test/lab/newest/**/*.test.ts'],
          env: { NIXPULSE_LAB_NIX: 'newest' },
          globalSetup: 'test/lab/newest/setup.ts',
          pool: newestPool,
          testTimeout: 120_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});

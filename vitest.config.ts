/** Tests mirror the rooms; the real-Nix lab and the benchmarks run only where they are asked for. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    env: { NODE_ENV: 'test' },
    restoreMocks: true,
    testTimeout: 20_000,
  },
});

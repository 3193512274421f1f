/** Vitest's workers, inside the namespaces of the newest Nix. */
import { fileURLToPath } from 'node:url';
import { ForksPoolWorker, type PoolOptions } from 'vitest/node';

const node = fileURLToPath(new URL('node.sh', import.meta.url));

class NewestWorker extends ForksPoolWorker {
  override readonly name = 'newest';
  /** Inside there is no file of those that Vitest writes outside. */
  override readonly cacheFs = false;

  override start(): Promise<void> {
    if (process.env.NIXPULSE_NEWEST === undefined) return super.start();
    // What fork() starts.
    const { execPath } = process;
    process.execPath = node;
    try {
      return super.start();
    } finally {
      process.execPath = execPath;
    }
  }
}

export const newestPool = {
  name: 'newest',
  createPoolWorker: (options: PoolOptions) => new NewestWorker(options),
};

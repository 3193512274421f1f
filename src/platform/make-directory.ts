/** mkdir(2) with all that is above it; its failure is the kernel's own. */
import * as system from 'node:fs';
import { dirname } from 'node:path';

/** Node says ENOENT where a file system is read-only. */
export function makeDirectory(path: string, mode: number): void {
  try {
    system.mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    let missing = path;
    while (missing !== dirname(missing) && !system.existsSync(dirname(missing))) missing = dirname(missing);
    system.mkdirSync(missing, { mode });
    throw error;
  }
}

/** A copy of the program that nobody else runs: what the page cache has of it is its own. */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tool } from '../lab/hardship/hardship.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

export const nodeOf = (arch: string) => `node_modules/node-linux-${arch}/bin/node`;

/** What a started nixpulse is made of. */
const parts: readonly string[] = [
  'bin',
  'dist/bundle',
  'package.json',
  ...['package.json', 'index.cjs', 'index.js', 'indirect.cjs', 'indirect.js', 'lib', 'src'].map(
    (name) => `node_modules/koffi/${name}`,
  ),
  nodeOf('x64'),
  nodeOf('arm64'),
  'node_modules/@koromix/koffi-linux-x64',
  'node_modules/@koromix/koffi-linux-arm64',
];

/** Gives the launcher; written to the disk when it returns. */
export function copyProgram(to: string): string {
  for (const part of parts.filter((name) => existsSync(join(project, name)))) {
    mkdirSync(dirname(join(to, part)), { recursive: true });
    cpSync(join(project, part), join(to, part), { recursive: true, dereference: true });
  }
  tool('sync', '--file-system', to);
  return join(to, 'bin/nixpulse');
}

/** Smaller ones are read at the start alone. */
const largeFrom = '16k';

/**
 * Drops the files' pages from the page cache where nobody has them mapped (posix_fadvise(2),
 * POSIX_FADV_DONTNEED), as reclaim does where nobody has them locked.
 */
export function dropUnmapped(directory: string): void {
  const drop = 'for f; do dd if="$f" iflag=nocache count=0 status=none; done';
  const files = ['-type', 'f', '-size', `+${largeFrom}`];
  tool('find', directory, ...files, '-exec', 'sh', '-c', drop, 'sh', '{}', '+');
}

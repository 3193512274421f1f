/** Real captures of /proc, below test/fixtures. */
import { readFileSync } from 'node:fs';

export function capture(name: string, machine = 'proc-linux-6.18'): string {
  return readFileSync(new URL(`../fixtures/${machine}/${name}`, import.meta.url), 'utf8');
}

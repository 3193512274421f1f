/** Programs that a test needs and not every machine has. */
import { spawnSync } from 'node:child_process';

export function has(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** What it printed; throws with what it complained of. */
export function output(program: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

/** How a store path is damaged, where Nix only says that it is. */
import type { DamagedPath } from '../model/diagnosis/probe-values.ts';
import type { Finding } from '../model/nix-store/store-check.ts';
import type { ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

/** Each takes a look at all its files. */
const mostLooks = 50;
/** The hash of nothing: the database never had one (NixOS/nix#2096). */
const noHash = /expected hash '(?:sha256:)?0+'/;

/** `at`: its place among all. */
export async function damageOf(
  { path, kind, text }: Finding,
  at: number,
  context: ProbeContext,
): Promise<DamagedPath> {
  if (kind === 'missing') return { path, how: 'missing' };
  if (text !== null && noHash.test(text)) return { path, how: 'unrecorded' };
  return { path, how: at < mostLooks && (await isEmpty(path, context)) ? 'empty' : 'modified' };
}

/** Regular files, and all of them of no length: what a crash leaves of files that were not yet written. */
async function isEmpty(path: string, context: ProbeContext): Promise<boolean> {
  const command = ['find', path, '-type', 'f', '-printf', '%s\\n'] as const;
  const sizes = await runProgram(context, command, { mostOutput: 1 << 20 });
  if (!sizes.ok || sizes.value.cut || sizes.value.exitCode !== 0) return false;
  const { stdout } = sizes.value;
  return stdout.length > 0 && stdout.every((size) => size === '0');
}

/** The settings of Nix as they are in force for us: files, includes, environment and what is built in. */
import { type NixConfig, parseNixConfigJson } from '../parse/nix-config-json.ts';
import type { ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

export const nixCommand = ['nix', '--extra-experimental-features', 'nix-command'] as const;

/** Null where it cannot be asked. The name is the old one: the newer Nix warns, and knows both. */
export async function readNixConfig(
  context: Pick<ProbeContext, 'ports' | 'cancelled'>,
): Promise<NixConfig | null> {
  const said = await runProgram(context, [...nixCommand, 'show-config', '--json'], { from: 'nix' });
  return said.ok ? parseNixConfigJson(said.value.stdout.join('\n')) : null;
}

/** Settings of Nix that decide whether a plan can be carried out, and who they name. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { NixSettings } from '../../model/advice/rebuild-facts.ts';
import { type NixConfig, wordsOf } from '../../parse/nix-config-json.ts';
import { readNixConfig } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';

export interface KnownSettings {
  readonly settings: NixSettings;
  /** As written: lines of machines, `@/etc/nix/machines`. */
  readonly builders: string;
}

export async function readSettings(context: ProbeContext): Promise<Result<KnownSettings>> {
  const config = await readNixConfig(context);
  if (config === null)
    return fail('unsupported', 'nix show-config', 'there is no Nix, or it does not answer');
  const builders = config.get('builders');
  return ok({ settings: settingsOf(config), builders: typeof builders === 'string' ? builders : '' });
}

export function settingsOf(config: NixConfig): NixSettings {
  const [system = null] = wordsOf(config, 'system') ?? [];
  const minFree = numberOf(config, 'min-free');
  return {
    maxJobs: numberOf(config, 'max-jobs'),
    cores: numberOf(config, 'cores'),
    system,
    platforms: [...(system === null ? [] : [system]), ...(wordsOf(config, 'extra-platforms') ?? [])],
    features: wordsOf(config, 'system-features'),
    minFreeBytes: minFree === null || minFree === 0 ? null : minFree,
    substituters: [...new Set(wordsOf(config, 'substituters') ?? [])],
  };
}

function numberOf(config: NixConfig, name: string): number | null {
  const value = config.get(name);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

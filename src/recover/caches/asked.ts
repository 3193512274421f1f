/** Every substituter in force, asked once a run: which of them a rebuild can live on, and why not. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { NixSettings } from '../../model/advice/rebuild-facts.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import { wordsOf } from '../../parse/nix-config-json.ts';
import type { Ports } from '../../platform/ports.ts';
import { askCaches } from '../../probes/check/peers.ts';
import { settingsOf } from '../../probes/check/settings.ts';
import { within } from '../../probes/check/within.ts';
import { readNixConfig } from '../../probes/nix-config.ts';
import { probing } from '../probing.ts';
import type { RecoverContext } from '../step.ts';

export interface AskedCache {
  readonly address: string;
  readonly found: Result<ProbeValues['cache']>;
}

export interface AskedCaches {
  readonly settings: NixSettings;
  readonly publicKeys: readonly string[];
  readonly caches: readonly AskedCache[];
}

const settingsMs = 15_000;
const asked = new WeakMap<Ports, Promise<Result<AskedCaches>>>();

/** Of one run: later steps live on what the first was told. */
export function askAllCaches(context: RecoverContext): Promise<Result<AskedCaches>> {
  let answer = asked.get(context.ports);
  if (answer === undefined) {
    answer = ask(context);
    asked.set(context.ports, answer);
  }
  return answer;
}

async function ask(context: RecoverContext): Promise<Result<AskedCaches>> {
  if (!context.ports.files.live)
    return fail('unsupported', 'caches', 'they are asked of this machine, and this is a captured tree');
  const config = await within(settingsMs, 'nix show-config', probing(context), async (bounded) => {
    const found = await readNixConfig(bounded);
    return found === null
      ? fail('unsupported', 'nix show-config', 'there is no Nix, or it does not answer')
      : ok(found);
  });
  if (!config.ok) return config;
  const settings = settingsOf(config.value);
  const caches = await askCaches(settings.substituters, context.environment, probing(context));
  return ok({ settings, caches, publicKeys: wordsOf(config.value, 'trusted-public-keys') ?? [] });
}

/** Null: it can be used. */
export function whyNot({ found }: AskedCache): string | null {
  if (!found.ok) return found.problem.cause ?? found.problem.kind;
  const { reachable, said, httpStatus, storeDirectory, trusted, keys } = found.value;
  if (!reachable) return `does not answer${said === null ? '' : `: ${said}`}`;
  if (said !== null) return said;
  if (httpStatus !== null && httpStatus !== 200) return `status ${httpStatus}`;
  if (storeDirectory !== null && storeDirectory !== '/nix/store')
    return `it is of another store, ${storeDirectory}`;
  if (trusted !== false) return null;
  return keys.length === 0
    ? 'what it has is not signed'
    : `its key ${keys.join(', ')} is not in trusted-public-keys`;
}

/** In the order in which Nix asks: the lowest priority first, those that name none before all. */
export function usableOf({ caches }: AskedCaches): readonly AskedCache[] {
  const priorityOf = ({ found }: AskedCache) => (found.ok ? (found.value.priority ?? 0) : 0);
  return caches.filter((cache) => whyNot(cache) === null).sort((a, b) => priorityOf(a) - priorityOf(b));
}

/** `https://cache.nixos.org: answers in 0.2 s, priority 40, signed by cache.nixos.org-1`. */
export function cacheLine(cache: AskedCache): string {
  const { address, found } = cache;
  const why = whyNot(cache);
  if (why !== null || !found.ok) return `${address}: NOT USABLE: ${why}`;
  const { sec, priority, keys, trusted } = found.value;
  return `${address}: ${[
    `answers${sec === null ? '' : ` in ${sec.toFixed(1)} s`}`,
    priority === null ? 'no priority' : `priority ${priority}`,
    trusted === null
      ? 'none of the paths asked for, so its key was not seen'
      : keys.length === 0
        ? 'its signatures are not asked for'
        : `signed by ${keys.join(', ')}, which is trusted`,
  ].join(', ')}`;
}

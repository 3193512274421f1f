/** Caches and builders of nix.conf, each asked by its probe, side by side and with a deadline each. */
import type { Problem } from '../../base/problem.ts';
import type { BuilderFacts, RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { includesOf, parseMachines, refusedMachines } from '../../parse/machines.ts';
import { builder as askBuilder } from '../builder.ts';
import { createCache } from '../cache.ts';
import type { HttpOptions } from '../http-get.ts';
import type { ProbeContext } from '../probe.ts';
import { within } from './within.ts';

/** connect-timeout of Nix is 15 s. */
const cacheMs = 25_000;
/** ConnectTimeout of builder.ts, some questions, and what it has to say of itself. */
const builderMs = 30_000;
const mostPeers = 24;

type Asked = Pick<RebuildFacts, 'caches' | 'builders' | 'refusedMachines' | 'unreadMachines'>;

export async function askCaches(
  addresses: readonly string[],
  environment: HttpOptions['environment'],
  context: ProbeContext,
): Promise<Asked['caches']> {
  const probe = createCache(environment);
  return Promise.all(
    addresses.slice(0, mostPeers).map(async (address) => ({
      address,
      found: await within(cacheMs, address, context, (bounded) => probe(address, bounded)),
    })),
  );
}

/** `setting`: of `builders`, with the files that it names. */
export async function askBuilders(setting: string, context: ProbeContext): Promise<Omit<Asked, 'caches'>> {
  const texts = [setting];
  const unreadMachines: Problem[] = [];
  for (const path of includesOf(setting)) {
    const text = await context.ports.ownFiles.read(path, { maxBytes: 1 << 20 });
    if (text.ok) texts.push(text.value);
    // Without one there are no builders: nix.conf names it by itself.
    else if (text.problem.kind !== 'gone') unreadMachines.push(text.problem);
  }
  const lines = texts.flatMap(parseMachines).slice(0, mostPeers);
  const builders = await Promise.all(
    lines.map(async ({ address, systems, features, mandatory }): Promise<BuilderFacts> => {
      const found = await within(builderMs, address, context, (bounded) => askBuilder(address, bounded));
      return { address, systems, features, mandatory, found };
    }),
  );
  return { builders, unreadMachines, refusedMachines: texts.flatMap(refusedMachines) };
}

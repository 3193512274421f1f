/** The derivations of one run: what it makes is written down before it is made, and removed at its end. */
import { fail, type Result } from '../../base/problem.ts';
import { storeAddressOf } from '../../parse/machines.ts';
import type { ProbeContext } from '../probe.ts';
import type { ConfiguredBuilder } from './configured-builders.ts';
import { isMeant } from './judge-builder.ts';
import {
  checkName,
  keepMadeBuilds,
  type MadeBuilds,
  type RemotePaths,
  removeMadeBuilds,
} from './made-builds.ts';
import { type Offered, offerBuild, storeDerivations } from './test-derivations.ts';

export interface Offer {
  /** What its name ends with. */
  readonly mark: string;
  readonly system: string;
  readonly features: readonly string[];
  /** Those that may take it. */
  readonly builders: readonly ConfiguredBuilder[];
  /** It is for this one alone; null: for those of the settings. */
  readonly only: ConfiguredBuilder | null;
  readonly ms: number;
}

export interface Answer extends Offered {
  /** Its result is of the usual size. */
  readonly sized: boolean;
}

export interface BuilderRun {
  offer(offer: Offer): Promise<Result<Answer>>;
  /** Removes what it made; what it could not stays written down. */
  end(): Promise<void>;
}

export function createBuilderRun(nonce: string, context: ProbeContext): BuilderRun {
  const paths: string[] = [];
  /** Of those that may have it, and of those that had a part in it. */
  const likely: RemotePaths[] = [];
  const remote: RemotePaths[] = [];
  const keep = (made: MadeBuilds) => keepMadeBuilds(made, context);

  async function attempt(offer: Offer, by: 'shell' | 'nix'): Promise<Result<Answer>> {
    const { mark, system, features, builders, only, ms } = offer;
    const name = `${checkName}${nonce}${mark}${by === 'nix' ? '-nix' : ''}`;
    const derivations = [{ name, system, features, by }];
    const named = await storeDerivations(derivations, { write: false }, context);
    if (!named.ok) return named;
    const [stored] = named.value;
    if (stored === undefined) return fail('malformed', 'nix-instantiate', 'no path');
    const { drv, output } = stored;
    // Nix leaves its lock of what was not built until it collects garbage.
    paths.push(drv, output, `${output}.lock`);
    likely.push(...builders.map((line) => ({ address: storeAddressOf(line), paths: [output, drv] })));
    await keep({ paths, remote: likely });
    const written = await storeDerivations(derivations, { write: true }, context);
    if (!written.ok) return written;
    const answer = await offerBuild(stored, { ms, builders: only?.line ?? null }, context);
    if (!answer.ok) return answer;
    const { builder, connecting, sent } = answer.value;
    for (const line of builders)
      if (isMeant(builder, line, builders) || isMeant(connecting, line, builders))
        remote.push({ address: storeAddressOf(line), paths: [output, ...(sent ? [drv] : [])] });
    return { ok: true, value: { ...answer.value, sized: by === 'shell' } };
  }

  return {
    async offer(offer) {
      const answer = await attempt(offer, 'shell');
      // That is a setting of the builder, and no package of nixpkgs asks for it.
      return answer.ok && answer.value.noShell ? attempt(offer, 'nix') : answer;
    },
    async end() {
      await keep(await removeMadeBuilds({ paths, remote }, context));
    },
  };
}

/** The items of `check rebuild`, looked at now: for the command, and for `watch --check`. */
import { rebuildItems } from '../../check/rebuild.ts';
import type { CheckItem } from '../../model/advice/check.ts';
import { readRebuildFacts } from '../../probes/check/rebuild-facts.ts';
import type { ProbeContext } from '../../probes/probe.ts';
import { takeModel } from '../../watch/look-twice.ts';
import { absoluteReference } from '../flake-reference.ts';
import type { Given } from '../mode.ts';
import { judgedBy, sourcesOf } from '../wiring.ts';

export interface BeforeRebuild {
  /** As it was typed; null: what a rebuild without words takes. */
  readonly flake: string | null;
  readonly evaluation: boolean;
}

export async function lookBeforeRebuild(
  { flake, evaluation }: BeforeRebuild,
  given: Given,
  context: ProbeContext,
): Promise<readonly CheckItem[]> {
  const { environment, invocation, ports, process } = given;
  const look = async () => {
    const { sources, settled } = await sourcesOf(given);
    return takeModel({
      ...{ sources, settled, clock: ports.clock, intervalMs: invocation.interval * 1000 },
      diagnose: await judgedBy(given),
    });
  };
  const wanted = { flake: flake === null ? null : absoluteReference(flake, process.cwd()), evaluation };
  return rebuildItems(await readRebuildFacts({ ...wanted, environment, look }, context));
}

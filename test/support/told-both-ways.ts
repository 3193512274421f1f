/** What a machine log and Nix's lines for people both tell of one build, without hashes, in an order of its own. */
import { rootCauses } from '../../src/logs/root-causes.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';

/** After a failure only the machine log says which builds were done, and which were stopped with it. */
export function toldBothWays(rebuild: Rebuild) {
  const { builds, waiting, running, done, ended, elsewhere, failed, dependents, fetchedPaths } =
    totalsOf(rebuild);
  const causes = rootCauses(rebuild, {}).map(({ cause, drvs, dependents, text }) => ({
    cause: JSON.parse(withoutHashes(JSON.stringify(cause))),
    drvs: drvs.map(withoutHashes).sort(),
    dependents: dependents.map(withoutHashes).sort(),
    text: withoutHashes(text),
  }));
  return {
    counts: { builds, waiting, running, over: done + ended + elsewhere, failed, dependents, fetchedPaths },
    causes: causes.sort((a, b) => a.text.localeCompare(b.text)),
    names: [...rebuild.failed.values(), ...rebuild.finished.values()].map((build) => build.name).sort(),
    planned: [...rebuild.planned].map(withoutHashes).sort(),
  };
}

function withoutHashes(text: string): string {
  return text.replace(/[0-9a-z]{32}-/g, '');
}

/** One build, written both ways by a real Nix. */
import { expect, it } from 'vitest';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { eventsOf, logBytes, pairNames } from '../support/logs.ts';

function read(name: string): Rebuild {
  const [rebuild] = foldLog(newLogState('one'), eventsOf(logBytes(name)), 1000).rebuilds;
  if (rebuild === undefined) throw new Error('no rebuild');
  return rebuild;
}

it.each(pairNames)('%s: the same in both', (name) => {
  const [text, json] = [read(`${name}-text`), read(`${name}-json`)];
  expect(common(text)).toEqual(common(json));
});

/** Without hashes. After a failure only the machine log says which builds were done, and which were stopped with it. */
function common(rebuild: Rebuild) {
  const { builds, waiting, running, done, ended, failed, dependents } = totalsOf(rebuild);
  return {
    counts: { builds, waiting, running, over: done + ended, failed, dependents },
    causes: rootCauses(rebuild, {}).map(({ cause, drvs, dependents, text }) => ({
      cause: JSON.parse(withoutHashes(JSON.stringify(cause))),
      drvs: drvs.map(withoutHashes),
      dependents: dependents.map(withoutHashes),
      text: withoutHashes(text),
    })),
    names: [...rebuild.failed.values(), ...rebuild.finished.values()].map((build) => build.name).sort(),
    planned: [...rebuild.planned].map(withoutHashes).sort(),
  };
}

function withoutHashes(text: string): string {
  return text.replace(/[0-9a-z]{32}-/g, '');
}

/** This machine's part: that the configuration evaluates, and that there is room to build it. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Evaluated } from '../../model/advice/deploy-facts.ts';
import { causeOf, lacksConfiguration, wantsToBuild } from '../evaluation-error.ts';

const GB = 1e9;
/** What the deployment guide asks for. */
const wantedFreeBytes = 10 * GB;
const leastFreeBytes = 1 * GB;

/** What was ended at our own limit may still evaluate with more, and what wants to build with a build. */
export function configurationItem({ run, said }: Evaluated): CheckItem {
  const { end, configuration, error } = run;
  const wantsBuild = end === 'failed' && wantsToBuild(said);
  const lacksName = end === 'failed' && lacksConfiguration(configuration, said, error);
  const isBounded = end === 'time' || end === 'memory';
  return {
    id: 'configuration',
    subject: configuration,
    state: end === 'done' ? 'ok' : wantsBuild ? 'unknown' : isBounded ? 'warning' : 'failed',
    found: {
      kind: 'configuration',
      ...{ run, wantsBuild, lacksName },
      cause: end === 'done' || lacksName ? null : causeOf(said, error),
    },
  };
}

export function localStore(freeBytes: number): CheckItem {
  return {
    id: 'local-store',
    subject: '/nix/store',
    state: freeBytes < leastFreeBytes ? 'failed' : freeBytes < wantedFreeBytes ? 'warning' : 'ok',
    found: { kind: 'local-store', freeBytes },
  };
}

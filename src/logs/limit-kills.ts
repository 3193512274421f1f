/** Builds that Nix ended at a limit of its own, as events of who killed whom: from what it says when they fail. */
import type { KilledEvent } from '../model/machine/kill-events.ts';
import type { NixLimit } from '../model/machine/killers.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { Cause, RootCause } from '../model/rebuild/cause.ts';
import type { EvidenceKept } from './evidence.ts';

interface Met {
  readonly killer: NixLimit;
  readonly limitBytes: number | null;
  readonly lengthSec?: number;
}

/** `timeout`, `max-silent-time` and `max-build-log-size` of nix.conf; none of any other cause. */
export function limitKills(
  { cause, drvs, atMs }: Pick<RootCause, 'cause' | 'drvs' | 'atMs'>,
  { seen }: Pick<EvidenceKept, 'seen'>,
): readonly KilledEvent[] {
  const met = metIn(cause);
  if (met === null) return [];
  return drvs.map((drv) => ({
    timeMs: atMs,
    level: 'warning',
    kind: 'killed',
    ...met,
    pid: null,
    comm: null,
    uid: seen.get(drv)?.uid ?? null,
    residentBytes: null,
    cgroup: null,
    build: nameOfDerivation(drv),
    drv,
    builds: 1,
    command: null,
    causeBuild: null,
    causeCommand: null,
    causeResidentBytes: null,
    causeGrowthBytesPerMin: null,
  }));
}

function metIn(cause: Cause): Met | null {
  if (cause.kind === 'log-limit') return { killer: 'max-build-log-size', limitBytes: cause.bytes };
  if (cause.kind !== 'timeout') return null;
  const { seconds: lengthSec, silent } = cause;
  const killer = silent === null ? 'nix' : silent ? 'max-silent-time' : 'timeout';
  return { killer, limitBytes: null, lengthSec };
}

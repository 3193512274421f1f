/** Why one build failed: what Nix said, its last lines, and what the machine knows. */
import { withoutEscapes } from '../base/text.ts';
import type { Cause, Evidence } from '../model/rebuild/cause.ts';
import type { SystemWanted } from '../model/rebuild/failure.ts';
import type { Build, FailureRecord, Rebuild } from '../model/rebuild/rebuild.ts';
import { killCause, outOfMemory } from './cause-memory.ts';
import { downloadInLines, substituteCause } from './cause-network.ts';
import { spaceCause } from './cause-space.ts';

export function causeOfBuild(
  rebuild: Rebuild,
  build: Build,
  record: FailureRecord,
  evidence: Evidence,
): Cause {
  const { failure } = record;
  const lines = linesOf(build, record).map(withoutEscapes);
  switch (failure.kind) {
    case 'signal':
      if (failure.signal === 9) return killCause(build, evidence);
      return (
        outOfMemory(build, lines, evidence) ?? { kind: 'signal', signal: failure.signal, name: failure.name }
      );
    case 'exit':
      return (
        endedByUs(build, evidence) ??
        spaceCause(null, lines, record.spaceNote, evidence) ??
        outOfMemory(build, lines, evidence) ??
        downloadInLines(lines) ?? { kind: 'exit', code: failure.code }
      );
    case 'space':
      return spaceCause(failure.path, lines, true, evidence) ?? { kind: 'unknown' };
    case 'timeout':
      return { kind: 'timeout', seconds: failure.seconds, silent: silentOf(build, failure, evidence) };
    case 'log-limit':
      return { kind: 'log-limit', bytes: failure.bytes };
    case 'hash': {
      const { specified, got, url } = failure;
      return { kind: 'hash', specified, got, url };
    }
    case 'system': {
      const { reason, required, local } = failure;
      const away = machineAway(rebuild, build.drv, required);
      if (away !== null) return { kind: 'remote', host: away };
      const offers = (evidence.machines ?? []).filter(
        (machine) =>
          hasSystem([machine], required) &&
          required.features.every((feature) => machine.features.includes(feature)),
      );
      return { kind: 'system', reason, required, local, offers: offers.map(({ host }) => host) };
    }
    case 'no-machine':
      return {
        kind: 'system',
        reason: hasSystem(failure.machines, failure.required) ? 'features' : 'system',
        required: failure.required,
        local: null,
        offers: [],
      };
    case 'no-output':
      return { kind: 'no-output', output: failure.output };
    case 'cycle':
      return { kind: 'cycle', outputs: failure.outputs };
    case 'not-deterministic':
      return { kind: 'not-deterministic', output: failure.output };
    case 'remote':
      return { kind: 'remote', host: failure.host };
    case 'substitutes':
      return substituteCause(rebuild, []);
    default:
      return endedByUs(build, evidence) ?? outOfMemory(build, lines, evidence) ?? { kind: 'unknown' };
  }
}

/**
 * The machine that would have built it and did not answer: Nix said both before it looked here. Lines for people have
 * the list of machines apart from its head.
 */
function machineAway({ clues }: Rebuild, drv: string, required: SystemWanted): string | null {
  const hosts = clues.flatMap(({ failure }) => (failure.kind === 'remote' ? [failure.host] : []));
  const fits = ({ system, features }: SystemWanted) =>
    hasSystem([{ system, features }], required) && required.features.every((one) => features.includes(one));
  const had = clues.some(
    ({ failure }) =>
      failure.kind === 'no-machine' &&
      (failure.drv === null || drv.endsWith(failure.drv)) &&
      (failure.machines.length === 0 || failure.machines.some(fits)),
  );
  return had ? (hosts.at(-1) ?? null) : null;
}

/** A machine's `system` may name several. */
function hasSystem(machines: readonly SystemWanted[], { system }: SystemWanted): boolean {
  return machines.some((machine) => machine.system.split(/[,\s]+/).includes(system));
}

/** The tail has all lines; the message's are what is left where the stream was joined late. */
export function linesOf(build: Build | null, record: FailureRecord): readonly string[] {
  return build !== null && build.tail.length > 0 ? build.tail : record.lastLines;
}

function endedByUs(build: Build, evidence: Evidence): Cause | null {
  const cause = killCause(build, { ...evidence, oomKills: [] });
  return cause.kind === 'killed' && cause.by === 'us' ? cause : null;
}

/** Since Nix 2.34 both limits are told alike: the settings tell them apart, else how long nothing was said. */
function silentOf(
  build: Build,
  { seconds, silent }: { readonly seconds: number; readonly silent: boolean | null },
  { limits }: Evidence,
): boolean | null {
  if (silent !== null) return silent;
  if (limits !== undefined && limits.silentSec !== limits.totalSec) {
    if (limits.silentSec === seconds) return true;
    if (limits.totalSec === seconds) return false;
  }
  const { startedMs, endedMs } = build;
  if (startedMs === null || endedMs === null) return null;
  const last = build.lastLineMs ?? startedMs;
  const [quiet, whole] = [endedMs - last, endedMs - startedMs];
  // Times are those of ticks; a build that said something in its last second was not silent.
  if (quiet < seconds * 500) return false;
  return whole > seconds * 1500 ? true : null;
}

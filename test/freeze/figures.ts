/** What rounds come to, per program and freeze. */
import type { Round } from './round.ts';

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface Figures {
  readonly freeze: string;
  readonly program: string;
  readonly kills: number;
  /** Questions that did not come, and builds that did not die. */
  readonly failed: number;
  readonly echoMs: Spread | null;
  readonly struckMs: Spread | null;
  readonly deathMs: Spread | null;
  /** How much later than a second after the one before frames came. */
  readonly lateMs: Spread | null;
  readonly framesLost: number;
  readonly majorFaultsPerSec: number;
  readonly residentMB: number | null;
  readonly swappedMB: number | null;
  /** How often the OOM killer ended the program. */
  readonly killed: number;
  readonly pressure: Readonly<Record<string, number>>;
}

/** All of them refresh once a second. */
const refreshMs = 1000;

export function figuresOf(rounds: readonly Round[]): Figures[] {
  const groups = Map.groupBy(rounds, ({ freeze, program }) => `${freeze}/${program}`);
  return [...groups.values()].map((group) => {
    const [{ freeze, program, pressure }] = group as [Round];
    const kills = group.flatMap((round) => round.kills);
    const gaps = group.flatMap(({ frameGapsMs }) => frameGapsMs);
    const seconds = sum(group.map(({ frozenMs }) => frozenMs)) / 1000;
    return {
      freeze,
      program,
      kills: kills.length,
      failed: kills.filter(({ echoMs, deathMs }) => echoMs === null || deathMs === null).length,
      echoMs: spread(known(kills.map(({ echoMs }) => echoMs))),
      struckMs: spread(known(kills.map(({ struckMs }) => struckMs))),
      deathMs: spread(known(kills.map(({ deathMs }) => deathMs))),
      lateMs: spread(gaps.map((ms) => Math.max(0, ms - refreshMs))),
      framesLost: sum(gaps.map((ms) => Math.max(0, Math.round(ms / refreshMs) - 1))),
      majorFaultsPerSec: sum(group.map(({ majorFaults }) => majorFaults)) / seconds,
      residentMB: megabytes(group.map(({ residentBytes }) => residentBytes)),
      swappedMB: megabytes(group.map(({ swappedBytes }) => swappedBytes)),
      killed: group.filter(({ killed }) => killed).length,
      pressure: Object.fromEntries(
        Object.keys(pressure).map((name) => [
          name,
          sum(group.map((round) => round.pressure[name] ?? 0)) / group.length,
        ]),
      ),
    };
  });
}

/** Nearest rank: a figure that was measured, none between two. Null without one. */
export function spread(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const max = sorted.at(-1);
  if (max === undefined) return null;
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  return { p50: at(0.5), p95: at(0.95), max };
}

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function megabytes(values: readonly (number | null)[]): number | null {
  const bytes = known(values);
  return bytes.length === 0 ? null : Math.max(...bytes) / 2 ** 20;
}

/** How long builds of a name took on this machine and on others: what is expected of the next one. */
import { nameOfDerivation } from '../nix-store/store-path.ts';
import type { DerivationRaw } from './derivation.ts';

/** One build that is done. */
export interface BuildDuration {
  /** Name of the builder; empty: this machine. */
  readonly host: string;
  /** A pname, or a name without its version: `durationName`. */
  readonly name: string;
  /** Unix ms. */
  readonly endedMs: number;
  /** Whole seconds. */
  readonly seconds: number;
}

/** The newest builds of one name on one host. */
export interface HostDurations {
  readonly host: string;
  /** Whole seconds, the newest last; at most ten. */
  readonly seconds: readonly number[];
}

/** All hosts of one name: takes the place of what was known of it. */
export interface DurationsRaw {
  readonly name: string;
  readonly hosts: readonly HostDurations[];
}

/** What builds of a name usually take. */
export interface Usual {
  readonly medianSec: number;
  /** Three of four took longer, and three of four took less. */
  readonly lowSec: number;
  readonly highSec: number;
  readonly runs: number;
}

/** By name; made once of each DurationsRaw, so that the same one is the same object. */
export type Durations = ReadonlyMap<string, NamedDurations>;

export interface NamedDurations {
  /** By host. */
  readonly hosts: ReadonlyMap<string, Runs>;
  /** Of all hosts together: where it will be built is not known before. */
  readonly all: Runs;
}

export interface Runs {
  /** Seconds, the shortest first; never empty. */
  readonly sorted: readonly number[];
  readonly usual: Usual;
}

const shares = { low: 0.25, high: 0.75 } as const;

/** Null for what holds no duration. Whatever a recording holds, numbers that are none are left out. */
export function namedDurations(raw: DurationsRaw): NamedDurations | null {
  const hosts = new Map<string, Runs>();
  const all: number[] = [];
  for (const { host, seconds } of raw.hosts) {
    const valid = seconds.filter((one) => Number.isFinite(one) && one >= 0);
    const runs = runsOf(valid);
    if (runs === null) continue;
    hosts.set(host, runs);
    all.push(...valid);
  }
  const together = hosts.size === 1 ? (hosts.values().next().value ?? null) : runsOf(all);
  return together === null ? null : { hosts, all: together };
}

/** As many as there are names in a large system. */
const mostNames = 50_000;

export function withNamed(before: Durations, news: readonly DurationsRaw[]): Durations {
  if (news.length === 0) return before;
  const all = new Map(before);
  for (const raw of news) {
    const named = namedDurations(raw);
    if (named === null) all.delete(raw.name);
    else if (all.size < mostNames || all.has(raw.name)) all.set(raw.name, named);
  }
  return all;
}

function runsOf(seconds: readonly number[]): Runs | null {
  if (seconds.length === 0) return null;
  const sorted = [...seconds].sort((a, b) => a - b);
  const usual: Usual = {
    medianSec: quantile(sorted, 0.5),
    lowSec: quantile(sorted, shares.low),
    highSec: quantile(sorted, shares.high),
    runs: sorted.length,
  };
  return { sorted, usual };
}

/** Between the two that are nearest; `sorted`: the smallest first, at least one. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place % 1);
}

/** As nix-output-monitor names its rows, so that both histories are one: without a pname, what may be a version is cut. */
export function durationName(drv: string, derivation: DerivationRaw | undefined): string {
  return derivation?.pname ?? nameOfDerivation(drv).replace(/[-.0-9]+$/, '');
}

/** A builder's name in a history: `ssh-ng://user@big-arm?…` is `big-arm`; empty: this machine. */
export function durationHost(host: string | null): string {
  if (host === null || host === 'localhost') return '';
  return host
    .replace(/^[a-z-]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/[/?].*$/, '');
}

type Known = {
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  readonly durations: Durations;
};

/** `host` undefined: not known yet. A host that never built it is taken to be like the others. */
export function runsOfBuild(
  { derivations, durations }: Known,
  drv: string,
  host: string | null | undefined,
): Runs | null {
  const named = durations.get(durationName(drv, derivations.get(drv)));
  if (named === undefined) return null;
  return (host === undefined ? undefined : named.hosts.get(durationHost(host))) ?? named.all;
}

/** What a build usually takes: for the screen. Null without a history. */
export function usualOf(known: Known, build: { readonly drv: string; readonly host: string | null }) {
  return runsOfBuild(known, build.drv, build.host)?.usual ?? null;
}

/** Where a build takes far longer than it ever did: how many times its median, `3.1`; else null. */
export function timesUsual(elapsedSec: number, usual: Usual | null): number | null {
  if (usual === null) return null;
  const { medianSec, highSec } = usual;
  const late = elapsedSec > 1.5 * medianSec && elapsedSec > 1.2 * highSec && elapsedSec > medianSec + 20;
  return late ? elapsedSec / Math.max(1, medianSec) : null;
}

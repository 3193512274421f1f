/**
 * Builders: those of the settings, and those that build now, each with its slots, what it builds, and what the last check
 * found. Told apart by their addresses.
 */
import { builderHost } from '../cache-check/builder-host.ts';
import type { CheckedBuilder } from '../cache-check/cache-check.ts';
import type { Model } from '../model.ts';
import { nameOfDerivation } from '../nix-store/store-path.ts';
import { type IdleReason, idleReason, waitingSystems } from './builder-idle.ts';
import type { BuilderLock, ConfiguredBuilder } from './caches-raw.ts';
import { isLoadOf, loadFileOf } from './load-file.ts';

export interface BuilderRow {
  /** `ssh-ng://nix@box?compress=true`; of one that is not in the settings the machine, as a log or its ssh has it. */
  readonly address: string;
  /** `box`; the address where two of them are of one machine. */
  readonly name: string;
  /** In the settings; null: they were not read. */
  readonly configured: boolean | null;
  /** Empty: that of this machine, or not known where it is not configured. */
  readonly systems: readonly string[];
  readonly features: readonly string[];
  readonly mandatory: readonly string[];
  /** Jobs at most; null: nobody says. */
  readonly slots: number | null;
  readonly speedFactor: number | null;
  /** Slots that this machine has taken; null: it cannot be seen. */
  readonly busy: number | null;
  /** Builds that wait to upload to it; null: it cannot be seen. */
  readonly waiting: number | null;
  /** Names of derivations that it builds for this machine now. */
  readonly builds: readonly string[];
  readonly checked: CheckedBuilder | null;
  /** Unix ms of that check. */
  readonly checkedMs: number | null;
  /** Null: it works. */
  readonly idle: IdleReason | null;
}

const mostRows = 64;

type Known = Pick<
  Model,
  'caches' | 'rebuilds' | 'builds' | 'derivations' | 'clients' | 'workers' | 'totals' | 'timeMs'
>;

export function builderRows(model: Known): readonly BuilderRow[] {
  const { caches } = model;
  const lines = [...Map.groupBy(caches?.builders ?? [], ({ address }) => address).values()].map(oneOf);
  const check = caches?.checks.at(-1) ?? null;
  const addresses = lines.map(({ address }) => address);
  const builds = remoteBuilds(model, addresses);
  const others = [...builds.keys()].filter((key) => !addresses.includes(key));
  const all = [...lines, ...others.map(unconfigured)].slice(0, mostRows);
  const waiting = waitingSystems(model);
  const hosts = all.map(({ address }) => builderHost(address));
  return all.map((line, at): BuilderRow => {
    const host = hosts[at] ?? line.address;
    const isKnown = at < lines.length;
    const isOnly = hosts.filter((one) => one === host).length === 1;
    const found = checkedOf(line.address, isOnly ? host : null, check?.builders ?? []);
    const row = {
      address: line.address,
      name: isOnly ? host : line.address,
      configured: caches === null || caches.builders === null ? null : isKnown,
      ...{ systems: line.systems, features: line.features, mandatory: line.mandatory },
      slots: isKnown ? line.slots : null,
      speedFactor: isKnown ? line.speedFactor : null,
      // Of another its locks are not known by its name.
      ...locksOf(line.address, isKnown ? (caches?.locks ?? null) : null, addresses),
      builds: builds.get(line.address) ?? [],
      checked: found,
      checkedMs: found === null ? null : (check?.endedMs ?? null),
    };
    const works = row.builds.length > 0 || (row.busy ?? 0) > 0;
    return { ...row, idle: works ? null : idleReason(row, model, waiting) };
  });
}

/** Several lines of one address, for several systems maybe, have their slots together. */
function oneOf(lines: readonly ConfiguredBuilder[]): ConfiguredBuilder {
  const [first, ...more] = lines as [ConfiguredBuilder, ...ConfiguredBuilder[]];
  if (more.length === 0) return first;
  return {
    ...first,
    systems: [...new Set(lines.flatMap(({ systems }) => systems))],
    features: [...new Set(lines.flatMap(({ features }) => features))],
    mandatory: first.mandatory.filter((name) => more.every(({ mandatory }) => mandatory.includes(name))),
    slots: Math.max(...lines.map(({ slots }) => slots)),
  };
}

function unconfigured(address: string): ConfiguredBuilder {
  return { address, systems: [], features: [], mandatory: [], slots: 0, speedFactor: 0 };
}

/**
 * By the address of a line, else by the name of the machine. Logs have the very address, processes the machine alone: what
 * both tell of is one build.
 */
function remoteBuilds(
  { builds, rebuilds }: Known,
  addresses: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const byKey = new Map<string, Set<string>>();
  const told = new Set<string>();
  const add = (place: string, name: string | null) => {
    const host = builderHost(place);
    const same = addresses.find((one) => one === place);
    const key = same ?? addresses.find((one) => builderHost(one) === host) ?? host;
    const names = byKey.get(key) ?? new Set();
    byKey.set(key, names);
    if (name === null || told.has(`${host} ${name}`)) return;
    told.add(`${host} ${name}`);
    names.add(name);
  };
  for (const { rebuild, over } of rebuilds) {
    if (over) continue;
    for (const { drv, host } of rebuild.running.values()) if (host) add(host, nameOfDerivation(drv));
  }
  for (const { host, name } of builds) if (host) add(host, name);
  return new Map([...byKey].map(([key, names]) => [key, [...names]] as const));
}

/** `host`: null where two addresses are of one. */
function checkedOf(
  address: string,
  host: string | null,
  checked: readonly CheckedBuilder[],
): CheckedBuilder | null {
  const same = checked.find((one) => one.address === address);
  return same ?? checked.find((one) => builderHost(one.address) === host) ?? null;
}

function locksOf(
  address: string,
  locks: readonly BuilderLock[] | null,
  addresses: readonly string[],
): { readonly busy: number | null; readonly waiting: number | null } {
  if (locks === null) return { busy: null, waiting: null };
  let [busy, waiting] = [0, 0];
  for (const lock of locks) {
    const file = loadFileOf(lock.name);
    if (file === null || !isLoadOf(file, address, addresses)) continue;
    if (file.use === 'slot') busy += Number(lock.held);
    else waiting += lock.waiting;
  }
  return { busy, waiting };
}

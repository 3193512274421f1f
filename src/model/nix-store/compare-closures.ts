/** How two closures differ, by the names of their store paths. */
import type { PackageChange } from './generations.ts';
import { nameOfStorePath, splitName } from './store-path.ts';

export interface ClosureDifference {
  readonly added: readonly PackageChange[];
  readonly removed: readonly PackageChange[];
  readonly changed: readonly PackageChange[];
  readonly rebuilt: number;
  readonly unitsAdded: readonly string[];
  readonly unitsRemoved: readonly string[];
  readonly pathsAdded: readonly string[];
  readonly pathsRemoved: readonly string[];
}

/** Outputs besides `out` stand behind the version: `openssl-3.0.12-bin`. They are one package. */
const outputSuffix =
  /-(?:bin|dev|lib|out|man|doc|info|static|data|debug|devdoc|devman|dist|tools|libs|doc-html|terminfo)$/;
/** systemd units of a NixOS system: `unit-nginx.service`. */
const unitName =
  /^unit-(.+\.(?:service|socket|timer|target|mount|automount|swap|path|slice|scope|device|network))$/;
/** The system itself: its version is that of the generation, shown on its own. */
const toplevel = /^nixos-system-/;

/** Packages are names with a version; what has none (configuration, scripts) counts only as a path. */
export function compareClosures(from: readonly string[], to: readonly string[]): ClosureDifference {
  const [before, after] = [new Set(from), new Set(to)];
  const [old, next] = [contentsOf(before), contentsOf(after)];
  const added: PackageChange[] = [];
  const removed: PackageChange[] = [];
  const changed: PackageChange[] = [];
  let rebuilt = 0;
  for (const name of [...new Set([...old.packages.keys(), ...next.packages.keys()])].sort(byName)) {
    const a = old.packages.get(name);
    const b = next.packages.get(name);
    const change = { name, from: versionsOf(a), to: versionsOf(b) };
    if (a === undefined) added.push(change);
    else if (b === undefined) removed.push(change);
    else if (change.from.join() !== change.to.join()) changed.push(change);
    else if (![...b.paths].every((path) => a.paths.has(path))) rebuilt += 1;
  }
  const only = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    [...a].filter((one) => !b.has(one)).sort(byName);
  return {
    added,
    removed,
    changed,
    rebuilt,
    unitsAdded: only(next.units, old.units),
    unitsRemoved: only(old.units, next.units),
    pathsAdded: only(after, before),
    pathsRemoved: only(before, after),
  };
}

interface Package {
  readonly versions: Set<string>;
  readonly paths: Set<string>;
}

function contentsOf(paths: ReadonlySet<string>): { packages: Map<string, Package>; units: Set<string> } {
  const packages = new Map<string, Package>();
  const units = new Set<string>();
  for (const path of paths) {
    const name = nameOfStorePath(path);
    if (name === null || toplevel.test(name)) continue;
    const unit = unitName.exec(name)?.[1];
    if (unit !== undefined) {
      units.add(unit);
      continue;
    }
    const { pname, version } = splitName(name);
    if (version === null || !/^\d/.test(version)) continue;
    const found = packages.get(pname) ?? { versions: new Set<string>(), paths: new Set<string>() };
    found.versions.add(version.replace(outputSuffix, ''));
    found.paths.add(path);
    packages.set(pname, found);
  }
  return { packages, units };
}

function versionsOf(one: Package | undefined): readonly string[] {
  return one === undefined ? [] : [...one.versions].sort(byVersion);
}

/** By code unit: the same on every machine, whatever its locale. */
function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Numbers by value, the rest by code unit: `9.2` before `10.0`, `1.0pre` before `1.0`'s successors. */
function byVersion(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? '', right[i] ?? ''];
    if (x === y) continue;
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    const order = numbers ? Number(x) - Number(y) : byName(x, y);
    if (order !== 0) return order;
  }
  return byName(a, b);
}
function parts(version: string): string[] {
  return version.match(/\d+|[^\d.]+/g) ?? [];
}

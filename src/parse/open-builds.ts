/**
 * Builds that lines for people have told as begun, and which of them the name before a log line means. A large rebuild
 * has thousands of them open, because no line says that one is done, and a name before each of its log lines: neither may
 * cost a walk through all of them.
 */
import { nameOfDerivation, splitName } from '../model/nix-store/store-path.ts';

/** Plain data; a step never changes the one before it. */
export interface OpenBuilds {
  /** In the order of their begin. */
  readonly drvs: ReadonlySet<string>;
  /** By name, and by name without version; of several the one that began last is the last. */
  readonly named: ReadonlyMap<string, readonly string[]>;
}

export const noBuilds: OpenBuilds = { drvs: new Set(), named: new Map() };

/** Of a stream that never says an end: beyond it the oldest are taken to be over. */
const mostBuilds = 10_000;

export class BuildList {
  private builds: OpenBuilds;
  /** Copied once, when it is first written. */
  private written: { readonly drvs: Set<string>; readonly named: Map<string, readonly string[]> } | null =
    null;

  constructor(builds: OpenBuilds) {
    this.builds = builds;
  }

  get state(): OpenBuilds {
    return this.builds;
  }

  get size(): number {
    return this.builds.drvs.size;
  }

  /** The one that is open where no other is. */
  get only(): string | undefined {
    const [only] = this.size === 1 ? this.builds.drvs : [];
    return only;
  }

  /** Nix puts the name without its version before a line, and some versions the whole name. */
  named(name: string): string | undefined {
    return this.builds.named.get(name)?.at(-1);
  }

  has(drv: string): boolean {
    return this.builds.drvs.has(drv);
  }

  /** One that is not open. Returns the one that is taken to be over, because there are too many. */
  add(drv: string): string | undefined {
    const { drvs, named } = this.own();
    drvs.add(drv);
    for (const name of namesOf(drv)) named.set(name, [...(named.get(name) ?? []), drv]);
    if (drvs.size <= mostBuilds) return undefined;
    const [oldest = ''] = drvs;
    this.delete(oldest);
    return oldest;
  }

  /** Returns whether it was open. */
  delete(drv: string): boolean {
    if (!this.builds.drvs.has(drv)) return false;
    const { drvs, named } = this.own();
    drvs.delete(drv);
    for (const name of namesOf(drv)) {
      const others = named.get(name)?.filter((one) => one !== drv) ?? [];
      if (others.length === 0) named.delete(name);
      else named.set(name, others);
    }
    return true;
  }

  /** All of them are over: returns which they were. */
  clear(): Iterable<string> {
    const { drvs } = this.builds;
    this.builds = noBuilds;
    this.written = null;
    return drvs;
  }

  private own(): NonNullable<BuildList['written']> {
    if (this.written === null) {
      this.written = { drvs: new Set(this.builds.drvs), named: new Map(this.builds.named) };
      this.builds = this.written;
    }
    return this.written;
  }
}

function namesOf(drv: string): ReadonlySet<string> {
  const name = nameOfDerivation(drv);
  return new Set([name, splitName(name).pname]);
}

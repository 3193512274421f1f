/** A freeze as the rounds see it: who is in it, when it is on, and how bad it was by the kernel's own figures. */
import { readFileSync } from 'node:fs';

export interface Freeze {
  readonly kind: 'freeze';
  readonly name: string;
  /** One line for the report: limits and hogs. */
  readonly what: string;
  /** A file that takes the pid of whoever is to be in it. */
  readonly enter: string;
  /** The same below it, with what nixpulse's systemd unit asks for as far as cgroups v1 has it; null without. */
  readonly enterUnit: string | null;
  admit(pid: number): void;
  /** It bites from now on; resolves when it does. */
  begin(): Promise<void>;
  /** Right before the key of the nth kill, and after that kill. */
  hold(nth: number): Promise<void>;
  relent(): void;
  /** More than there is: somebody is ended by the OOM killer. */
  overflow?(): Promise<void>;
  /** All is well again; resolves when it is. */
  cease(): Promise<void>;
  /** How many processes the OOM killer has ended in it so far; null where that is not counted. */
  oomKills(): number | null;
  /** For good. */
  end(): Promise<void>;
}

/** What each freeze counts as: the kernel's stall times in microseconds. */
export interface Stalls {
  readonly atMs: number;
  readonly usec: Readonly<Record<string, number>>;
}

const watched = ['memory some', 'memory full', 'io some', 'io full', 'cpu some'] as const;

export function readStalls(): Stalls {
  const usec: Record<string, number> = {};
  for (const name of watched) {
    const [resource, kind] = name.split(' ') as [string, string];
    const text = readFileSync(`/proc/pressure/${resource}`, 'utf8');
    usec[name] = Number(new RegExp(`^${kind} .*total=(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  }
  return { atMs: performance.now(), usec };
}

/** Per cent of the time between, by name. */
export function pressureBetween(before: Stalls, after: Stalls): Record<string, number> {
  const usec = (after.atMs - before.atMs) * 1000;
  return Object.fromEntries(
    watched.map((name) => [name, (((after.usec[name] ?? 0) - (before.usec[name] ?? 0)) / usec) * 100]),
  );
}

const everyMs = 5;

/** How late we are ourselves, at the most, until the call: what is measured can be wrong by as much. */
export function watchLateness(): () => number {
  let latest = 0;
  let before = performance.now();
  const look = () => {
    const now = performance.now();
    latest = Math.max(latest, now - before - everyMs);
    before = now;
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
    return latest;
  };
}

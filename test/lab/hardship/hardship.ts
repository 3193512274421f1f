/** A machine made short of something on purpose: what every hardship is, and how one says that it cannot be. */
import { spawnSync } from 'node:child_process';

export interface Hardship {
  readonly kind: 'hardship';
  /** One line for people: what is short, and where it can be seen. */
  readonly what: string;
  /** Takes all of it back; resolves when nothing is left. Comes by itself at the deadline and when we die. */
  end(): Promise<void>;
}

/** This machine cannot do it; `why` is one clause for people. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly why: string;
}

export function unsupported(why: string): Unsupported {
  return { kind: 'unsupported', why };
}

/** Thrown while a hardship is set up, and told as Unsupported: no failure of ours, the machine lacks it. */
export class Lacking extends Error {}

/** Its stdout. Throws Lacking with what it wrote to stderr. */
export function tool(file: string, ...args: readonly string[]): string {
  const run = spawnSync(file, args, { encoding: 'utf8', timeout: 30_000 });
  if (run.error) throw new Lacking(`${file}: ${run.error.message}`);
  if (run.status !== 0) {
    const said = run.stderr.trim().split('\n').at(-1);
    throw new Lacking(`${file} ${args.join(' ')}: ${said || `ended with ${run.status ?? run.signal}`}`);
  }
  return run.stdout.trim();
}

/** What is missing for all of them; null on Linux as root. */
export function needsRootOnLinux(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  return null;
}

/** Generations that may go: never the default, the running and the booted one, nor the newest few. */
import { plural } from '../../base/plural.ts';
import type { ProfileTarget } from '../../model/intents/intent.ts';
import type { GenerationList } from '../../model/nix-store/generations.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import type { RecoverContext } from '../step.ts';

export interface OldGenerations {
  readonly profile: ProfileTarget;
  /** Oldest first. */
  readonly numbers: readonly number[];
}

/** Arguments of one nix-env. */
const atOnce = 500;
const timeoutMs = 120_000;

export function oldOf({ profile, generations, defaultNumber }: GenerationList, keep: number): OldGenerations {
  // Without a default nobody knows what the profile is.
  if (defaultNumber === null) return { profile, numbers: [] };
  const numbers = generations
    .slice(keep)
    .filter(({ isDefault, isRunning, isBooted }) => !isDefault && !isRunning && !isBooted)
    .map(({ number }) => number);
  return { profile, numbers: numbers.toSorted((a, b) => a - b) };
}

export function linksOf({ profile, numbers }: OldGenerations): readonly string[] {
  return numbers.map((number) => `${profile.path}-${number}-link`);
}

export function deleteCommand({ profile, numbers }: OldGenerations): readonly string[] {
  return ['-p', profile.path, '--delete-generations', ...numbers.map(String)];
}

export interface Deleted {
  readonly count: number;
  /** Why not all of them; null: they are gone. */
  readonly problem: string | null;
}

/** What became the default, or was booted, since they were shown stays. */
export async function deleteGenerations(
  { profile, numbers }: OldGenerations,
  keep: number,
  { ports, report }: RecoverContext,
): Promise<Deleted> {
  const list = await readGenerations(ports, profile);
  if (!list.ok) return { count: 0, problem: `${profile.path}: ${list.problem.cause ?? list.problem.kind}` };
  const old = new Set(oldOf(list.value, keep).numbers);
  const still = numbers.filter((number) => old.has(number));
  for (let at = 0; at < still.length; at += atOnce) {
    const some = still.slice(at, at + atOnce);
    report({ text: `deletes ${plural(some.length, 'generation')} of ${profile.path}` });
    const run = await ports.spawn.run('nix-env', deleteCommand({ profile, numbers: some }), { timeoutMs });
    const said = run.ok ? run.value.stderr.trim().split('\n').at(-1) : run.problem.cause;
    if (!run.ok || run.value.exitCode !== 0) return { count: at, problem: `nix-env: ${said || 'it failed'}` };
  }
  return { count: still.length, problem: null };
}

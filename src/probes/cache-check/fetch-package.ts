/** One package that is not in the store, fetched through the daemon: whether it came, and from which cache. */
import { withoutEscapes } from '../../base/text.ts';
import { sameCache } from '../../model/cache-check/cache-address.ts';
import type { FetchTest, Untested } from '../../model/cache-check/cache-check.ts';
import { planOfLines } from '../check/dry-run.ts';
import { within } from '../check/within.ts';
import { nixCommand } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { createFetchedReader } from './fetched.ts';
import { askAnew, complaintOf, isRefused } from './nix-words.ts';
import { absentOf } from './remove-paths.ts';

export interface FetchOptions {
  readonly package: string;
  readonly path: string;
  readonly large: boolean;
  /** Address of the local cache; null: there is none. */
  readonly local: string | null;
  /** Addresses of caches that said that they have it. */
  readonly having: readonly string[];
  readonly ms: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Before anything comes: what may. */
  readonly plan: (paths: readonly string[]) => Promise<void>;
}

export interface FetchedPackage {
  readonly test: FetchTest;
  /** In the order in which they came; they were planned, and the store said just before that it has none of them. */
  readonly brought: readonly string[];
}

/** Of a dry run, which asks each cache for each path. */
const planMs = 60_000;

export const noFetch: FetchTest = {
  ...{ state: 'untested', untested: null, said: null, package: null, large: false, path: null },
  ...{ from: null, sec: null, bytes: null, fetched: 0, removed: 0 },
};

export function untestedFetch(untested: Untested, more: Partial<FetchTest> = {}): FetchTest {
  return { ...noFetch, ...more, untested };
}

export async function fetchPackage(options: FetchOptions, context: ProbeContext): Promise<FetchedPackage> {
  const { path, large, ms, environment } = options;
  const about = { ...noFetch, package: options.package, path, large };
  const ends = (test: Partial<FetchTest>) => ({ test: { ...about, ...test }, brought: [] });
  context.progress(`asks Nix for ${options.package}`);
  const planned = await within(Math.min(planMs, ms), path, context, (bounded) =>
    runProgram(bounded, ['nix-store', '--realise', '--dry-run', path, ...askAnew], {
      environment,
      from: 'nix',
    }),
  );
  if (!planned.ok) {
    const { kind, cause = kind } = planned.problem;
    return ends({ untested: kind === 'unsupported' ? 'no-nix' : 'time', said: cause });
  }
  if (context.cancelled.aborted) return ends({ untested: 'time' });
  const { exitCode, signal, stderr } = planned.value;
  // It was ended: one cache that takes a connection and says nothing holds all of it up.
  if (signal !== null || stderr.some((line) => interrupted.test(line)))
    return ends({ state: 'failed', said: 'a cache that does not answer keeps Nix from asking the others' });
  if (isRefused(stderr)) return ends({ untested: 'denied', said: complaintOf(stderr) });
  const plan = planOfLines(stderr);
  if (!plan.fetches.includes(path))
    return ends(
      exitCode === 0 && plan.unknown.length === 0 ? { untested: 'all-present' } : missing(options, stderr),
    );
  // Since it was planned somebody else may have fetched some; and what a plan says is text that an ssh may write, too.
  const absent = await absentOf(plan.fetches, environment, context);
  if (absent === null) return ends({ untested: context.cancelled.aborted ? 'time' : 'no-nix' });
  if (!absent.includes(path)) return ends({ untested: 'all-present' });
  await options.plan(absent);
  return fetchNow(options, about, new Set(absent), context);
}

/** What Nix says that was ended by a signal. */
const interrupted = /^error: interrupted by the user/;

function missing({ having }: FetchOptions, stderr: readonly string[]): Partial<FetchTest> {
  const refusal = refusedThere(having);
  if (refusal === null) return { state: 'missing', said: complaintOf(stderr) };
  // One that fails keeps Nix from the others, unless `fallback` is set.
  const error = stderr.find((line) => withoutEscapes(line).startsWith('error:'));
  return { state: 'failed', said: error === undefined ? refusal : complaintOf([error]) };
}

/** Null: nobody has it. */
function refusedThere([cache]: readonly string[]): string | null {
  return cache === undefined ? null : `${cache} has it, and Nix does not take it from there`;
}

async function fetchNow(
  { path, local, having, ms, environment }: FetchOptions,
  about: FetchTest,
  absent: ReadonlySet<string>,
  context: ProbeContext,
): Promise<FetchedPackage> {
  const { clock } = context.ports;
  const reader = createFetchedReader();
  const startedMs = clock.monotonic();
  context.progress(`fetches ${about.package}`);
  const run = await within(ms, path, context, (bounded) =>
    runProgram(
      bounded,
      [
        ...nixCommand,
        ...['build', '--no-link', '--log-format', 'internal-json', '-v'],
        // Nothing is built for it, here or elsewhere.
        ...['--max-jobs', '0', '--option', 'builders', '', ...askAnew, path],
      ],
      { environment, from: 'nix', onLine: (line, stream) => stream === 'stderr' && reader.add(line) },
    ),
  );
  const sec = Math.round(clock.monotonic() - startedMs) / 1000;
  const { copied, bytes, said } = reader.end();
  // A log alone is no proof that a path is ours to remove.
  const brought = [...copied.keys()].filter((one) => absent.has(one));
  const test: FetchTest = { ...about, fetched: copied.size, bytes };
  const from = copied.get(path) ?? null;
  if (!run.ok) {
    // That it was interrupted is no fault of a cache.
    if (context.cancelled.aborted) return { test: { ...test, untested: 'time' }, brought };
    return { test: { ...test, state: 'failed', said: run.problem.cause ?? run.problem.kind, sec }, brought };
  }
  if (context.cancelled.aborted && run.value.exitCode !== 0)
    return { test: { ...test, untested: 'time' }, brought };
  const late = sec * 1000 >= ms ? `not within ${Math.round(ms / 1000)} s` : null;
  if (run.value.exitCode !== 0) {
    const refusal = /no substituter/.test(said ?? '') ? refusedThere(having) : null;
    return { test: { ...test, state: 'failed', said: late ?? refusal ?? said, sec }, brought };
  }
  // Another process was quicker.
  if (from === null) return { test: { ...test, untested: 'all-present' }, brought };
  const isHit = local !== null && sameCache(from, local);
  const isHad = !isHit && having.some((one) => local !== null && sameCache(one, local));
  return {
    test: {
      ...{ ...test, state: isHit ? 'hit' : 'elsewhere', from, sec },
      said: isHad ? 'the local cache has it too, and was not asked first' : null,
    },
    brought,
  };
}

/**
 * Closures of chosen generations, asked of Nix and checked on the disk: read-only, for a question that a
 * person has put, never in the tick.
 */

import { fail, ok, type Result } from '../base/problem.ts';
import { compareClosures } from '../model/nix-store/compare-closures.ts';
import type { Closure, Generation, GenerationComparison } from '../model/nix-store/generations.ts';
import { parseClosureSizes, parseSizes, parseStorePaths } from '../parse/store-listing.ts';
import type { Ports, SpawnResult } from '../platform/ports.ts';
import { slowly } from './generation-soundness.ts';

type ClosurePorts = Pick<Ports, 'files' | 'spawn'>;

const timeoutMs = 30_000;
/** Below the bound of slow reads that may wait, others' among them. */
const looksAtOnce = 32;
/** Arguments of one process: 2 MiB is the kernel's bound, a store path takes about 80 bytes. */
const pathsAtOnce = 4000;

/** Every store path a generation needs, by `nix-store -qR`; `malformed` where Nix does not know the path. */
async function readClosurePaths(
  { spawn }: Pick<Ports, 'spawn'>,
  storePath: string,
): Promise<Result<readonly string[]>> {
  const run = await spawn.run('nix-store', ['-qR', storePath], { timeoutMs });
  if (!run.ok) return run;
  if (run.value.exitCode !== 0) return fail('malformed', storePath, lastWords(run.value));
  const paths = parseStorePaths(run.value.stdout);
  return paths === null ? fail('malformed', storePath, 'nix-store names no closure') : ok(paths);
}

/** The closure, and which of it is not on the disk: Nix's database says only what should be there. */
export async function readClosure(ports: ClosurePorts, storePath: string): Promise<Result<Closure>> {
  const paths = await readClosurePaths(ports, storePath);
  if (!paths.ok) return paths;
  const missing: string[] = [];
  for (let i = 0; i < paths.value.length; i += looksAtOnce) {
    const some = paths.value.slice(i, i + looksAtOnce);
    const found = await Promise.all(some.map((path) => ports.files.ownerSlow(path, slowly)));
    for (const [index, owner] of found.entries()) {
      if (owner.ok) continue;
      if (owner.problem.kind !== 'gone') return { ok: false, problem: owner.problem };
      missing.push(some[index] as string);
    }
  }
  return ok({ paths: paths.value, missing });
}

/** What going from one generation to another changes. */
export async function compareGenerations(
  { spawn }: Pick<Ports, 'spawn'>,
  from: Generation,
  to: Generation,
): Promise<Result<GenerationComparison>> {
  if (from.storePath === null) return fail('gone', `generation ${from.number}`);
  if (to.storePath === null) return fail('gone', `generation ${to.number}`);
  const before = await readClosurePaths({ spawn }, from.storePath);
  if (!before.ok) return before;
  const after = await readClosurePaths({ spawn }, to.storePath);
  if (!after.ok) return after;
  const { pathsAdded, pathsRemoved, ...difference } = compareClosures(before.value, after.value);
  const [added, removed] = [await sizeOf({ spawn }, pathsAdded), await sizeOf({ spawn }, pathsRemoved)];
  return ok({
    ...difference,
    kernel: changeOf(from.kernel, to.kernel),
    version: changeOf(from.version, to.version),
    pathsAdded: pathsAdded.length,
    pathsRemoved: pathsRemoved.length,
    sizeDifferenceBytes: added === null || removed === null ? null : added - removed,
  });
}

/** Bytes of the closure by store path; paths that Nix does not know are missing from the map. */
export async function readClosureSizes(
  { spawn }: Pick<Ports, 'spawn'>,
  storePaths: readonly string[],
): Promise<Result<ReadonlyMap<string, number>>> {
  const paths = [...new Set(storePaths)];
  if (paths.length === 0) return ok(new Map());
  const command = ['--extra-experimental-features', 'nix-command', 'path-info', '-S'];
  const run = await spawn.run('nix', [...command, ...paths], { timeoutMs: 2 * timeoutMs });
  if (!run.ok) return run;
  const sizes = parseClosureSizes(run.value.stdout);
  if (run.value.exitCode !== 0 && sizes.size === 0) {
    return fail('malformed', 'nix path-info', lastWords(run.value));
  }
  return ok(sizes);
}

async function sizeOf(ports: Pick<Ports, 'spawn'>, paths: readonly string[]): Promise<number | null> {
  let bytes = 0;
  for (let i = 0; i < paths.length; i += pathsAtOnce) {
    const some = paths.slice(i, i + pathsAtOnce);
    const run = await ports.spawn.run('nix-store', ['-q', '--size', ...some], { timeoutMs });
    const sizes = run.ok && run.value.exitCode === 0 ? parseSizes(run.value.stdout, some.length) : null;
    if (sizes === null) return null;
    for (const size of sizes) bytes += size;
  }
  return bytes;
}

function changeOf(from: string | null, to: string | null): { from: string; to: string } | null {
  return from === null || to === null || from === to ? null : { from, to };
}

/** `error: path '/nix/store/…' is not valid`. */
function lastWords({ stderr, exitCode }: SpawnResult): string {
  return stderr.trim().split('\n').at(-1) || `exit code ${exitCode}`;
}

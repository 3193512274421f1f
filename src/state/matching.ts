/** What search and filter look at: the texts by which people know a build or a process, and what they paste. */
import type { Build, BuildProcess } from '../model/model.ts';

/** Case does not matter; an empty needle matches nothing. */
export function buildMatches(build: Build, needle: string): boolean {
  const { name, pname, user, now, phase, host, pid, drvHash } = build;
  if (contains([name, pname, user, now, phase, host], needle) || String(pid) === needle) return true;
  const hash = hashOf(needle);
  return hash !== null && drvHash?.startsWith(hash) === true;
}

/** A pid as a whole: two digits of it would be in every other process. */
export function processMatches(process: BuildProcess, needle: string): boolean {
  return contains([process.comm, process.command], needle) || String(process.pid) === needle;
}

/** It, or what it runs. */
export function anyMatches(build: Build, needle: string): boolean {
  return buildMatches(build, needle) || build.tree.some((process) => processMatches(process, needle));
}

function contains(texts: readonly (string | null)[], needle: string): boolean {
  if (needle === '') return false;
  const lower = needle.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(lower) === true);
}

/**
 * The first six characters of a hash or more (without e, o, t and u: src/libutil/hash.cc, base32Chars), alone or
 * as a store path begins. Fewer are in some hash by chance, and would show builds that nobody asked for.
 */
const hashStart = /^(?:\/nix\/store\/)?([0-9a-df-np-sv-z]{6,32})(?:-|$)/;

function hashOf(needle: string): string | null {
  return hashStart.exec(needle)?.[1] ?? null;
}

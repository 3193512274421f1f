/** What search and filter look at: the texts by which people know a build or a process. */
import type { Build, BuildProcess } from '../model/model.ts';

/** Case does not matter; an empty needle matches nothing. */
export function buildMatches(build: Build, needle: string): boolean {
  return contains([build.name, build.user, build.now, build.phase, build.drvHash, build.host], needle);
}

export function processMatches(process: BuildProcess, needle: string): boolean {
  return contains([process.comm, process.command, String(process.pid)], needle);
}

function contains(texts: readonly (string | null)[], needle: string): boolean {
  if (needle === '') return false;
  const lower = needle.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(lower) === true);
}

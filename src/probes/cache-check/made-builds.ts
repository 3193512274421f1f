/**
 * What the test of builders brings into stores, here and on builders, and its removal: exactly those paths, named before
 * they are made, and by their names ours. A run that was killed has left the list, and the next one removes what is on it.
 */
import { isFields } from '../../base/fields.ts';
import { orNull } from '../../base/problem.ts';
import { isStorePath, nameOfStorePath } from '../../model/nix-store/store-path.ts';
import { within } from '../check/within.ts';
import { nixCommand } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

export interface MadeBuilds {
  /** Derivations and outputs, in the store of this machine. */
  readonly paths: readonly string[];
  /** On builders. */
  readonly remote: readonly RemotePaths[];
}

export interface RemotePaths {
  readonly address: string;
  readonly paths: readonly string[];
}

/** `nixpulse-check-` and what a run is told apart by. */
export const checkName = 'nixpulse-check-';
const fileName = 'check-builds.json';
const mostBytes = 256 << 10;
/** A garbage collection, or a store with many links, takes its time. */
const removeSec = 60;
const remoteSec = 20;

/** Never of a path that somebody else has made. */
function isOurs(path: unknown): path is string {
  return (
    typeof path === 'string' && isStorePath(path) && nameOfStorePath(path)?.startsWith(checkName) === true
  );
}

export async function readMadeBuilds({ ports, stateDirectory }: ProbeContext): Promise<MadeBuilds | null> {
  if (stateDirectory === undefined) return null;
  const { ownFiles, native } = ports;
  const bounds = { maxBytes: mostBytes, trustedBy: native.uid };
  const text = orNull(await ownFiles.read(`${stateDirectory}/${fileName}`, bounds));
  return text === null ? null : parseMadeBuilds(text);
}

export function parseMadeBuilds(text: string): MadeBuilds | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isFields(value) || !Array.isArray(value['paths']) || !Array.isArray(value['remote'])) return null;
  return {
    paths: value['paths'].filter(isOurs),
    remote: value['remote'].flatMap((row: unknown) => {
      const { address, paths } = isFields(row) ? row : {};
      // It becomes an argument.
      return typeof address === 'string' && /^ssh(?:-ng)?:\/\/[^-]/.test(address) && Array.isArray(paths)
        ? { address, paths: paths.filter(isOurs) }
        : [];
    }),
  };
}

/** Where nothing is to be written a run that is killed leaves what it made. */
export async function keepMadeBuilds(
  made: MadeBuilds,
  { ports: { ownFiles }, stateDirectory }: ProbeContext,
): Promise<void> {
  if (stateDirectory === undefined) return;
  const path = `${stateDirectory}/${fileName}`;
  if (made.paths.length + made.remote.length === 0) await ownFiles.remove(path);
  else await ownFiles.replace(path, JSON.stringify(made));
}

/** What could not be removed. Goes on when the user has cancelled: it has its own bounds. */
export async function removeMadeBuilds(
  { paths, remote }: MadeBuilds,
  { ports, stateDirectory }: ProbeContext,
): Promise<MadeBuilds> {
  const context: ProbeContext = {
    ports,
    stateDirectory,
    cancelled: new AbortController().signal,
    progress() {},
  };
  const [left] = await Promise.all([
    removeHere(paths.filter(isOurs), context),
    ...remote.map((one) => removeThere(one, context)),
  ]);
  // A builder that does not answer today is no reason to ask it for ever: its own collection removes it.
  return { paths: left, remote: [] };
}

async function removeHere(paths: readonly string[], context: ProbeContext): Promise<readonly string[]> {
  const there = await present(paths, context);
  if (there.length === 0) return [];
  const remove = (those: readonly string[]) =>
    within(removeSec * 1000, 'nix-store', context, (bounded) =>
      runProgram(bounded, ['nix-store', '--delete', ...those], { from: 'nix' }),
    );
  await remove(there);
  // One that is in use keeps those behind it.
  const left = await present(there, context);
  if (left.length > 0 && left.length < 8) for (const path of left) await remove([path]);
  return present(left, context);
}

/** With `ssh-ng` only: the old protocol deletes nothing. One by one, for one that is not there keeps the others. */
async function removeThere({ address, paths }: RemotePaths, context: ProbeContext): Promise<void> {
  if (!address.startsWith('ssh-ng://')) return;
  for (const path of paths.filter(isOurs))
    await within(remoteSec * 1000, address, context, (bounded) =>
      runProgram(bounded, [...nixCommand, 'store', 'delete', '--store', address, path], {
        environment: { NIX_SSHOPTS: '-o BatchMode=yes -o ConnectTimeout=5' },
        from: 'nix',
      }),
    );
}

async function present(
  paths: readonly string[],
  { ports: { files } }: ProbeContext,
): Promise<readonly string[]> {
  const there: string[] = [];
  for (const path of paths) {
    const owner = await files.ownerSlow(path, { deadlineMs: 3000 });
    if (owner.ok || owner.problem.kind !== 'gone') there.push(path);
  }
  return there;
}

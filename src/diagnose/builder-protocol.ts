/**
 * How a builder is spoken to. Over `ssh://` (what an entry without `://` is) the log of a build goes through a pipe of 64
 * KiB that nobody empties when the connection is half dead: it stands for ever (NixOS/nix#16437). `ssh-ng://` does not.
 */
import type { Build, Model } from '../model/model.ts';

/** True: `ssh://`. Null: neither its log nor its ssh tells. */
export function buildersLegacy({ log, tree }: Build, { rebuilds }: Pick<Model, 'rebuilds'>): boolean | null {
  const rebuild = log === null ? undefined : rebuilds.find(({ id }) => id === log.rebuild)?.rebuild;
  const address = rebuild?.running.get(log?.drv ?? '')?.host ?? '';
  if (/^ssh:\/\//.test(address)) return true;
  if (/^ssh-ng:\/\//.test(address)) return false;
  const ssh = tree.find(({ comm }) => comm === 'ssh')?.command ?? '';
  if (/nix-store\b.*--serve\b/.test(ssh)) return true;
  return /nix-daemon\b.*--stdio\b/.test(ssh) ? false : null;
}

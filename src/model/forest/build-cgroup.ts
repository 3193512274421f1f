/** The cgroup that a build has for itself (`use-cgroups`, Nix 2.12). */

import { buildUserSlot } from './nix-tools.ts';

/**
 * The part of a cgroup's path that is of the build of this user alone, or null: `/system.slice/nix-daemon.service/
 * nix-build-uid-30001`, named in src/libstore/unix/build/linux-derivation-builder.cc.
 */
export function ownCgroup(path: string, uid: number | null): string | null {
  if (uid === null || uid === 0) return null;
  const steps = path.split('/');
  const own = steps.indexOf(`nix-build-uid-${buildUserSlot(uid)}`);
  return own < 0 || steps.includes('..') ? null : steps.slice(0, own + 1).join('/');
}

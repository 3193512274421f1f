/** The cgroup a build has for itself (`use-cgroups`, Nix 2.12): frozen and killed in one step. */
import { ownCgroup } from '../model/forest/build-cgroup.ts';
import type { ProcessRaw } from '../model/sample.ts';
import { parseCgroup2Mount, parseCgroupPath, parseFrozen } from '../parse/cgroup.ts';
import type { Files } from '../platform/ports.ts';

/** Its directory, or null. */
export function cgroupOf({ pid, uid }: ProcessRaw, files: Pick<Files, 'read'>): string | null {
  const text = files.read(`/proc/${pid}/cgroup`);
  const path = text.ok ? parseCgroupPath(text.value) : null;
  const own = path === null ? null : ownCgroup(path, uid);
  if (own === null) return null;
  const mounts = files.read('/proc/self/mountinfo');
  const mount = mounts.ok ? parseCgroup2Mount(mounts.value) : null;
  return mount === null ? null : mount + own;
}

/** True while all of it stands still: `frozen 1` in cgroup.events. */
export function isFrozen(directory: string, files: Pick<Files, 'read'>): boolean {
  const events = files.read(`${directory}/cgroup.events`);
  return events.ok && parseFrozen(events.value) === true;
}

/** The cgroup a build has for itself (`use-cgroups`, Nix 2.12): frozen and killed in one step. */
import { buildUserSlot } from '../model/forest/nix-tools.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';

/**
 * Directory of the cgroup named after the build user, or null. `0::/system.slice/nix-daemon.service/
 * nix-build-uid-30001` in /proc/<pid>/cgroup: cgroups(7); the name is from
 * src/libstore/unix/build/linux-derivation-builder.cc.
 */
export function cgroupOf({ pid, uid }: ProcessRaw, files: Pick<Files, 'read'>): string | null {
  if (uid === null || uid === 0) return null;
  const text = files.read(`/proc/${pid}/cgroup`);
  const path = text.ok ? /^0::(\/.*)$/m.exec(text.value)?.[1] : undefined;
  if (path === undefined) return null;
  const steps = path.split('/');
  const own = steps.indexOf(`nix-build-uid-${buildUserSlot(uid)}`);
  if (own < 0 || steps.includes('..')) return null;
  const mount = cgroup2Mount(files);
  return mount === null ? null : mount + steps.slice(0, own + 1).join('/');
}

/** True while all of it stands still: `frozen 1` in cgroup.events. */
export function isFrozen(directory: string, files: Pick<Files, 'read'>): boolean {
  const events = files.read(`${directory}/cgroup.events`);
  return events.ok && /^frozen 1$/m.test(events.value);
}

/** `35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw`: proc_pid_mountinfo(5). */
function cgroup2Mount(files: Pick<Files, 'read'>): string | null {
  const text = files.read('/proc/self/mountinfo');
  const row = text.ok ? /^\d+ \d+ \d+:\d+ \/ (\S+) .* - cgroup2 /m.exec(text.value) : null;
  return row?.[1] ?? null;
}

/**
 * Locks of the machine with the names of their files: from the descriptors of who holds them, and from the files in
 * which Nix keeps its own, whose inodes everybody may read.
 */
import { ok, orNull } from '../base/problem.ts';
import { lockFileName } from '../parse/lock-file.ts';
import { parseLocks } from '../parse/locks.ts';
import type { GatherContext, SourceRow } from './source.ts';

const deadlineMs = 300;
const mostHolders = 128;
const mostDescriptors = 256;
/** Directories whose files Nix locks, and files of their own (Nix, src/libstore/{pathlocks,gc,lock}.cc). */
const directories = ['db', 'temproots', 'userpool', 'userpool2', 'current-load', 'profiles'].map(
  (name) => `/nix/var/nix/${name}`,
);
const lockFiles = [
  '/nix/var/nix/gc.lock',
  '/nix/var/nix/gc-socket/socket',
  '/run/nixos/switch-to-configuration.lock',
];
const mostFiles = 300;

export const lockSource: SourceRow = {
  id: 'locks',
  what: 'locks with the files they are on and who holds them or waits',
  from: '/proc/locks joined with /proc/<pid>/fd and /nix/var/nix',
  stage: 'processes',
  timeMs: 6000,
  mostBytes: 1 << 20,
  needs: 'read-all-processes',
  redaction: 'text',
  gather: gatherLocks,
};

async function gatherLocks(context: GatherContext) {
  const { ports, emit, ended, mostBytes, miss } = context;
  const text = await ports.files.readSlow('/proc/locks', { deadlineMs: 2000, maxBytes: mostBytes / 2 });
  if (!text.ok) return text;
  emit({ name: 'proc/locks', body: text.value });
  const locks = parseLocks(text.value);
  const names = new Map<string, string>();
  for (const path of await filesOfNix(context)) await nameOf(context, path, path, names);
  for (const pid of [...new Set(locks.map((lock) => lock.pid))].slice(0, mostHolders)) {
    if (ended.aborted) break;
    const listed = await ports.files.listSlow(`/proc/${pid}/fd`, { deadlineMs });
    if (!listed.ok) {
      if (listed.problem.kind === 'timeout') miss(listed.problem);
      continue;
    }
    for (const number of listed.value.slice(0, mostDescriptors)) {
      if (ended.aborted) break;
      const link = `/proc/${pid}/fd/${number}`;
      const target = await ports.files.linkSlow(link, { deadlineMs });
      if (target.ok && target.value.startsWith('/')) await nameOf(context, link, target.value, names);
    }
  }
  const lines = locks.map(({ pid, file, kind, mode, waiting }) => {
    const comm = orNull(ports.files.read(`/proc/${pid}/comm`))?.trim() ?? '?';
    return `${waiting ? 'waits' : 'holds'} ${kind} ${mode} pid ${pid} (${comm}) ${names.get(file) ?? `inode ${file}`}`;
  });
  if (lines.length > 0) emit({ name: 'processes/locks.txt', body: `${lines.join('\n')}\n` });
  return ok(undefined);
}

async function nameOf(
  { ports }: GatherContext,
  link: string,
  path: string,
  names: Map<string, string>,
): Promise<void> {
  const owner = await ports.files.ownerSlow(link, { deadlineMs, follow: true });
  if (owner.ok) names.set(lockFileName(owner.value.device, owner.value.inode), path);
}

async function filesOfNix({ ports }: GatherContext): Promise<readonly string[]> {
  const found = [...lockFiles];
  for (const directory of directories) {
    const listed = await ports.files.listSlow(directory, { deadlineMs });
    if (listed.ok) found.push(...listed.value.map((name) => `${directory}/${name}`));
  }
  return found.slice(0, mostFiles);
}

/** What the environment says: where our files are kept, and who we are. */
import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `bin/nixpulse`, or who packaged it, sets for us and for no program that we start. */
export const launcherSettings = [
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TRIM_THRESHOLD_',
  'NIXPULSE_NODE',
  'NIXPULSE_SESSION_NICE',
];

/** XDG Base Directory Specification: a relative path counts as none. */
export function stateDirectory({ XDG_STATE_HOME, HOME }: Environment): string {
  const base = XDG_STATE_HOME?.startsWith('/') ? XDG_STATE_HOME : `${HOME || ''}/.local/state`;
  return `${base.replace(/\/+$/, '')}/nixpulse`;
}

/** `asked`: --dir. Root records the machine, not a user's session: /var/lib, unless told otherwise. */
export function recordingsDirectory(asked: string | null, environment: Environment, uid: number): string {
  if (asked !== null) return resolve(asked);
  if (uid === 0 && !environment['XDG_STATE_HOME']?.startsWith('/')) return '/var/lib/nixpulse';
  return `${stateDirectory(environment)}/recordings`;
}

/** `ada`, `root for ada`: who asked, not only as whom. */
export function userName({ USER, LOGNAME, SUDO_USER, DOAS_USER }: Environment, uid: number): string {
  const name = uid === 0 ? 'root' : USER || LOGNAME || `uid ${uid}`;
  const asker = SUDO_USER || DOAS_USER;
  return asker && asker !== name ? `${name} for ${asker}` : name;
}

/** Where recordings are kept. */
import { resolve } from 'node:path';
import { stateDirectory } from '../perform/means.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `asked`: --dir. Root records the machine, not a user's session: /var/lib, unless told otherwise. */
export function recordingsDirectory(asked: string | null, environment: Environment, uid: number): string {
  if (asked !== null) return resolve(asked);
  if (uid === 0 && !environment['XDG_STATE_HOME']?.startsWith('/')) return '/var/lib/nixpulse';
  return `${stateDirectory(environment)}/recordings`;
}

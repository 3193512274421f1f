/** A message on the desktops of who is logged in: by notify-send(1), as root to each session bus as its user. */
import type { Files } from '../../platform/ports.ts';
import type { Environment } from '../environment.ts';
import type { Program } from './programs.ts';

export interface Message {
  readonly title: string;
  readonly text: string;
  readonly urgent: boolean;
}

/** `/run/user/<uid>`: pam_systemd(8). */
const runtimeDirectories = '/run/user';
const mostDesktops = 8;
/** nogroup: the bus asks for the user alone (SO_PEERCRED, EXTERNAL). */
const noGroup = '65534';

export async function desktopPrograms(
  message: Message,
  {
    files,
    uid,
    environment,
  }: {
    readonly files: Pick<Files, 'listSlow' | 'ownerSlow'>;
    readonly uid: number;
    readonly environment: Environment;
  },
): Promise<readonly Program[]> {
  const send = [
    'notify-send',
    '--app-name=nixpulse',
    `--urgency=${message.urgent ? 'critical' : 'normal'}`,
    '--',
    message.title,
    // The specification lets a text have markup.
    message.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  ] as const;
  if (uid !== 0) {
    const bus = environment['DBUS_SESSION_BUS_ADDRESS'] ?? busOf(uid);
    return [{ command: send, environment: { DBUS_SESSION_BUS_ADDRESS: bus } }];
  }
  const listed = await files.listSlow(runtimeDirectories);
  const uids = (listed.ok ? listed.value : []).filter((name) => /^[1-9]\d*$/.test(name));
  const there = await Promise.all(uids.slice(0, mostDesktops).map(hasBus));
  return there.flatMap((user): readonly Program[] => {
    if (user === null) return [];
    const as = ['setpriv', `--reuid=${user}`, `--regid=${noGroup}`, '--clear-groups', '--'] as const;
    return [{ command: [...as, ...send], environment: { DBUS_SESSION_BUS_ADDRESS: busOf(Number(user)) } }];
  });

  /** One whose directory is his own. */
  async function hasBus(user: string): Promise<string | null> {
    const bus = await files.ownerSlow(`${runtimeDirectories}/${user}/bus`);
    return bus.ok && bus.value.uid === Number(user) ? user : null;
  }
}

function busOf(uid: number): string {
  return `unix:path=${runtimeDirectories}/${uid}/bus`;
}

/** Units of systemd that are not stopped to make room: what a rebuild, the boot, or whoever sits there needs. Pure. */

/** What a unit without a type is, and those that can be started again by themselves. */
const types = ['service', 'socket', 'timer', 'path'] as const;

/** `postgresql` is `postgresql.service`. Null: it is no unit that can be stopped and started like one. */
export function stoppableUnit(name: string): string | null {
  if (!/^[A-Za-z0-9:_.@\\-]{1,250}$/.test(name) || name.startsWith('-') || name.startsWith('.')) return null;
  const type = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/.exec(
    name,
  )?.[1];
  if (type === undefined) return `${name}.service`;
  return types.some((one) => one === type) ? name : null;
}

const needed: readonly (readonly [RegExp, string])[] = [
  [/^nix-daemon(?:@|$)/, 'Nix builds with it'],
  [/^(?:nixpulse|earlyoom|nohang)/, 'it guards the machine'],
  [/^(?:systemd-|init|initrd|emergency|rescue)/, 'the machine runs by it'],
  [/^(?:dbus|dbus-broker|polkit)$/, 'the machine runs by it'],
  [/^(?:sshd|ssh)(?:@|$|-)/, 'who came by ssh would be locked out'],
  [
    /^(?:getty|serial-getty|autovt|console-getty|user|user-runtime-dir)(?:@|$)/,
    'somebody is logged in by it',
  ],
  [
    /^(?:NetworkManager|dhcpcd|dhclient|connman|wpa_supplicant|iwd|network-|networking|wg-quick|wireguard|tailscaled)/,
    'a rebuild needs the network',
  ],
  [/^(?:nscd|nsncd|resolvconf|dnsmasq|unbound|bind|kresd)(?:@|$)/, 'a rebuild needs names'],
  [/^(?:nixos-|kmod|lvm2|dm-event|mdmonitor|zfs|multipathd|cryptsetup|modprobe)/, 'the boot needs it'],
];
const desktops = /^(?:display-manager|gdm|sddm|lightdm|greetd|ly|xdm)$/;

export interface UnitScene {
  /** Units that we run in ourselves: of /proc/self/cgroup. */
  readonly own: readonly string[];
  /** We run on a desktop. */
  readonly desktop: boolean;
}

/** Why a unit is left alone; null: it may be stopped. */
export function whyNeeded(unit: string, { own, desktop }: UnitScene): string | null {
  const name = unit.replace(/\.(?:service|socket|timer|path)$/, '');
  if (own.includes(unit)) return 'this very command runs in it';
  if (desktop && desktops.test(name)) return 'this very desktop is its';
  return needed.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** `0::/system.slice/a.service/x` of /proc/self/cgroup. */
export function unitsOfCgroups(text: string): readonly string[] {
  const parts = text.split('\n').flatMap((line) => line.split(':').slice(2).join(':').split('/'));
  return [...new Set(parts.filter((part) => /\.(?:service|scope|socket)$/.test(part)))];
}

/** What ZFS needs on the target: its module for the kernel that runs, and a host id. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Target } from '../../model/advice/deploy-target.ts';
import type { WantedSystem } from '../../model/advice/wanted-system.ts';
import { wayOf } from './way.ts';

/** Only an installer needs it before the configuration brings its own; kexec brings another kernel. */
export function zfsItem(target: Target, { zfs, zfsVersion }: WantedSystem): CheckItem | null {
  if (zfs !== true) return null;
  const way = wayOf(target);
  const { kernelVersion, zfs: module } = target;
  const found = way === 'kexec' ? null : (module?.found ?? null);
  const state = found === null ? 'unknown' : found || way === 'switch' ? 'ok' : 'failed';
  const version = way === 'kexec' ? null : (module?.version ?? null);
  return {
    id: 'zfs-module',
    subject: null,
    state,
    found: { kind: 'zfs-module', way, kernelVersion, wantedVersion: zfsVersion, found, version },
  };
}

/** Another id than that of the system which has the pool now: it is not imported at the next boot without force. */
export function hostIdItem(target: Target | null, { zfs, hostId }: WantedSystem): CheckItem | null {
  if (zfs !== true) return null;
  const isKept = target !== null && wayOf(target) === 'switch' && target.zfs?.loaded === true;
  const present = isKept ? target.hostId : null;
  const isSet = hostId !== null && /^[0-9a-f]{8}$/i.test(hostId);
  const differs = present !== null && hostId?.toLowerCase() !== present;
  return {
    id: 'host-id',
    subject: null,
    state: !isSet ? 'failed' : differs ? 'warning' : 'ok',
    found: { kind: 'host-id', wanted: hostId, target: present },
  };
}

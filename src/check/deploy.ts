/** The items of `check deploy`, in the order in which a deployment meets them. */
import { type Problem, problem } from '../base/problem.ts';
import type { CheckItem, ItemId } from '../model/advice/check.ts';
import type { DeployFacts } from '../model/advice/deploy-facts.ts';
import type { Target } from '../model/advice/deploy-target.ts';
import type { WantedSystem } from '../model/advice/wanted-system.ts';
import { bootItems, firmwareItem, passphraseItem } from './deploy/boot.ts';
import { pinged, reached } from './deploy/connection.ts';
import { busyItems, credstoreItem, deviceItems, diskoItem, spaceItem } from './deploy/disks.ts';
import { hostNameItem, keysItem, sshdItem } from './deploy/login.ts';
import { memoryItem } from './deploy/memory.ts';
import { clockItem, minFreeItem, networkItem, trustItem } from './deploy/nix.ts';
import { configurationItem, localStore } from './deploy/source.ts';
import { architectureItem, rootItem, systemItem } from './deploy/system.ts';
import { hostIdItem, zfsItem } from './deploy/zfs.ts';
import { leftOut, unseen } from './unseen.ts';

/** Null: it does not apply. */
type Found = CheckItem | null | readonly CheckItem[];

export function deployItems(facts: DeployFacts): readonly CheckItem[] {
  const { host, reach, ping, target, clockAheadSec, configuration, keys, localStore: store } = facts;
  const ssh = reach.ok ? reached(host, reach.value) : unseen('ssh', host, reach.problem);
  const wanted = configuration?.ok ? configuration.value.system : null;
  const evaluated = configuration?.ok ? configuration.value.run.configuration : '';

  /** Of what cannot be looked at there is one item, which says why. */
  function needing(
    id: ItemId,
    missing: Problem | 'left-out' | null,
    look: () => Found,
  ): readonly CheckItem[] {
    if (missing === 'left-out') return [leftOut(id)];
    if (missing !== null) return [unseen(id, null, missing)];
    const found = look();
    return found === null ? [] : 'id' in found ? [found] : found;
  }
  const noTarget = target.ok ? null : target.problem;
  const noSystem =
    configuration === null
      ? 'left-out'
      : !configuration.ok
        ? configuration.problem
        : wanted === null
          ? problem('unsupported', evaluated, 'it does not evaluate')
          : null;
  const onTarget = (id: ItemId, look: (seen: Target) => Found) =>
    needing(id, noTarget, () => (target.ok ? look(target.value) : null));
  const ofSystem = (id: ItemId, look: (system: WantedSystem) => Found) =>
    needing(id, noSystem, () => (wanted === null ? null : look(wanted)));
  const ofBoth = (id: ItemId, look: (seen: Target, system: WantedSystem) => Found) =>
    needing(id, noSystem === 'left-out' ? noSystem : (noTarget ?? noSystem), () =>
      target.ok && wanted !== null ? look(target.value, wanted) : null,
    );
  const said = (id: ItemId, item: Found) =>
    item ?? unseen(id, null, problem('unsupported', host, 'it does not say'));

  return [
    ping.ok ? pinged(ping.value, ssh) : unseen('ping', null, ping.problem),
    ssh,
    ...needing(
      'configuration',
      configuration === null ? 'left-out' : configuration.ok ? null : configuration.problem,
      () => (configuration?.ok ? configurationItem(configuration.value) : null),
    ),
    ...needing('local-store', store.ok ? null : store.problem, () =>
      store.ok ? localStore(store.value.freeBytes) : null,
    ),
    ...onTarget('target-root', (seen) => said('target-root', rootItem(seen))),
    ...onTarget('target-system', systemItem),
    ...ofBoth('architecture', ({ machine }, { system }) =>
      said('architecture', machine === null || system === null ? null : architectureItem(machine, system)),
    ),
    ...onTarget('target-memory', (seen) => said('target-memory', memoryItem(seen, wanted?.zfs ?? null))),
    ...onTarget('target-space', (seen) => said('target-space', spaceItem(seen, wanted))),
    ...ofBoth('disko', diskoItem),
    ...ofBoth('target-device', deviceItems),
    ...ofBoth('target-busy', busyItems),
    ...onTarget('credstore', (seen) => credstoreItem(seen, wanted)),
    ...ofBoth('zfs-module', zfsItem),
    ...ofSystem('host-id', (system) => hostIdItem(target.ok ? target.value : null, system)),
    ...ofBoth('firmware', ({ firmware }, system) =>
      firmware === null ? said('firmware', null) : firmwareItem(firmware, system),
    ),
    ...onTarget('target-boot', (seen) => bootItems(seen, wanted)),
    ...ofSystem('login-keys', (system) => keysItem(system, keys)),
    ...ofSystem('login-sshd', sshdItem),
    ...ofSystem('host-name', (system) => hostNameItem(system, evaluated)),
    ...ofBoth('boot-passphrase', passphraseItem),
    ...onTarget('target-network', (seen) => said('target-network', networkItem(seen))),
    ...onTarget('target-clock', () =>
      said('target-clock', clockAheadSec === null ? null : clockItem(clockAheadSec)),
    ),
    ...onTarget('target-trust', trustItem),
    ...onTarget('target-min-free', minFreeItem),
  ];
}

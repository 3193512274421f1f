/** What would be dead in the store if roots were removed: one look for all steps, made anew when one has acted. */
import { type GarbageLook, lookForGarbage } from '../../nix-store/estimate-garbage.ts';
import type { Ports } from '../../platform/ports.ts';
import { within } from '../../probes/check/within.ts';
import { probing } from '../probing.ts';
import type { RecoverContext } from '../step.ts';

/** A store of 100,000 paths takes some seconds; a disk that is full and slow, minutes. */
const patienceMs = 60_000;
const looks = new WeakMap<Ports, Promise<GarbageLook | null>>();

/** Null: not known. */
export function garbageNow(context: RecoverContext): Promise<GarbageLook | null> {
  const { ports, report } = context;
  let look = looks.get(ports);
  if (look === undefined) {
    report({ text: 'looks what keeps the store' });
    look = within(patienceMs, 'nix-store', probing(context), ({ cancelled }) =>
      lookForGarbage({ ports, cancelled }),
    ).then((result) => (result.ok ? result.value : null));
    looks.set(ports, look);
  }
  return look;
}

export function forgetGarbage({ ports }: Pick<RecoverContext, 'ports'>): void {
  looks.delete(ports);
}

/**
 * Whether another kernel and initrd fit on the partition of the boot loader. Both boot loaders of NixOS write beside what
 * is there, under a name of its own, before they remove anything (systemd-boot-builder.py, install-grub.pl), so that what
 * lies there of deleted generations counts as taken.
 */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { nameOfDerivation, nameOfStorePath } from '../../model/nix-store/store-path.ts';
import { unseen } from '../unseen.ts';
import { planIn } from './plan.ts';

/** Kernel and initrd of a usual NixOS, where those of this one are not known. */
const usualPairBytes = 50 * 1024 ** 2;

export function bootItems(facts: Pick<RebuildFacts, 'boot' | 'dryRun'>): readonly CheckItem[] {
  const { boot } = facts;
  if (boot === null) return [];
  const { mountPoint, freeBytes, pairBytes, coming, stale, temporaryFiles } = boot;
  if (freeBytes === null) return [unseen('boot', mountPoint, { kind: 'timeout', where: mountPoint })];
  const missingBytes = coming?.missingBytes ?? null;
  // What is not built yet is about as large as what runs.
  const neededBytes = missingBytes ?? coming?.bytes ?? pairBytes ?? usualPairBytes;
  const newKernel = missingBytes === null ? bringsKernel(facts) : missingBytes > 0;
  const measured = coming !== null || pairBytes !== null;
  return [
    {
      id: 'boot',
      subject: mountPoint,
      state: stateOf(freeBytes, neededBytes, newKernel),
      found: {
        kind: 'boot',
        ...{ mountPoint, freeBytes, neededBytes, measured, newKernel, temporaryFiles },
        ...{ staleFiles: stale?.files ?? null, staleBytes: stale?.bytes ?? null },
      },
    },
  ];
}

function stateOf(freeBytes: number, neededBytes: number, newKernel: boolean | null): CheckState {
  // Entries of the menu are written in any case.
  if (freeBytes < 64 * 1024) return 'failed';
  if (freeBytes >= neededBytes || newKernel === false) return 'ok';
  return newKernel === true ? 'failed' : 'warning';
}

/** `initrd-linux-6.12.30` is built anew with every kernel and with what else lies in it. linux-firmware is none. */
const kernelName =
  /^(?:initrd-linux-.*|linux(?:-(?:zen|xanmod|lqx|hardened|libre|rt|rpi|asahi))?-\d[\w.]*(?:-rc\d+)?)$/;

/** Null: there is no plan, or all of it is built and nobody knows whether it lies there. */
function bringsKernel(facts: Pick<RebuildFacts, 'dryRun' | 'boot'>): boolean | null {
  const plan = planIn(facts);
  if (plan === null || facts.boot?.coming != null) return null;
  return (
    plan.builds.some(({ drv }) => kernelName.test(nameOfDerivation(drv))) ||
    plan.fetches.some((path) => kernelName.test(nameOfStorePath(path) ?? ''))
  );
}

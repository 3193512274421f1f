/** Whether it will start: firmware, room for kernel and initrd, and what the console will ask for. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Firmware, Target } from '../../model/advice/deploy-target.ts';
import type { WantedSystem } from '../../model/advice/wanted-system.ts';
import { wayOf } from './way.ts';

const MiB = 1024 ** 2;
/** A kernel with its initrd takes 40 to 150 MB, and one is written before another is deleted. */
const leastNewBytes = 100 * MiB;
const wantedNewBytes = 256 * MiB;

/** A boot loader of the BIOS starts where EFI emulates one, which not all do. */
export function firmwareItem({ efi, bits }: Firmware, { loader, system }: WantedSystem): CheckItem | null {
  if (loader.efi === null) return null;
  const isNarrow = bits === 32 && system !== null && /^(?:x86_64|aarch64)-/.test(system);
  const state =
    loader.efi && !efi ? 'failed' : loader.efi !== efi || (loader.efi && isNarrow) ? 'warning' : 'ok';
  return {
    id: 'firmware',
    subject: null,
    state,
    found: { kind: 'firmware', efi, bits, wantsEfi: loader.efi, loader: loader.kind },
  };
}

/** The partition that will be made, or the one that is there. */
export function bootItems(target: Target, wanted: WantedSystem | null): readonly CheckItem[] {
  return wayOf(target) === 'switch' ? presentBoot(target, wanted) : newBoot(wanted);
}

function newBoot(wanted: WantedSystem | null): readonly CheckItem[] {
  return (wanted?.disks ?? []).flatMap(({ device, espSizes }) =>
    espSizes.flatMap((text): readonly CheckItem[] => {
      const bytes = sizeOf(text);
      if (bytes === null) return [];
      return [
        {
          id: 'target-boot',
          subject: device,
          state: bytes < leastNewBytes ? 'failed' : bytes < wantedNewBytes ? 'warning' : 'ok',
          found: { kind: 'target-boot', place: device, freeBytes: bytes, isNew: true, neededBytes: null },
        },
      ];
    }),
  );
}

/** `512M`, `1G`, `1GiB`: sgdisk(8) counts in powers of 1024. Null: a share of the disk. */
export function sizeOf(text: string): number | null {
  const [, number, unit] = /^(\d{1,9}(?:\.\d+)?)\s*([KMGT])(?:i?B)?$/i.exec(text.trim()) ?? [];
  if (number === undefined || unit === undefined) return null;
  return Number(number) * 1024 ** ('KMGT'.indexOf(unit.toUpperCase()) + 1);
}

function presentBoot({ rooms, bootBytes }: Target, wanted: WantedSystem | null): readonly CheckItem[] {
  const place = wanted?.loader.mountPoint ?? '/boot';
  const room = rooms.find(({ path }) => path === place) ?? rooms.find(({ path }) => path === '/boot');
  if (room === undefined || bootBytes === null) return [];
  const { freeBytes, mountPoint } = room;
  return [
    {
      id: 'target-boot',
      subject: mountPoint,
      state: freeBytes < bootBytes ? 'failed' : freeBytes < 2 * bootBytes ? 'warning' : 'ok',
      found: { kind: 'target-boot', place: mountPoint, freeBytes, isNew: false, neededBytes: bootBytes },
    },
  ];
}

/** Nobody who is not at the console gives it, unless a TPM does or the initrd has an sshd. */
export function passphraseItem(
  { hasTpm }: Target,
  { asksAtBoot, initrdSsh }: WantedSystem,
): CheckItem | null {
  if (asksAtBoot === null) return null;
  const found = { asks: asksAtBoot, tpm: hasTpm, initrdSsh: initrdSsh === true };
  return {
    id: 'boot-passphrase',
    subject: null,
    state: found.asks && !found.tpm && !found.initrdSsh ? 'warning' : 'ok',
    found: { kind: 'boot-passphrase', ...found },
  };
}

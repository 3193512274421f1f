/** Which systems were booted, by the kernel's own line of its command line in the journal (`journalctl -o json`). */
import { parseJsonObject } from '../base/fields.ts';

export interface BootRecord {
  /** `/nix/store/…-nixos-system-box-24.11`. */
  readonly storePath: string;
  /** Unix ms. */
  readonly atMs: number;
}

/** For `journalctl --grep`: x86 says `Command line:`, others `Kernel command line:`. */
export const bootLine = 'ommand line: .*init=/nix/store/';

/** `Command line: initrd=\EFI\nixos\… init=/nix/store/<hash>-nixos-system-box-24.11/init loglevel=4`. */
export function parseBootRecord(line: string): BootRecord | null {
  const entry = parseJsonObject(line);
  const message = entry?.['MESSAGE'];
  const usec = Number(entry?.['__REALTIME_TIMESTAMP']);
  if (typeof message !== 'string' || !Number.isFinite(usec)) return null;
  const storePath = bootedSystemOf(message);
  return storePath === null ? null : { storePath, atMs: usec / 1000 };
}

/** Of a command line of the kernel, as /proc/cmdline has it, too. */
export function bootedSystemOf(commandLine: string): string | null {
  return /(?:^|\s)init=(\/nix\/store\/[^/\s]+)\/init(?=\s|$)/.exec(commandLine)?.[1] ?? null;
}

/** The words of what is short: a row per kind of cause. */

import { bytesText } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { baseName, oneLine } from '../base/text.ts';
import type { Shortage, ShortageCause } from '../model/model.ts';

type Words = {
  readonly [Kind in ShortageCause['kind']]: (cause: Extract<ShortageCause, { kind: Kind }>) => string;
};

const words: Words = {
  pressure: ({ resource, line, percent }) =>
    `${resource === 'irq' ? 'interrupts ' : ''}${line} ${Math.round(percent)}%`,
  limit: ({ line, percent, cgroup, limitBytes }) =>
    `${line} ${Math.round(percent)}%, ${cgroupName(cgroup)} at its limit of ${bytesText(limitBytes)}`,
  stall: ({ device, stalledSec }) =>
    device === null ? 'a disk stalled' : `${device} STALLED ${(stalledSec ?? 0).toFixed(1)}s`,
  space: (cause) => `${usedText(cause)}, ${bytesText(cause.availableBytes)} free`,
  inodes: ({ path, freeInodesPercent }) => `${path} ${Math.floor(freeInodesPercent)}% of inodes free`,
};

/** The unit: `nix-daemon.service`. */
export function cgroupName(path: string): string {
  return oneLine(baseName(path));
}

/** `/nix 99% used`. */
export function usedText({ path, usedPercent }: Extract<ShortageCause, { kind: 'space' }>): string {
  return `${path} ${Math.floor(usedPercent)}% used`;
}

/** One clause: `full 63%`, `nvme0n1 STALLED 2.1s`, `/nix 99% used, 410 MB free`. */
export function causeText<Cause extends ShortageCause>(cause: Cause): string {
  return (words[cause.kind] as (cause: Cause) => string)(cause);
}

/** `memory critical (full 63%)`. */
export function shortageText({
  resource,
  level,
  cause,
}: Pick<Shortage, 'resource' | 'level' | 'cause'>): string {
  return `${resource} ${level} (${causeText(cause)})`;
}

/** `memory critical 2:13`: what, how bad, since when it is so bad. */
export function shortageTitle({ resource, level, levelSinceMs }: Shortage, monotonicMs: number): string {
  return `${resource} ${level} ${formatDuration((monotonicMs - levelSinceMs) / 1000)}`;
}

/** The words of what is short: a row per kind of cause. */

import { bytesText } from '../base/bytes.ts';
import { formatDuration, lengthText } from '../base/duration.ts';
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

const scarce: Readonly<Record<Exclude<Shortage['resource'], 'space'>, string>> = {
  memory: 'memory is short',
  io: 'disks cannot keep up',
  cpu: 'the CPUs cannot keep up',
};

/** `some` and `full` of PSI as they are defined (Documentation/accounting/psi.rst). */
const waiters = { some: 'something waits for', full: 'everything waits for' } as const;

const sentences: Words = {
  pressure: ({ resource, line, percent }) => {
    const what = { memory: 'it', io: 'them', cpu: 'one', irq: 'interrupts' }[resource];
    return `${waiters[line]} ${what} ${Math.round(percent)}% of the time`;
  },
  limit: ({ line, percent, cgroup, limitBytes }) =>
    `${waiters[line]} it ${Math.round(percent)}% of the time; ${cgroupName(cgroup)} is at its limit of ${bytesText(limitBytes)}`,
  stall: ({ device, stalledSec }) =>
    device === null
      ? 'one has just stalled'
      : `${device} has finished no request for ${lengthText((stalledSec ?? 0) * 1000)}`,
  space: ({ path, usedPercent, availableBytes }) =>
    `${path} is ${Math.floor(usedPercent)}% full, ${bytesText(availableBytes)} free`,
  inodes: ({ path, freeInodesPercent }) => `${path} has ${Math.floor(freeInodesPercent)}% of its inodes free`,
};

/** The same for whoever knows no PSI: `the CPUs cannot keep up for 5 min: something waits for one 66% of the time`. */
export function shortageSentence({ resource, cause, levelSinceMs }: Shortage, monotonicMs: number): string {
  const what = (sentences[cause.kind] as (cause: ShortageCause) => string)(cause);
  const ms = monotonicMs - levelSinceMs;
  const since = ms < 10_000 ? '' : ` for ${lengthText(ms)}`;
  return resource === 'space'
    ? `${what}${since === '' ? '' : `,${since}`}`
    : `${scarce[resource]}${since}: ${what}`;
}

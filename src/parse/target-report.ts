/**
 * What the target of a deployment prints about itself (probes/check/target-script.ts). `== name` begins a part, its lines
 * stand behind one blank; what a shell prints on its own before or between them is neither and is left out.
 */
import { fail, ok, type Result } from '../base/problem.ts';
import { withoutCommands } from '../base/text.ts';
import type {
  Account,
  DeviceLink,
  Target,
  TargetCache,
  TargetMemory,
  TargetNix,
  TargetRoom,
} from '../model/advice/deploy-target.ts';
import { parseMounts, parseSwaps } from './mountinfo-mounts.ts';
import { rowNumber } from './row-number.ts';
import { parseTargetDisks, parseTargetPools, parseTargetZfs } from './target-disks.ts';

/** Names of parts with their lines. */
type Parts = ReadonlyMap<string, readonly string[]>;

/** The first line of a report; another form of it would have another number. */
export const reportBegins = 'nixpulse target 1';

/** `malformed` where it never began; a report that was cut counts as far as it came. */
export function parseTargetReport(lines: readonly string[], host: string): Result<Target> {
  const begin = lines.indexOf(reportBegins);
  if (begin < 0) return fail('malformed', host, 'its shell did not run what it was asked');
  const parts = partsOf(lines.slice(begin + 1));
  const part = (name: string) => parts.get(name) ?? [];
  const [kernelName = null, machine = null, kernelVersion = null] = part('kernel');
  return ok({
    account: accountOf(part('account')),
    distribution: releaseField('ID', part('release')),
    variant: releaseField('VARIANT_ID', part('release')),
    kernelName,
    machine,
    kernelVersion,
    container: wordOf(part('container')[0]),
    tools: part('tools'),
    memory: memoryOf(part('memory')),
    mounts: parseMounts(rows(part('mounts'))).map(({ mountPoint, type, source }) => ({
      mountPoint,
      type,
      source,
    })),
    rooms: part('rooms').flatMap(roomOf),
    disks: parseTargetDisks(part('disks')),
    links: part('links').flatMap(linkOf),
    swaps: parseSwaps(rows(part('swaps'))),
    pools: parseTargetPools(part('pools')),
    zfs: parseTargetZfs(part('zfs')),
    firmware: firmwareOf(part('firmware')),
    hasTpm: part('firmware').includes('tpm'),
    hostId: /^[0-9a-f]{8}$/.exec(part('hostid')[0] ?? '')?.[0] ?? null,
    timeSec: numberOf(part('time')[0]),
    nix: nixOf(part('nix')),
    caches: part('caches').flatMap(cacheOf),
    bootBytes: bootBytesOf(part('boot')),
  });
}

/** The first of two parts with one name counts. */
function partsOf(lines: readonly string[]): Parts {
  const parts = new Map<string, string[]>();
  let current: string[] | null = null;
  for (const line of lines) {
    const name = /^== (\w+)$/.exec(line)?.[1];
    if (name !== undefined) {
      if (name === 'end') break;
      current = parts.has(name) ? [] : ([] as string[]);
      if (!parts.has(name)) parts.set(name, current);
    } else if (line.startsWith(' ')) current?.push(withoutCommands(line.slice(1)));
  }
  return parts;
}

function rows(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function wordOf(text: string | undefined): string | null {
  return text?.trim() || null;
}

/** A whole number that is all of the text. */
export function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,20}$/.test(text.trim()) ? Number(text) : null;
}

/** `1000 alice sudo`, then the groups: id(1). */
function accountOf([first = '', groups = '']: readonly string[]): Account | null {
  const [, uid, name, how] = /^(\d+) (\S+) (root|sudo|doas|none)$/.exec(first) ?? [];
  if (uid === undefined || name === undefined) return null;
  const privilege = how === 'root' || how === 'sudo' || how === 'doas' ? how : null;
  return { uid: Number(uid), name, groups: groups.split(' ').filter((group) => group !== ''), privilege };
}

/** `ID=nixos`, `VARIANT_ID="installer"`: os-release(5). */
function releaseField(name: string, lines: readonly string[]): string | null {
  const line = lines.find((one) => one.startsWith(`${name}=`));
  return wordOf(line?.slice(name.length + 1).replace(/^(["'])(.*)\1$/, '$2'));
}

function memoryOf(lines: readonly string[]): TargetMemory | null {
  const text = rows(lines);
  const [total, available, swap] = ['MemTotal:', 'MemAvailable:', 'SwapTotal:'].map((name) =>
    rowNumber(text, name),
  );
  if (total == null || available == null) return null;
  return { totalBytes: total * 1024, availableBytes: available * 1024, swapBytes: (swap ?? 0) * 1024 };
}

/** The path, then a row of `df -Pk`: `/boot /dev/vda1 523248 100 523148 1% /boot`; the source may have blanks. */
function roomOf(line: string): readonly TargetRoom[] {
  const [, path, total, free, mountPoint] =
    /^(\S+) .*?\s(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line) ?? [];
  if (path === undefined || mountPoint === undefined) return [];
  return [
    { path, mountPoint, totalBytes: Number(total) * 1024, freeBytes: Math.max(0, Number(free)) * 1024 },
  ];
}

/** `/dev/sda /dev/disk/by-id/…`. */
function linkOf(line: string): readonly DeviceLink[] {
  const [, device, path] = /^(\/dev\/\S+) (\/dev\/.+)$/.exec(line) ?? [];
  return device === undefined || path === undefined ? [] : [{ device, path }];
}

function firmwareOf(lines: readonly string[]): Target['firmware'] {
  if (!lines.includes('asked')) return null;
  const efi = lines.find((line) => line === 'efi' || line.startsWith('efi '));
  const bits = numberOf(efi?.slice(4));
  return { efi: efi !== undefined, bits: bits === 32 || bits === 64 ? bits : null };
}

/** `nix (Nix) 2.34.8`, then rows of `nix config show`: `min-free = 0`. Null: there is no Nix. */
function nixOf(lines: readonly string[]): TargetNix | null {
  const [first] = lines;
  if (first === undefined) return null;
  const settings = new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^([a-z-]+) = ?(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  return {
    version: /\d+\.\d+\S*/.exec(first)?.[0] ?? null,
    trustedUsers: settings.get('trusted-users')?.split(/\s+/).filter(Boolean) ?? null,
    minFreeBytes: numberOf(settings.get('min-free')),
    maxFreeBytes: numberOf(settings.get('max-free')),
  };
}

/** `200 https://cache.nixos.org`; 0 or 000: no answer. A password in an address is nobody's business. */
function cacheOf(line: string): readonly TargetCache[] {
  const [, status, url] = /^(\d{1,3}) (https?:\/\/\S+)$/.exec(line) ?? [];
  if (status === undefined || url === undefined) return [];
  return [{ url: url.replace(/\/\/[^/]*@/, '//'), httpStatus: Number(status) || null }];
}

/** Both must be known: one of them alone says too little. */
function bootBytesOf(lines: readonly string[]): number | null {
  const [kernel, initrd] = ['kernel', 'initrd'].map((name) =>
    numberOf(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)),
  );
  return kernel == null || initrd == null ? null : kernel + initrd;
}

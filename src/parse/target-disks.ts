/** Disks, pools and the ZFS module of a target, as probes/check/target-script.ts prints them. */
import type { TargetDisk, TargetPool, ZfsModule } from '../model/advice/deploy-target.ts';

/**
 * `disk sda1 204800 0 sda`: name, sectors of 512 bytes whatever the disk has, read-only, the disk that it is a part of
 * or `-` (names as the kernel makes them: they are put into lines of configuration); `model sda …`, `below dm-0 sda2`, `mapping dm-0 credstore`, `id dm-0 CRYPT-LUKS2-…` belong to one before it.
 */
export function parseTargetDisks(lines: readonly string[]): readonly TargetDisk[] {
  const disks = new Map<string, TargetDisk>();
  for (const line of lines) {
    const [, kind, name, rest] = /^(disk|model|below|mapping|id) ([\w.!-]+) (.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    const known = disks.get(name);
    if (kind === 'disk' && known === undefined) {
      const disk = diskOf(name, rest);
      if (disk !== null) disks.set(name, disk);
    } else if (known !== undefined) disks.set(name, { ...known, ...detailOf(kind, rest.trim(), known) });
  }
  return [...disks.values()];
}

function diskOf(name: string, rest: string): TargetDisk | null {
  const [, sectors, readOnly, partOf] = /^(\d{1,18}) ([01]) (\S+)$/.exec(rest) ?? [];
  if (sectors === undefined) return null;
  return {
    name,
    bytes: Number(sectors) * 512,
    readOnly: readOnly === '1',
    partOf: partOf === undefined || partOf === '-' ? null : partOf,
    model: null,
    below: [],
    mapping: null,
    mappingId: null,
  };
}

function detailOf(kind: string | undefined, text: string, { below }: TargetDisk): Partial<TargetDisk> {
  switch (kind) {
    case 'model':
      return { model: text || null };
    case 'below':
      return { below: [...below, text] };
    case 'mapping':
      return { mapping: text || null };
    case 'id':
      return { mappingId: text || null };
    default:
      return {};
  }
}

/** `zpool list -v -H -L -P`: a pool begins a row, its members stand behind a tab, with their full path. */
export function parseTargetPools(lines: readonly string[]): readonly TargetPool[] {
  const pools: { name: string; members: string[] }[] = [];
  for (const line of lines) {
    const [first = '', second = ''] = line.split('\t');
    if (first.trim() !== '') pools.push({ name: first.trim(), members: [] });
    else if (second.startsWith('/dev/')) pools.at(-1)?.members.push(second);
  }
  return pools;
}

/** `loaded 2.3.4-1`, `found 2.3.4-1`; `asked` ends it. */
export function parseTargetZfs(lines: readonly string[]): ZfsModule | null {
  if (!lines.includes('asked')) return null;
  const told = (word: string) => lines.find((line) => line === word || line.startsWith(`${word} `));
  const loaded = told('loaded');
  const found = told('found');
  const version = (loaded ?? found)?.replace(/^\w+ ?/, '') ?? '';
  return {
    loaded: loaded !== undefined,
    found: loaded !== undefined || found !== undefined,
    version: version || null,
  };
}

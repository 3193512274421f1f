/** The machine beside the kernel's counters: its system, room on its file systems, our environment. */
import { bytesText } from '../base/bytes.ts';
import { fail, ok } from '../base/problem.ts';
import type { GatherContext, SourceRow } from './source.ts';

const shared = { stage: 'files', redaction: 'text' } as const;

interface Copied {
  readonly id: string;
  readonly what: string;
  readonly paths: readonly string[];
  readonly mostBytes: number;
  readonly json?: true;
  /** Other than the paths. */
  readonly from?: string;
}

const deadlineMs = 1500;

/** Files copied as they are; of several that are there each one. */
export function copiedFiles({ id, what, paths, mostBytes, json, from = paths.join(' ') }: Copied): SourceRow {
  return {
    ...shared,
    ...{ id, what, from, timeMs: 4000, mostBytes },
    ...(json && { redaction: 'json' as const }),
    async gather({ ports, emit, miss }) {
      let found = 0;
      for (const path of paths) {
        const read = await ports.files.readSlow(path, { deadlineMs, maxBytes: mostBytes + 1 });
        if (read.ok) {
          found += 1;
          const isCut = read.value.length > mostBytes;
          emit({
            name: path.slice(1),
            body: read.value.slice(0, mostBytes),
            cut: isCut ? `the first ${mostBytes} characters` : null,
          });
        } else if (read.problem.kind !== 'gone') miss(read.problem);
      }
      return found > 0 ? ok(undefined) : fail('gone', paths[0] ?? id);
    },
  };
}

const spacePaths = [
  ...[
    '/',
    '/nix',
    '/nix/store',
    '/nix/var/nix/builds',
    '/tmp',
    '/var/tmp',
    '/var',
    '/var/log',
    '/home',
    '/boot',
  ],
  ...['/boot/efi', '/efi', '/run', '/dev/shm'],
];

async function gatherSpace({ ports, emit, miss, facts }: GatherContext) {
  const lines = [
    `${'path'.padEnd(28)}${'size'.padEnd(12)}${'free'.padEnd(12)}${'inodes'.padEnd(14)}free inodes`,
  ];
  let found = 0;
  for (const path of [...spacePaths, facts.stateDirectory]) {
    const space = await ports.files.spaceSlow(path, { deadlineMs: 1000 });
    if (!space.ok) {
      if (space.problem.kind === 'gone') continue;
      miss(space.problem);
      lines.push(`${path.padEnd(28)}(${space.problem.kind})`);
      continue;
    }
    found += 1;
    const { totalBytes, availableBytes, inodes, freeInodes } = space.value;
    const cells = [bytesText(totalBytes).padEnd(12), bytesText(availableBytes).padEnd(12)];
    lines.push(`${path.padEnd(28)}${cells.join('')}${String(inodes).padEnd(14)}${freeInodes}`);
  }
  emit({ name: 'space.txt', body: `${lines.join('\n')}\n` });
  return found > 0 ? ok(undefined) : fail('timeout', '/', 'no file system answers');
}

export const machineSources: readonly SourceRow[] = [
  {
    ...shared,
    id: 'space',
    what: 'room and inodes of the store, build directories, /tmp, /boot',
    from: 'statfs(2) of each',
    timeMs: 8000,
    mostBytes: 64 << 10,
    gather: gatherSpace,
  },
  copiedFiles({
    id: 'system',
    what: 'which system this is',
    paths: [
      ...['/etc/os-release', '/run/current-system/nixos-version', '/run/booted-system/nixos-version'],
      ...[
        '/run/current-system/kernel-params',
        '/run/booted-system/kernel-params',
        '/run/current-system/boot.json',
      ],
    ],
    mostBytes: 32 << 10,
  }),
  copiedFiles({
    id: 'oomd',
    what: 'settings of who kills for want of memory',
    paths: [
      '/etc/systemd/oomd.conf',
      '/etc/default/earlyoom',
      '/etc/systemd/system.conf',
      '/etc/systemd/journald.conf',
    ],
    mostBytes: 32 << 10,
  }),
  {
    ...shared,
    id: 'environment',
    what: 'our own environment: NIX_*, PATH, locale; of all the rest the names alone',
    from: 'environ(7)',
    timeMs: 1000,
    mostBytes: 64 << 10,
    async gather({ facts, redact, emit }) {
      const entries = Object.entries(facts.environment).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value.replace(/[\n\r]+/g, ' ')}`],
      );
      emit({ name: 'environment.txt', body: `${redact.environment(entries.sort()).join('\n')}\n` });
      return ok(undefined);
    },
  },
];

/**
 * Where a freeze is played: a disk of our own that can be made slow, with copies of the programs, their home
 * and the swap file. What a program needs of it again must come from there: nobody else has it in memory.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BadDisk, makeBadDisk } from '../lab/hardship/disk.ts';
import { tool, type Unsupported } from '../lab/hardship/hardship.ts';
import { type MemoryShortage, makeMemoryShort } from '../lab/hardship/memory.ts';

export interface Stage {
  readonly kind: 'stage';
  readonly disk: BadDisk;
  /** Its swap lies on the disk; the limit is each freeze's own. */
  readonly shortage: MemoryShortage;
  readonly nixpulse: string;
  readonly htop: string;
  /** Copies of the shared libraries of all of them. */
  readonly libraries: string;
  /** A home without settings and recordings, on the disk. */
  freshHome(): string;
  /** Drops the programs' pages from the page cache where nobody runs them: whoever starts next reads them anew. */
  forget(): void;
  end(): Promise<void>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
/** What a started nixpulse is made of. */
const parts = (): readonly string[] => [
  'bin',
  'dist/bundle',
  'package.json',
  ...['package.json', 'index.cjs', 'index.js', 'indirect.cjs', 'indirect.js', 'lib', 'src'].map(
    (name) => `node_modules/koffi/${name}`,
  ),
  nodeOf('x64'),
  nodeOf('arm64'),
  'node_modules/@koromix/koffi-linux-x64',
  'node_modules/@koromix/koffi-linux-arm64',
];
const htopFile = '/usr/bin/htop';
/** Smaller ones are read at the start alone. */
const forgottenFrom = '16k';

const swapMB = 400;
const diskMB = swapMB + 300;

export function makeStage(secs: number): Stage | Unsupported {
  const disk = makeBadDisk({ secs, sizeMB: diskMB });
  if (disk.kind === 'unsupported') return disk;
  const shortage = makeMemoryShort({ secs, swapMB, on: disk });
  if (shortage.kind === 'unsupported') return shortage;
  const programs = join(disk.mountPoint, 'programs');
  for (const part of parts().filter((name) => existsSync(join(project, name)))) {
    mkdirSync(dirname(join(programs, part)), { recursive: true });
    cpSync(join(project, part), join(programs, part), { recursive: true, dereference: true });
  }
  const htop = join(programs, 'htop');
  if (existsSync(htopFile)) cpSync(htopFile, htop);
  const libraries = join(programs, 'lib');
  mkdirSync(libraries);
  for (const program of [htop, ...['x64', 'arm64'].map((arch) => join(programs, nodeOf(arch)))]) {
    if (existsSync(program)) copyLibraries(program, libraries);
  }
  tool('sync', '--file-system', programs);
  const home = join(disk.mountPoint, 'home');
  return {
    kind: 'stage',
    disk,
    shortage,
    nixpulse: join(programs, 'bin/nixpulse'),
    htop,
    libraries,
    freshHome() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home);
      return home;
    },
    forget() {
      const drop = 'for f; do dd if="$f" iflag=nocache count=0 status=none; done';
      tool(
        'find',
        programs,
        '-type',
        'f',
        '-size',
        `+${forgottenFrom}`,
        '-exec',
        'sh',
        '-c',
        drop,
        'sh',
        '{}',
        '+',
      );
    },
    end: disk.end,
  };
}

function nodeOf(arch: string): string {
  return `node_modules/node-linux-${arch}/bin/node`;
}

/** What ldd(1) names: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`. The loader itself stays everybody's. */
function copyLibraries(program: string, to: string): void {
  for (const [, name = '', path = ''] of tool('ldd', program).matchAll(/^\s*(\S+) => (\/\S+)/gm)) {
    copyFileSync(path, join(to, name));
  }
}

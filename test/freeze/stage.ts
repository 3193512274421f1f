/**
 * Where a freeze is played: a disk of our own that can be made slow, with copies of the programs, their home
 * and the swap file. What a program needs of it again must come from there: nobody else has it in memory.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BadDisk, makeBadDisk } from '../lab/hardship/disk.ts';
import { tool, type Unsupported } from '../lab/hardship/hardship.ts';
import { type MemoryShortage, makeMemoryShort } from '../lab/hardship/memory.ts';
import { copyProgram, dropUnmapped, nodeOf } from '../support/program-copy.ts';

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

const htopFile = '/usr/bin/htop';
const usualSwapMB = 400;
const programsMB = 300;

export function makeStage(secs: number, swapMB = usualSwapMB): Stage | Unsupported {
  const disk = makeBadDisk({ secs, sizeMB: swapMB + programsMB });
  if (disk.kind === 'unsupported') return disk;
  const shortage = makeMemoryShort({ secs, swapMB, on: disk });
  if (shortage.kind === 'unsupported') return shortage;
  const programs = join(disk.mountPoint, 'programs');
  const nixpulse = copyProgram(programs);
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
    nixpulse,
    htop,
    libraries,
    freshHome() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home);
      return home;
    },
    forget: () => dropUnmapped(programs),
    end: disk.end,
  };
}

/** What ldd(1) names: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)`. The loader itself stays everybody's. */
function copyLibraries(program: string, to: string): void {
  for (const [, name = '', path = ''] of tool('ldd', program).matchAll(/^\s*(\S+) => (\/\S+)/gm)) {
    copyFileSync(path, join(to, name));
  }
}

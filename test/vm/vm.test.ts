/** A booted machine with the program's package in it: units, console, rollback, a freeze, a power cut. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { consoleCases } from './console.ts';
import { freezeCases } from './freeze.ts';
import { createMachine, type Machine } from './machine.ts';
import { powerCutCases } from './power-cut.ts';
import { rollbackCases } from './rollback.ts';
import { unitCases } from './units.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** Disks, keys and pictures; made anew. */
const directory = process.env.NIXPULSE_VM ?? join(tmpdir(), 'nixpulse-vm');
const pictures = process.env.NIXPULSE_VM_PICTURES ?? directory;
let machine: Machine;

beforeAll(async () => {
  mkdirSync(directory, { recursive: true });
  const script = (name: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('bash', [join(checkout, 'test/vm', name), ...args], {
      encoding: 'utf8',
      maxBuffer: 64 << 20,
    });
    if (status !== 0) throw new Error(`${name}: ${stderr.slice(-2000)}`);
    return stdout.trim();
  };
  script('image.sh', script('root.sh'), checkout, directory);
  machine = createMachine({ directory, port: 2222, memoryMb: 2048 });
  await machine.boot();
});

afterAll(async () => {
  await machine?.cut();
});

describe('on a booted machine', () => {
  const on = () => machine;
  const told = (line: string) => console.info(line);
  unitCases(on);
  const pictureOf = (name: string) => join(pictures, `${name}.png`);
  consoleCases(on, pictureOf);
  rollbackCases(on);
  freezeCases(on, told, pictureOf);
  powerCutCases(on, told);
});

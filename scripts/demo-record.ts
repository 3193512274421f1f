/**
 * `npm run demo:record`: makes a real incident on a machine of its own and records it for `nixpulse demo`
 * (docs/demo.md). Started in a mount and UTS namespace of its own; what it does to the disk and to memory is
 * undone by keepers, however it ends. Needs what the tests on a real Nix need: root and Debian.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeBadDisk } from '../test/lab/hardship/disk.ts';
import { needsRootOnLinux, tool, type Unsupported } from '../test/lab/hardship/hardship.ts';
import { makeMemoryShort } from '../test/lab/hardship/memory.ts';
import { takeTurn } from '../test/lab/turn.ts';
import { cutQuiet } from './demo/cut.ts';
import { hostName, limitMB, place, swapMB, type WhatDisk } from './demo/machine.ts';

const target = fileURLToPath(new URL('../src/modes/demo/incident.nixpulse', import.meta.url));
const inside = fileURLToPath(new URL('demo/inside.ts', import.meta.url));
/** By then all of it is taken back, whatever hangs. */
const secs = 420;

function must<T>(made: T | Unsupported): T {
  const { kind, why } = made as Unsupported;
  if (kind === 'unsupported') throw new Error(`no demo can be recorded here: ${why}`);
  return made as T;
}

const missing = needsRootOnLinux();
if (missing !== null) throw new Error(`no demo can be recorded here: ${missing}`);
const endTurn = await takeTurn();
writeFileSync('/proc/sys/kernel/hostname', hostName);
tool('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'none', place);
// Builds and swap on one disk, as on many a machine: a storm of one makes the other wait.
const disk = must(makeBadDisk({ secs, sizeMB: swapMB + 320, directory: '/var/tmp', mountPoint: '/tmp' }));
chmodSync('/tmp', 0o1777);
const shortage = must(makeMemoryShort({ secs, limitMB, swapMB, directory: '/tmp' }));
try {
  // Its children die with it, by the kernel.
  const child = spawn(
    'unshare',
    ['--pid', '--fork', '--kill-child', '--mount-proc', '--', process.execPath, inside, shortage.cgroup.path],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], cwd: '/' },
  );
  child.on('message', (what: WhatDisk) => {
    if (what === 'stall') disk.stall();
    else if (what === 'well') disk.recover();
    else must(disk.slow(what.bytesPerSec) ?? { kind: 'done' });
  });
  const interrupt = () => void child.kill('SIGKILL');
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('the incident went wrong');
  const directory = join(place, 'recordings');
  const [name, ...others] = readdirSync(directory);
  if (name === undefined || others.length > 0) throw new Error(`not one recording in ${directory}`);
  await cutQuiet(join(directory, name), target);
  console.info(`${target}: ${Math.round(statSync(target).size / 1000)} kB`);
} finally {
  disk.recover();
  await shortage.end();
  await disk.end();
  endTurn();
}

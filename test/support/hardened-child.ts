/** A program that hardens itself, works its heap hard, starts another, and prints what the kernel says of both. */
import { readdirSync, readFileSync } from 'node:fs';
import { createHardening } from '../../src/platform/harden.ts';
import { createSpawn } from '../../src/platform/spawn.ts';

/** Field 19 of stat. */
function niceOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
}

const hardening = createHardening({ pid: process.pid });
const parts = await hardening.harden();
// As with --harden=require: before the screen is taken, and after the rehearsal.
await hardening.harden();
// V8 gives pages back with madvise(2), which aborts where they are locked.
for (let round = 0; round < 5; round += 1) {
  let heap: unknown[] = [];
  for (let index = 0; index < 300_000; index += 1) heap.push({ index, text: String(index) });
  heap = [];
  (globalThis as { gc?: () => void }).gc?.();
}
const spawn = createSpawn(hardening);
const ran = await spawn.run('cat', ['/proc/self/stat', '/proc/self/oom_score_adj']);
const [stat = '', oom = ''] = ran.ok ? ran.value.stdout.split('\n') : [];
const status = readFileSync('/proc/self/status', 'utf8');
console.log(
  JSON.stringify({
    parts,
    lockedKilobytes: Number(/^VmLck:\s+(\d+)/m.exec(status)?.[1]),
    threads: readdirSync('/proc/self/task').map((thread) =>
      niceOf(readFileSync(`/proc/self/task/${thread}/stat`, 'utf8')),
    ),
    child: niceOf(stat),
    childOom: Number(oom),
    collected: true,
  }),
);

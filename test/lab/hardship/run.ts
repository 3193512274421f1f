/** `node test/lab/hardship/run.ts memory|disk|cpu [--secs N]`: one hardship, to be looked at. Ctrl-C ends it. */
import { parseArgs } from 'node:util';
import { pause } from '../wait.ts';
import { makeCpuStorm } from './cpu.ts';
import { makeBadDisk } from './disk.ts';
import type { Hardship, Unsupported } from './hardship.ts';
import { makeMemoryShort } from './memory.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { secs: { type: 'string', default: '30' } },
});
const [kind = ''] = positionals;
const secs = Number(values.secs);

/** With what shows it: hogs, a writer. */
const makers: Readonly<Record<string, () => Hardship | Unsupported>> = {
  memory() {
    const shortage = makeMemoryShort({ secs });
    if (shortage.kind === 'hardship') for (let at = 0; at < 3; at += 1) shortage.hog(140, 60);
    return shortage;
  },
  disk() {
    const disk = makeBadDisk({ secs });
    if (disk.kind === 'unsupported') return disk;
    disk.write();
    const slow = disk.slow(2 << 20);
    if (slow !== null) console.info(`not slow: unsupported: ${slow.why}`);
    setTimeout(() => disk.stall(), (secs * 1000) / 3);
    setTimeout(() => disk.recover(), (secs * 2000) / 3);
    return { ...disk, what: `${disk.what}: slow, after a third of the time stalled, then well` };
  },
  cpu: () => makeCpuStorm({ secs }),
};

const make = makers[kind];
if (make === undefined || !(secs > 0 && secs <= 600)) {
  console.error('usage: node test/lab/hardship/run.ts memory|disk|cpu [--secs N], N at most 600');
  process.exit(2);
}
const hardship = make();
if (hardship.kind === 'unsupported') {
  console.error(`unsupported: ${hardship.why}`);
  process.exit(1);
}
console.info(`${hardship.what}, for ${secs} s`);
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
});
for (const until = Date.now() + secs * 1000; Date.now() < until && !interrupted; ) await pause(100);
await hardship.end();
process.exit(0);

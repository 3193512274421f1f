/** Hardships are real by the kernel's own figures, and nothing of them is left, however they end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { allProcesses, commandLine } from '../truth.ts';
import { takeTurn } from '../turn.ts';
import { until } from '../wait.ts';
import { makeCpuStorm } from './cpu.ts';
import { makeBadDisk } from './disk.ts';
import { type Hardship, needsRootOnLinux, type Unsupported } from './hardship.ts';
import { startKeeper } from './keeper.ts';
import { makeMemoryShort } from './memory.ts';

const secs = 60;
const begun: Hardship[] = [];
let endTurn = () => {};
beforeAll(async () => {
  endTurn = await takeTurn();
});
afterAll(() => endTurn());
afterEach(async () => {
  for (const hardship of begun.splice(0)) await hardship.end();
});

/** What this machine cannot do is skipped and told. */
function started<T extends Hardship>(hardship: T | Unsupported, { skip }: TestContext): T {
  if (hardship.kind === 'unsupported') return skip(`unsupported: ${hardship.why}`);
  begun.push(hardship);
  return hardship;
}

const text = (path: string) => readFileSync(path, 'utf8');
/** Microseconds since boot in which somebody waited. */
const stalledUsec = (what: string) => Number(/^some .*total=(\d+)/.exec(text(`/proc/pressure/${what}`))?.[1]);

function diskOf(device: string): { readonly finished: number; readonly inFlight: number } {
  const fields = text('/proc/diskstats')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((row) => row[2] === device);
  return { finished: Number(fields?.[3]) + Number(fields?.[7]), inFlight: Number(fields?.[11]) };
}

/** Everything that a hardship makes has its name. */
function left(): string[] {
  const lists = ['/sys/fs/cgroup', '/sys/fs/cgroup/memory', '/sys/fs/cgroup/blkio'];
  return [
    ...lists.filter((path) => existsSync(path)).flatMap((path) => readdirSync(path)),
    ...`${text('/proc/swaps')}${text('/proc/self/mountinfo')}`.split('\n'),
    ...readdirSync('/sys/block')
      .map((name) => `/sys/block/${name}/loop/backing_file`)
      .filter((path) => existsSync(path))
      .map(text),
    ...allProcesses()
      .filter((one) => one.state !== 'Z')
      .map((one) => commandLine(one.pid).join(' ')),
  ].filter((line) => /nixpulse-(?:hardship|swap|disk|hog|storm|writer)/.test(line));
}

describe.skipIf(needsRootOnLinux() !== null)('a hardship', () => {
  it('memory: tasks wait for memory, and swap fills', async (context) => {
    const before = stalledUsec('memory');
    // Room for all of them, and for what Node.js has besides: nobody is killed.
    const shortage = started(makeMemoryShort({ secs, limitMB: 96, swapMB: 512 }), context);
    const hogs = [shortage.hog(60), shortage.hog(60), shortage.hog(60)];
    await until('pressure', () => stalledUsec('memory') > before + 500_000);
    const usedKb = () => Number(/nixpulse-swap\S+\s+\S+\s+\d+\s+(\d+)/.exec(text('/proc/swaps'))?.[1] ?? 0);
    await until('swap in use', () => usedKb() > 16 << 10);
    expect(shortage.cgroup.read('cgroup.procs').trim().split('\n').map(Number).toSorted()).toEqual(
      hogs.toSorted(),
    );
    await shortage.end();
    expect(left()).toEqual([]);
  });

  it('disk: requests are in flight and none finishes, until it recovers', async (context) => {
    const disk = started(makeBadDisk({ secs }), context);
    disk.write();
    const first = diskOf(disk.device).finished;
    await until('writes', () => diskOf(disk.device).finished > first + 10);
    disk.stall();
    await until('a queue', () => diskOf(disk.device).inFlight > 0);
    const before = diskOf(disk.device).finished;
    const waited = stalledUsec('io');
    await until('a second of waiting', () => stalledUsec('io') > waited + 1_000_000);
    expect(diskOf(disk.device)).toMatchObject({ finished: before, inFlight: expect.toSatisfy((n) => n > 0) });
    disk.recover();
    await until('writes again', () => diskOf(disk.device).finished > before + 10);
    disk.stall();
    await disk.end();
    expect(left()).toEqual([]);
  });

  it('CPU: runnable processes wait', async () => {
    const before = stalledUsec('cpu');
    const storm = makeCpuStorm({ secs, perCpu: 4 });
    begun.push(storm);
    await until('waiting', () => stalledUsec('cpu') > before + 1_000_000);
    await storm.end();
    // Who is killed while he waits for a CPU is gone once he had one.
    await until('nothing left', () => left().length === 0, { detail: () => left().join('\n') });
  });

  it.each(['memory', 'disk', 'cpu'])('%s: nothing is left after kill -9', async (kind) => {
    const run = fileURLToPath(new URL('run.ts', import.meta.url));
    const child = spawn(process.execPath, [run, kind, '--secs', String(secs)]);
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => said.push(String(data)));
    await until('its beginning', () => said.join('').includes('\n'));
    if (!said.join('').startsWith('unsupported')) expect(left()).not.toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('its end', () => left().length === 0, { detail: () => left().join('\n') });
  });

  it('a keeper undoes at its deadline, the last promise first', async () => {
    const keeper = startKeeper(1);
    const file = `/dev/shm/nixpulse-hardship-${process.pid}`;
    keeper.promise(`cat ${file}.2 >${file}.1; rm ${file}.2`);
    keeper.promise(`echo kept >${file}.2`);
    await until('the deadline', () => existsSync(`${file}.1`) && text(`${file}.1`) === 'kept\n');
    await keeper.end();
    expect(existsSync(`${file}.2`)).toBe(false);
    rmSync(`${file}.1`);
  });
});

/** What the kernel says, followed: from the last minutes on, once, bounded; and where it may not be heard. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { fail, ok, type Result } from '../../src/base/problem.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { parseKernelRecord } from '../../src/parse/kmsg.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createKernelLog } from '../../src/platform/kernel-log.ts';
import type { KernelLog } from '../../src/platform/ports.ts';
import { createHealthSource } from '../../src/samplers/health.ts';
import { createKernelLines } from '../../src/samplers/kernel-lines.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';

const minute = 60_000;

/** A log that says what it is given. `atMs`: since boot. */
function fakeLog(answer: (most: number) => Result<readonly string[]> = () => ok([])) {
  let records: string[] = [];
  let closed = 0;
  let reads = 0;
  const log: KernelLog = {
    async read(most) {
      reads += 1;
      const said = answer(most);
      if (!said.ok) return said;
      const taken = records.slice(0, most);
      records = records.slice(most);
      return ok(taken);
    },
    close() {
      closed += 1;
    },
  };
  return {
    log,
    say: (atMs: number, text: string) => void records.push(`4,1,${Math.round(atMs * 1000)},-;${text}\n`),
    counts: () => ({ closed, reads }),
  };
}
const hung = (pid: number) => `INFO: task ld:${pid} blocked for more than 120 seconds.`;

test('of what was said before only the last minutes, each with its time; then what comes, once', async () => {
  const clock = createFakeClock();
  const { log, say } = fakeLog();
  const lines = createKernelLines(clock, log);
  clock.advance(60 * minute);
  const now = clock.monotonic();
  const wall = clock.now();
  say(now - 11 * minute, hung(1));
  say(now - 9 * minute, hung(2));
  say(now - minute, 'nothing of interest');
  lines.refresh();
  await settled();
  expect(lines.take()).toEqual([
    {
      kind: 'hung-task',
      comm: 'ld',
      pid: 2,
      sec: 120,
      timeMs: wall - 9 * minute,
      from: 'kernel',
      text: hung(2),
    },
  ]);
  expect(lines.take()).toBeUndefined();

  clock.advance(2000);
  // The clock of the log lags by a minute, or is ahead: it was said since the last look.
  say(now - minute, hung(3));
  say(now + 5 * minute, hung(4));
  lines.refresh();
  await settled();
  expect(lines.take()?.map(({ timeMs }) => timeMs - wall)).toEqual([0, 2000]);
});

test('two lines that belong together may come with two looks', async () => {
  const clock = createFakeClock();
  const { log, say } = fakeLog();
  const lines = createKernelLines(clock, log);
  const now = clock.monotonic();
  say(
    now,
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/a,task=ld,pid=7,uid=5',
  );
  lines.refresh();
  await settled();
  // It can be heard, and has said nothing yet.
  expect(lines.take()).toEqual([]);
  clock.advance(2000);
  say(
    now,
    'Out of memory: Killed process 7 (ld) total-vm:9kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:5 pgtables:1kB oom_score_adj:0',
  );
  lines.refresh();
  await settled();
  expect(lines.take()).toMatchObject([{ kind: 'oom-kill', pid: 7, cgroup: '/a' }]);
});

test('a kernel that says the same without end: some thousand lines a turn, fifty notices a Sample', async () => {
  const clock = createFakeClock();
  const { log, say } = fakeLog();
  const lines = createKernelLines(clock, log);
  for (let i = 0; i < 5000; i += 1) say(clock.monotonic(), hung(i));
  const pids = async () => {
    clock.advance(2000);
    lines.refresh();
    await settled();
    return lines.take()?.map((notice) => (notice.kind === 'hung-task' ? notice.pid : null));
  };
  const first = await pids();
  expect([first?.length, first?.at(-1)]).toEqual([50, 4095]);
  const second = await pids();
  expect([second?.length, second?.at(-1)]).toEqual([50, 4999]);
});

test.each(['denied', 'gone', 'unsupported'] as const)(
  '%s: nothing, and it is not asked again',
  async (kind) => {
    const { log, counts } = fakeLog(() => fail(kind, '/dev/kmsg'));
    const lines = createKernelLines(createFakeClock(), log);
    for (let i = 0; i < 3; i += 1) {
      lines.refresh();
      await settled();
      expect(lines.take()).toBeUndefined();
    }
    expect(lines.heard).toBe(false);
    expect(counts().reads).toBe(1);
    expect(createKernelLines(createFakeClock(), undefined).take()).toBeUndefined();
  },
);

test('a Sample says that the kernel said nothing, and says nothing where it cannot be heard', async () => {
  const ports = createFakePorts();
  const { log, say, counts } = fakeLog();
  const source = createHealthSource({ ...ports, kernelLog: log });
  const deaf = createHealthSource(ports);
  const notices = async (from: typeof source) => {
    ports.clock.advance(30_000);
    from.sample();
    await settled();
    const { notices: taken } = from.sample();
    await settled();
    return taken;
  };
  expect(await notices(source)).toMatchObject({ ok: true, value: [] });
  expect(await notices(source)).toMatchObject({ ok: true, value: [] });
  say(ports.clock.monotonic(), hung(1));
  expect(await notices(source)).toMatchObject({ ok: true, value: [{ pid: 1 }] });
  expect(await notices(deaf)).toBeUndefined();
  source.close();
  expect(counts().closed).toBe(1);
});

test('between two of its turns it is read every two seconds, when others have looked', async () => {
  const ports = createFakePorts();
  const { log, counts } = fakeLog();
  const source = createHealthSource({ ...ports, kernelLog: log });
  for (let i = 0; i < 8; i += 1) {
    if (i % 4 === 0) source.sample();
    source.looked?.(emptyModel);
    await settled();
    ports.clock.advance(1000);
  }
  expect(counts().reads).toBe(4);
});

const mayWrite = (() => {
  try {
    closeSync(openSync('/dev/kmsg', 'w'));
    return true;
  } catch {
    return false;
  }
})();

// No line that means anything: whoever follows the log of this machine would believe it.
test.runIf(mayWrite)('the real one: a line that was written to it comes, at its time, and once', async () => {
  const log = createKernelLog();
  onTestFinished(() => log.close());
  const first = await log.read(1_000_000);
  expect(first.ok && first.value.length).toBeGreaterThan(0);
  const text = `nixpulse: a test of ${process.pid}`;
  const before = systemClock.monotonic();
  const kmsg = openSync('/dev/kmsg', 'w');
  writeSync(kmsg, `<4>${text}\n`);
  closeSync(kmsg);
  const linesOf = async () => {
    const read = await log.read(1_000_000);
    if (!read.ok) throw new Error(JSON.stringify(read.problem));
    return read.value.map(parseKernelRecord).filter((record) => record?.text === text);
  };
  const lines = await vi.waitFor(async () => {
    const found = await linesOf();
    expect(found).not.toEqual([]);
    return found;
  });
  expect(lines).toHaveLength(1);
  // Its clock is not corrected as ours is.
  expect(Math.abs((lines[0]?.sinceBootMs ?? 0) - before)).toBeLessThan(5 * minute);
  expect(await linesOf()).toEqual([]);
  log.close();
  expect(await log.read(1)).toMatchObject({ ok: false, problem: { kind: 'gone' } });
});

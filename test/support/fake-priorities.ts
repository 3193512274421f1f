/** A port of priorities over the fake files: what is set stands in /proc and in the cgroup afterwards, as the kernel has it. */
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { Priorities, ThreadIdentity } from '../../src/platform/ports.ts';
import type { FakeFiles } from './fake-files.ts';

export interface FakePriorities extends Priorities {
  /** Every change that was asked for, in order: `nice 300 19`, `io 300 24576`, `session 300 19`, `cpu.weight 1`. */
  readonly asked: readonly string[];
  /** What the kernel says before it does one; undefined: it does it. */
  onSet: (asked: string) => Result<void> | undefined;
  /** By thread; null: no koffi here. */
  io: Map<number, number> | null;
}

export function createFakePriorities(files: FakeFiles): FakePriorities {
  const asked: string[] = [];
  const stat = ({ pid, tid }: Pick<ThreadIdentity, 'pid' | 'tid'>) => `/proc/${pid}/task/${tid}/stat`;

  function set(fake: FakePriorities, what: string, path: string, change: () => void): Result<void> {
    asked.push(what);
    const text = files.read(path);
    if (!text.ok) return text;
    const said = fake.onSet(what);
    if (said !== undefined) return said;
    change();
    return ok(undefined);
  }

  return {
    asked,
    onSet: () => undefined,
    io: new Map(),
    prepare: async () => {},
    ioPriority(thread) {
      if (this.io === null) return fail('unsupported', 'ioprio_get');
      return files.read(stat(thread)).ok ? ok(this.io.get(thread.tid) ?? 0) : fail('gone', stat(thread));
    },
    setIoPriority(thread, value) {
      return set(this, `io ${thread.tid} ${value}`, stat(thread), () => this.io?.set(thread.tid, value));
    },
    setNice(thread, nice) {
      return set(this, `nice ${thread.tid} ${nice}`, stat(thread), () => {
        for (const path of [stat(thread), `/proc/${thread.tid}/stat`]) {
          const text = files.read(path);
          if (text.ok) files.set(path, withNice(text.value, nice));
        }
      });
    },
    setSessionNice({ pid }, nice) {
      const path = `/proc/${pid}/autogroup`;
      return set(this, `session ${pid} ${nice}`, path, () => files.set(path, `/autogroup-7 nice ${nice}\n`));
    },
    async setCgroup(directory, setting, text) {
      const path = `${directory}/${setting}`;
      return set(this, `${setting} ${text}`, path, () => files.set(path, `${text}\n`));
    },
    async enableController(directory, controller) {
      const above = directory.slice(0, directory.lastIndexOf('/'));
      return set(this, `+${controller}`, `${above}/cgroup.controllers`, () => {
        if (controller === 'memory') files.set(`${directory}/memory.high`, 'max\n');
        else files.set(`${directory}/io.weight`, 'default 100\n');
      });
    },
    pending: 0,
  };
}

/** Field 19. */
function withNice(stat: string, nice: number): string {
  const end = stat.lastIndexOf(')') + 2;
  const fields = stat.slice(end).split(' ');
  fields[16] = String(nice);
  return stat.slice(0, end) + fields.join(' ');
}

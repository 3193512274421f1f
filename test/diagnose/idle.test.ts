/** Builds of which nothing moves: stuck, or waiting for what ends by itself. */
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { ProcessRaw } from '../../src/model/sample.ts';
import { memoryRaw, pressureRaw, psi } from '../model/machine/machine-samples.ts';
import { builder, child, client, daemon, process } from '../support/forest-raw.ts';
import { around, asleepIn, below, firstSecond, isStuck, type Scene, shell, tell } from './story.ts';

/** `read x < fifo` in the builder itself. */
const fifo = (second: number): Scene => ({
  processes: around([shell(asleepIn('wait_for_partner', second))]),
});

describe('a build that waits for itself', () => {
  test('is found within two minutes, with where it sleeps', () => {
    expect(firstSecond(200, fifo, isStuck)).toBe(110);
    const told = tell(720, fifo);
    expect(told.build).toMatchObject({
      state: 'stuck',
      certainty: 'certain',
      atLeast: true,
      unseen: ['lines'],
      reason: { kind: 'idle', asleep: { kind: 'pipe', program: 'x-default-builder.sh', pid: 300 } },
    });
    expect(told.text()).toBe(
      'STUCK > 12 min: idle, x-default-builder.sh waits for the other end of a pipe; no I/O since 03:00',
    );
    expect(told.text(80)).toBe(
      'STUCK > 12 min: idle, x-default-builder.sh waits for the other end of a pipe',
    );
    expect(told.text(60)).toBe('STUCK > 12 min: idle');
    expect(told.build.evidence).toContainEqual({
      for: true,
      field: 'wchan',
      value: 'wait_for_partner',
      unit: 'text',
      sinceMs: null,
    });
  });

  test('is neither stuck nor slow while it has been idle for less than half a minute', () => {
    expect(firstSecond(100, fifo, ({ state }) => state !== 'working')).toBe(30);
    expect(tell(60, fifo).build).toMatchObject({ state: 'slow', reason: { kind: 'idle' } });
  });

  test('begins anew after every sign', () => {
    const wakes = (second: number): Scene => ({
      processes: around([
        shell({ ...asleepIn('pipe_read', second), userTicks: Math.floor(second / 100) * 20 }),
      ]),
    });
    expect(firstSecond(600, wakes, isStuck)).toBeNull();
  });

  test.each([
    ['futex_do_wait', 'futex'],
    ['do_epoll_wait', 'poll'],
    ['poll_schedule_timeout', 'poll'],
    ['anon_pipe_read', 'pipe'],
    ['unix_stream_read_generic', 'socket'],
    ['__do_sys_pause', 'signal'],
    ['do_wait', 'child'],
    ['fcntl_setlk', 'file-lock'],
    ['some_new_function', 'unknown'],
  ])('in %s', (wchan, kind) => {
    const scene = (second: number): Scene => ({
      processes: around([shell(asleepIn('do_wait', second)), below('tests', asleepIn(wchan, second))]),
    });
    expect(tell(150, scene).build).toMatchObject({
      state: 'stuck',
      certainty: 'certain',
      reason: { asleep: { kind, program: 'tests', wchan } },
    });
  });

  test('its log says since when', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell(asleepIn('futex_do_wait', second))]),
      says:
        second === 0
          ? [{ action: 'start', id: 1, level: 3, parent: 0, type: 105, text: '', fields: [drv, '', 1, 1] }]
          : second === 14
            ? [{ action: 'result', id: 1, type: 101, fields: ['running tests'] }]
            : [],
    });
    const told = tell(14 + 720, scene);
    expect(told.build).toMatchObject({ state: 'stuck', atLeast: false, unseen: [] });
    expect(told.text()).toBe(
      'STUCK 12 min: idle, x-default-builder.sh waits in futex for itself; no line since 03:00; no I/O since 03:00',
    );
    expect(told.client).toMatchObject({ state: 'stuck', reason: { kind: 'builds', standing: 1, of: 1 } });
  });
});
const drv = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-thing-1.0.drv';

describe('what must stay silent', () => {
  test('a test that sleeps for ten minutes, in its own process', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('python3', asleepIn('hrtimer_nanosleep', second)),
      ]),
    });
    expect(firstSecond(900, scene, isStuck)).toBeNull();
    expect(tell(600, scene).build).toMatchObject({
      state: 'waiting',
      reason: { kind: 'wait', partner: { kind: 'timer', program: 'python3' } },
    });
  });

  test('one that waits for an event until a time', () => {
    const until = (second: number) => asleepIn('do_epoll_wait', second, { timed: true });
    const scene = (second: number): Scene => ({
      processes: around([shell(), below('python3', until(second))]),
    });
    expect(firstSecond(900, scene, isStuck)).toBeNull();
  });

  test('a virtual machine that idles: it uses tenths of a percent', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('nixos-test-driv', asleepIn('futex_do_wait', second)),
        below('qemu-system-x86', {
          pid: 302,
          ppid: 301,
          userTicks: Math.floor(second * 0.4),
          ...asleepIn('poll_schedule_timeout', second, { voluntarySwitches: second }),
        }),
      ]),
    });
    expect(firstSecond(2400, scene, isStuck)).toBeNull();
    expect(tell(900, scene).build).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'virtual-machine' } },
    });
  });

  test('a download of 8 GB at 1 MB/s, seen and unseen', () => {
    const seen = (second: number): Scene => ({
      processes: around([
        builder(300, 200, 'thing-1.0', {
          comm: 'nix-daemon',
          userTicks: Math.floor(second * 0.5),
          writeBytes: second * 1e6,
        }),
      ]),
    });
    expect(firstSecond(8000, seen, ({ state }) => state !== 'working', { everySec: 5 })).toBeNull();
    const unseen = (second: number): Scene => ({
      processes: around([
        builder(300, 200, 'thing-1.0', {
          comm: 'nix-daemon',
          userTicks: Math.floor(second * 0.5),
          readBytes: null,
          writeBytes: null,
        }),
      ]),
      forest: { privileged: false },
    });
    expect(firstSecond(8000, unseen, isStuck, { everySec: 5 })).toBeNull();
    expect(tell(600, unseen).build).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'network' } },
    });
  });

  test('a build that looks again and again, and begins a process each time', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(),
        below('sleep', { pid: 400 + Math.floor(second / 5), startTime: 99_900 + second }),
      ]),
    });
    expect(firstSecond(3600, scene, isStuck)).toBeNull();
  });

  test('a build that was not looked at', () => {
    const scene = (second: number): Scene => (second < 10 ? fifo(second) : {});
    expect(firstSecond(600, scene, ({ state }) => state !== 'working')).toBeNull();
  });
});

describe('what moves a little', () => {
  const restless = (second: number): Scene => ({
    processes: around([
      shell(asleepIn('do_wait', second)),
      below('java', { userTicks: Math.floor(second * 0.2), ...asleepIn('futex_do_wait', second) }),
    ]),
  });

  test('is likely stuck after a quarter of an hour', () => {
    expect(firstSecond(1000, restless, isStuck)).toBe(900);
    expect(tell(900, restless)).toMatchObject({ build: { certainty: 'likely' } });
    expect(tell(900, restless).text()).toContain('STUCK > 15 min, likely: idle, java waits in futex');
  });

  test('in threads but the first one, which waits for them', () => {
    const threads = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('java', {
          threads: 30,
          ...asleepIn('futex_do_wait', second, {
            otherThreads: { switches: 900 + Math.floor(second / 10), mostNonvoluntary: 3, sleeps: false },
          }),
        }),
      ]),
    });
    expect(firstSecond(1000, threads, isStuck)).toBe(900);
    const resting = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('java', {
          threads: 30,
          ...asleepIn('futex_do_wait', second, {
            otherThreads: { switches: 900, mostNonvoluntary: 3, sleeps: false },
          }),
        }),
      ]),
    });
    expect(firstSecond(1000, resting, isStuck)).toBe(110);
  });

  test('not of one that sleeps until a time in a thread that the first one waits for', () => {
    const sleeps = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('python3', {
          threads: 2,
          ...asleepIn('futex_do_wait', second, {
            otherThreads: { switches: 900, mostNonvoluntary: 3, sleeps: true },
          }),
        }),
      ]),
    });
    expect(firstSecond(3500, sleeps, isStuck, { everySec: 5 })).toBeNull();
    expect(tell(600, sleeps).build).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'timer', program: 'python3' } },
    });
  });

  test('context switches alone are enough to doubt', () => {
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_epoll_wait', second, { voluntarySwitches: Math.floor(second / 10) })),
      ]),
    });
    expect(firstSecond(1000, scene, isStuck)).toBe(900);
  });
});

test('without root it takes longer, is likely at best, and says what cannot be seen', () => {
  const scene = (second: number): Scene => ({
    processes: around([
      shell({ readBytes: null, writeBytes: null, ...asleepIn(null, second, { callBytes: null }) }),
    ]),
    forest: { privileged: false },
  });
  expect(firstSecond(2000, scene, isStuck)).toBe(1800);
  const told = tell(1800, scene);
  expect(told.build).toMatchObject({ certainty: 'likely', unseen: ['io', 'lines', 'wchan'] });
  expect(told.text()).toBe(
    'STUCK > 30 min, likely: idle, where x-default-builder.sh sleeps is not seen yet, or takes root',
  );
});

test('old recordings have neither wchan nor context switches: likely at best', () => {
  const scene = (): Scene => ({ processes: around([shell()]) });
  expect(firstSecond(2000, scene, isStuck)).toBe(1800);
});

describe('zombies', () => {
  const ended: Partial<ProcessRaw> = { state: 'Z', residentBytes: 0 };

  test('a build that has ended and that nobody reaps', () => {
    const scene = (): Scene => ({ processes: around([shell(ended)]) });
    expect(firstSecond(200, scene, isStuck)).toBe(110);
    expect(tell(150, scene).build).toMatchObject({
      certainty: 'certain',
      reason: { asleep: { kind: 'zombies' } },
    });
    expect(tell(150, scene).text()).toMatch(
      /^STUCK > 2 min: idle, all its processes have ended and nobody reaps them/,
    );
  });

  test('a live cmake, below an emulator, that takes no note of its ended ninja', () => {
    const emulator = '/run/binfmt/rosetta';
    const scene = (second: number): Scene => ({
      processes: around([
        shell(asleepIn('do_wait', second)),
        below('rosetta', {
          facts: {
            argv: [emulator, '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-cmake/bin/cmake', '..', '-GNinja'],
          },
          ...asleepIn('futex_do_wait', second),
        }),
        below('ninja', { pid: 302, ppid: 301, facts: {}, ...ended }),
      ]),
    });
    const told = tell(540, scene);
    expect(told.build.reason).toMatchObject({
      asleep: { kind: 'zombie-child', program: 'cmake', child: 'ninja' },
    });
    expect(told.text()).toContain('STUCK > 9 min: idle, cmake does not reap its ended child ninja');
  });
});

describe('disks, memory and stops', () => {
  const blocked = (second: number) =>
    around([shell(), below('ld', { state: 'D', ...asleepIn('folio_wait_bit_common', second) })]);

  test('a process that a disk does not answer', () => {
    const scene = (second: number): Scene => ({ processes: blocked(second) });
    expect(tell(60, scene).build).toMatchObject({ state: 'waiting', reason: { partner: { kind: 'disk' } } });
    expect(firstSecond(200, scene, isStuck)).toBe(110);
    expect(tell(150, scene).text()).toContain('ld waits for a disk (folio_wait_bit_common)');
  });

  test('the same while memory is short waits for swap', () => {
    const scene = (second: number): Scene => ({
      processes: blocked(second),
      parts: {
        memory: ok0(memoryRaw({ availableBytes: 2e8 }), second),
        pressure: ok0(pressureRaw({ memory: psi(second * 900_000, 80, second * 800_000, 75) }), second),
      },
    });
    expect(firstSecond(600, scene, isStuck)).toBeNull();
    expect(tell(300, scene).text()).toMatch(/^waiting .* for swap, for memory is short/);
  });

  test('one that a memory limit holds up, with the limit', () => {
    const scene = (second: number): Scene => ({
      processes: around([shell({ ...asleepIn('mem_cgroup_handle_over_high', second), facts: inCgroup })]),
      forest: {
        cgroups: [
          {
            path: '/system.slice/nix-daemon.service',
            frozen: false,
            memoryAtMs: 1_000_000 + second * 1000,
            currentBytes: 2 ** 31,
            limitBytes: null,
            highBytes: 2 ** 31,
            throttled: second * 3,
            limitHits: 0,
            ooms: 0,
            oomKills: 0,
          },
        ],
      },
    });
    const told = tell(300, scene);
    expect(told.build).toMatchObject({ state: 'waiting', reason: { partner: { kind: 'memory-limit' } } });
    expect(told.text()).toContain('nix-daemon.service is at its limit of 2.0G');
  });

  test('stopped by a signal', () => {
    const scene = (): Scene => ({ processes: around([shell({ state: 'T' })]) });
    expect(tell(600, scene).build).toMatchObject({
      state: 'paused',
      reason: { kind: 'stopped', frozen: false },
    });
    expect(tell(600, scene).text()).toBe('paused > 10 min: stopped by a signal');
  });
  const inCgroup = { ...shell().facts, cgroup: '/system.slice/nix-daemon.service' };

  test('its cgroup is frozen', () => {
    const scene = (): Scene => ({
      processes: around([shell({ facts: inCgroup })]),
      forest: {
        cgroups: [
          {
            path: '/system.slice/nix-daemon.service',
            frozen: true,
            memoryAtMs: null,
            currentBytes: null,
            limitBytes: null,
            highBytes: null,
            throttled: null,
            limitHits: null,
            ooms: null,
            oomKills: null,
          },
        ],
      },
    });
    expect(tell(60, scene).text()).toBe('paused > 60 s: cgroup nix-daemon.service is frozen');
  });
});

function ok0<T>(value: T, second: number) {
  return { atMs: 1_000_000 + second * 1000, ...ok(value) };
}

describe('other machines', () => {
  test('here: the hook of a build that runs elsewhere waits for it, however long it is silent', () => {
    const hook = process({
      pid: 310,
      ppid: 200,
      comm: 'nix',
      facts: { argv: ['nix', '__build-remote', '3'] },
    });
    const ssh = process({
      pid: 311,
      ppid: 310,
      session: 310,
      comm: 'ssh',
      facts: { argv: ['ssh', 'root@big-arm', 'nix-store', '--serve', '--write'] },
    });
    const scene = (): Scene => ({ processes: around([hook, ssh]) });
    const told = tell(7200, scene, { everySec: 5 });
    expect(told.build).toMatchObject({ state: 'waiting', certainty: 'likely' });
    expect(told.text()).toBe('waiting > 2 h for builder big-arm');
  });

  test('there: a builder whose log nobody reads is stuck, and the pair is named', () => {
    const serve = client(150, { comm: 'nix-store', facts: { argv: ['nix-store', '--serve', '--write'] } });
    const scene = (second: number): Scene => ({
      processes: [
        daemon(),
        { ...serve, ...asleepIn('pipe_write', second) },
        builder(300, 150, 'thing-1.0', asleepIn('wait_woken', second)),
      ],
    });
    const told = tell(180, scene);
    expect(told.build).toMatchObject({
      state: 'stuck',
      reason: { asleep: { kind: 'log-reader', reader: 'nix-store', readerPid: 150 } },
    });
    expect(told.text()).toContain('writes its log, which nix-store (150) does not read');
  });
});

test('single-user: a build without a build user is judged the same', () => {
  const root = builder(300, 150, 'thing-1.0', { uid: 1000 });
  const scene = (second: number): Scene => ({
    processes: [
      client(150, { comm: 'nix', facts: { argv: ['nix', 'build'] } }),
      { ...root, ...asleepIn('do_wait', second) },
      child(301, root, 'make', asleepIn('anon_pipe_read', second)),
    ],
  });
  expect(tell(150, scene).build).toMatchObject({ state: 'stuck', reason: { asleep: { program: 'make' } } });
});

test('a look that failed is no look', () => {
  const scene = (second: number): Scene =>
    second < 20
      ? fifo(second)
      : { parts: { forest: { atMs: 1_000_000 + second * 1000, ...fail('timeout', '/proc') } } };
  expect(firstSecond(600, scene, ({ state }) => state !== 'working')).toBeNull();
});

/** The journal of the guards of memory: when it is followed, when not, and what becomes of one that ends. */
import { describe, expect, test } from 'vitest';
import { fail } from '../../src/base/problem.ts';
import { createGuardJournal } from '../../src/samplers/guard-journal.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts, settled } from '../support/fake-ports.ts';
import type { FakeStream } from '../support/fake-spawn.ts';

const earlyoom = { '/sys/fs/cgroup/system.slice/earlyoom.service/cgroup.procs': '700\n' };
const kill = [
  'sending SIGTERM to process 77 uid 30001 "cc1plus": badness 812, VmRSS 1234 MiB',
  'process exited after 0.1 seconds',
].map((MESSAGE) =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: '1700000000000000',
    _COMM: 'earlyoom',
    SYSLOG_IDENTIFIER: 'earlyoom',
    MESSAGE,
  }),
);

function follow(
  tree: Record<string, FakeEntry> = earlyoom,
  script: FakeStream | ReturnType<typeof fail> = { endless: true },
) {
  const ports = createFakePorts({ tree });
  ports.spawn.onStream = () => script as FakeStream;
  const journal = createGuardJournal(ports);
  return {
    ports,
    journal,
    calls: () => ports.spawn.calls.length,
    /** Every second, as the watcher does. */
    async run(seconds: number, short: (second: number) => boolean = () => false) {
      for (let second = 0; second < seconds; second += 1) {
        ports.clock.advance(1000);
        journal.refresh(short(second));
        await settled();
        await settled();
      }
    },
  };
}

describe('is followed', () => {
  test.each([
    ['earlyoom', earlyoom],
    ['systemd-oomd', { '/sys/fs/cgroup/system.slice/systemd-oomd.service/cgroup.procs': '' }],
    ['nohang, beside cgroup v1', { '/sys/fs/cgroup/systemd/system.slice/nohang-desktop.service/tasks': '' }],
  ])('where one runs: %s; one process, of what comes from now on', async (_, tree) => {
    const { run, calls, ports, journal } = follow(tree, { lines: kill, endless: true });
    await run(120);
    expect(calls()).toBe(1);
    const [call] = ports.spawn.calls;
    expect(call?.file).toBe('journalctl');
    expect(call?.args).toEqual([
      ...['--follow', '--lines=0', '--output=json', '--no-pager'],
      ...['MESSAGE_ID=d989611b15e44c9dbf31e3c81256e4ed', '+'],
      ...['SYSLOG_IDENTIFIER=systemd-oomd', 'SYSLOG_IDENTIFIER=earlyoom', 'SYSLOG_IDENTIFIER=nohang'],
    ]);
    expect(journal.take()).toMatchObject([{ kind: 'guard-kill', by: 'earlyoom', pid: 77 }]);
    expect(journal.take()).toEqual([]);
    journal.close();
    expect(ports.spawn.calls[0]?.cancelled).toBe(true);
  });

  test('one that is started later is found, one that is stopped takes it along', async () => {
    const { run, calls, ports } = follow({});
    await run(90);
    expect(calls()).toBe(0);
    ports.files.set('/sys/fs/cgroup/system.slice/earlyoom.service/cgroup.procs', '700\n');
    await run(40);
    expect(calls()).toBe(1);
    ports.files.remove('/sys/fs/cgroup/system.slice/earlyoom.service/cgroup.procs');
    await run(40);
    expect(ports.spawn.calls[0]?.cancelled).toBe(true);
    await run(300);
    expect(calls()).toBe(1);
  });
});

describe('is not followed', () => {
  test.each([
    ['without systemd', {}],
    ['where no guard runs', { '/sys/fs/cgroup/system.slice/nix-daemon.service/cgroup.procs': '' }],
  ])('%s', async (_, tree) => {
    const { run, calls, journal } = follow(tree);
    await run(120);
    expect(calls()).toBe(0);
    expect(journal.take()).toEqual([]);
  });

  test('while the machine is short: nothing is started then', async () => {
    const { run, calls } = follow();
    await run(60, () => true);
    expect(calls()).toBe(0);
    await run(2);
    expect(calls()).toBe(1);
  });

  test.each([
    ['without journalctl', { exitCode: 127 }],
    ['without setpriv', fail('gone', 'setpriv')],
    [
      'without the right to hear others',
      {
        lines: ['2>Hint: You are currently not seeing messages from other users and the system.'],
        endless: true,
      },
    ],
  ])('%s: asked once', async (_, script) => {
    const { run, calls, journal } = follow(earlyoom, script);
    await run(1200);
    expect(calls()).toBe(1);
    expect(journal.take()).toEqual([]);
  });
});

test('one that ends is asked again, from there on, each time later, and at last no more', async () => {
  const { run, calls, ports } = follow(earlyoom, { exitCode: 1 });
  await run(12);
  expect(calls()).toBe(2);
  expect(ports.spawn.calls[1]?.args).toContain('--lines=all');
  const since = ports.spawn.calls[1]?.args.find((word) => word.startsWith('--since=@'));
  expect(Number(since?.slice(9)) * 1000).toBeLessThanOrEqual(ports.clock.now());
  await run(15);
  expect(calls()).toBe(2);
  await run(15);
  expect(calls()).toBe(3);
  await run(3600);
  expect(calls()).toBe(6);
});

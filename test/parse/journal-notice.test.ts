/** Entries of the journal: lines of the kernel, the guards of memory, units; and entries made to hurt. */
import { describe, expect, test } from 'vitest';
import { createJournalNotices, guardEntries } from '../../src/parse/journal-notice.ts';

const atUsec = '1700000000000000';
const entry = (fields: Readonly<Record<string, unknown>>) => ({ __REALTIME_TIMESTAMP: atUsec, ...fields });
function read(...entries: readonly unknown[]) {
  const { read: readOne } = createJournalNotices();
  return entries.flatMap(readOne);
}
const guard = (_COMM: string, MESSAGE: string) => entry({ _COMM, SYSLOG_IDENTIFIER: _COMM, MESSAGE });
const stamped = { timeMs: 1_700_000_000_000, from: 'journal' };

test('lines of the kernel, two of which belong together', () => {
  const kernel = (MESSAGE: unknown) => entry({ _TRANSPORT: 'kernel', SYSLOG_IDENTIFIER: 'kernel', MESSAGE });
  const line =
    'Out of memory: Killed process 87711 (ld.lld) total-vm:34629112kB, anon-rss:100kB, file-rss:0kB, shmem-rss:0kB, UID:30001 pgtables:1kB oom_score_adj:0';
  const notices = read(
    kernel(
      'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/nix-daemon.service,task=ld.lld,pid=87711,uid=30001',
    ),
    kernel([...line].map((character) => character.charCodeAt(0))),
  );
  expect(notices).toEqual([
    {
      timeMs: 1_700_000_000_000,
      from: 'kernel',
      text: line,
      kind: 'oom-kill',
      limited: null,
      pid: 87_711,
      comm: 'ld.lld',
      uid: 30_001,
      residentBytes: 102_400,
      cgroup: '/system.slice/nix-daemon.service',
    },
  ]);
});

describe('systemd-oomd', () => {
  const oomd = (MESSAGE: string) =>
    entry({ _COMM: 'systemd-oomd', SYSLOG_IDENTIFIER: 'systemd-oomd', MESSAGE });
  const killed =
    'Killed /system.slice/systemd-resolved.service due to memory pressure for /system.slice being 85.87% > 80.00% for > 20s';
  const block = [
    'Considered 50 cgroups for killing, top candidates were:',
    '\tPath: /system.slice/nix-daemon.service',
    '\t\tMemory Pressure Limit: 0.00%',
    '\t\tPressure: Avg10: 85.87 Avg60: 73.87 Avg300: 50.24 Total: 6min 30s',
    '\t\tCurrent Memory Usage: 43.3G',
    '\t\tMemory Min: 0B',
    '\tPath: /system.slice/systemd-resolved.service',
    '\t\tPressure: Avg10: 1.50, Avg60: 0.00, Avg300: 0.00, Total: 2s',
    '\t\tCurrent Memory Usage: 6.0M',
    '\tPath: /system.slice/a.service',
  ];
  const expected = {
    ...stamped,
    text: killed,
    kind: 'guard-kill',
    by: 'systemd-oomd',
    pid: null,
    comm: null,
    uid: null,
    residentBytes: 6 * 1024 ** 2,
    cgroup: '/system.slice/systemd-resolved.service',
    considered: [
      {
        cgroup: '/system.slice/nix-daemon.service',
        currentBytes: Math.round(43.3 * 1024 ** 3),
        pressure10: 85.87,
      },
      { cgroup: '/system.slice/systemd-resolved.service', currentBytes: 6 * 1024 ** 2, pressure10: 1.5 },
      { cgroup: '/system.slice/a.service', currentBytes: null, pressure10: null },
    ],
  };
  test.each([
    ['line by line', block.map(oomd)],
    ['in one', [oomd(`${block.join('\n')}\n`)]],
  ])('whom it considered, %s, and whom it killed', (_, entries) => {
    expect(read(...entries, oomd(killed))).toEqual([expected]);
  });

  const unit = (UNIT: string) =>
    entry({
      MESSAGE_ID: 'd989611b15e44c9dbf31e3c81256e4ed',
      _PID: '1',
      UNIT,
      MESSAGE: `${UNIT}: systemd-oomd killed 3 process(es) in this unit.`,
    });
  test('what systemd says of the same kill is not told again; of one whose line is lost it is', () => {
    expect(read(...block.map(oomd), oomd(killed), unit('systemd-resolved.service'))).toHaveLength(1);
    expect(read(unit('systemd-resolved.service'))).toMatchObject([
      { kind: 'guard-kill', by: 'systemd-oomd', cgroup: '/systemd-resolved.service' },
    ]);
  });
  test('for want of swap; without a list; marked first, as newer ones say', () => {
    expect(
      read(
        oomd(
          'Killed /user.slice/x.scope due to memory used (33) / total (34) and swap used (8) / total (8) being more than 90.00%',
        ),
      ),
    ).toMatchObject([{ cgroup: '/user.slice/x.scope', residentBytes: null }]);
    expect(
      read(
        oomd('Marked /a.slice for killing due to memory pressure for /a.slice being 9.00% > 5.00% for > 1s'),
      ),
    ).toMatchObject([{ cgroup: '/a.slice' }]);
  });
});

test.each([
  [
    'sending SIGTERM to process 77 uid 30001 "cc1plus": badness 812, VmRSS 1234 MiB',
    { pid: 77, uid: 30_001, comm: 'cc1plus', residentBytes: 1234 * 1024 ** 2 },
  ],
  [
    'sending SIGKILL to process 77 uid 0 "a "b"": oom_score 1, oom_score_adj 0, VmRSS 2 MiB, cmdline "x"',
    { pid: 77, uid: 0, comm: 'a "b"', residentBytes: 2 * 1024 ** 2 },
  ],
  [
    'sending SIGTERM to process 77 "tail": badness 1, VmRSS 2 MiB',
    { pid: 77, uid: null, comm: 'tail', residentBytes: 2 * 1024 ** 2 },
  ],
])('earlyoom: %s', (MESSAGE, victim) => {
  const kill = { ...stamped, text: MESSAGE, kind: 'guard-kill', by: 'earlyoom', cgroup: null, ...victim };
  const later = (text: string) => ({ ...guard('earlyoom', text), __REALTIME_TIMESTAMP: '1700000009000000' });
  // The kill is told as of when the signal was sent: the victim ran then.
  for (const end of ['process exited after 0.3 seconds', 'process 77 exited after 0.312 seconds'])
    expect(read(guard('earlyoom', MESSAGE), later(end))).toEqual([kill]);
  expect(read(guard('earlyoom', MESSAGE))).toEqual([]);
});

describe('a signal that does not end its victim', () => {
  const sending = (signal: string) =>
    `sending ${signal} to process 627 uid 0 "bash": oom_score 966, oom_score_adj 0, VmRSS 3 MiB, cmdline "-bash"`;
  const kindsOf = (by: string, ...lines: readonly string[]) =>
    read(...lines.map((line) => guard(by, line))).map(({ kind }) => kind);
  const late = ['process 627 did not exit', 'kill failed: Timer expired'];

  // As it stands in a journal: a shell takes no note of SIGTERM.
  test('earlyoom 1.9.0 asks a shell three times: no kill', () => {
    const round = [
      'low memory! at or below SIGTERM limits: mem 88.00%, swap 100.00%',
      sending('SIGTERM'),
      'kill_release: pid=627: process_mrelease pidfd=4 failed: Invalid argument',
      ...late,
      'mem avail:  2224 of  2638 MiB (84.29%), swap free: 2047 of 2047 MiB (100.00%)',
    ];
    expect(kindsOf('earlyoom', ...round, ...round, ...round)).toEqual(Array(3).fill('guard-signal'));
    expect(read(...round.map((line) => guard('earlyoom', line)))).toMatchObject([
      { by: 'earlyoom', pid: 627, comm: 'bash', uid: 0, text: sending('SIGTERM') },
    ]);
  });

  test.each([
    [
      'escalated, and it ended',
      ['escalating to SIGKILL after 0.512 seconds', 'process 627 exited after 0.6 seconds'],
    ],
    ['escalated, and it takes long in a freeze', ['escalating to SIGKILL after 0.512 seconds', ...late]],
  ])('earlyoom, %s: a kill', (_, lines) => {
    expect(kindsOf('earlyoom', sending('SIGTERM'), ...lines)).toEqual(['guard-kill']);
  });

  test.each([
    ['may not', ['kill failed: Operation not permitted', 'sleeping 1 second']],
    ['came late', ['kill failed: No such process', 'process 12 exited after 0.1 seconds']],
    ['only shows what it would do', ['dryrun, not actually sending any signal']],
  ])('earlyoom %s: nothing', (_, lines) => {
    expect(kindsOf('earlyoom', sending('SIGKILL'), ...lines)).toEqual([]);
  });

  const status =
    '  PID:       77, name: cc1plus, state: R (running), EUID: 30001, SID: 5 (bash), lifetime: 3min';
  test.each([
    ['SIGTERM', "The victim doesn't respond on corrective action in 0.252s", ['guard-signal']],
    ['SIGKILL', "The victim doesn't respond on corrective action in 10.3s", ['guard-kill']],
    ['SIGTERM', 'The victim became a zombie in 0.1s', ['guard-kill']],
    ['SIGTERM', 'Selected process died before corrective action', []],
    ['SIGTERM', 'Cannot send a signal: PermissionError', []],
  ])('nohang, %s: %s', (signal, end, kinds) => {
    const after = ['The victim died in 3s'];
    expect(kindsOf('nohang', status, `  Sending ${signal} to the victim`, end, ...after)).toEqual(kinds);
  });
});

test('nohang tells of its victim, then of the signal', () => {
  const lines = [
    'Victim status (found in 5ms):',
    '  PID:       77, name: cc1plus, state: R (running), EUID: 30001, SID: 5 (bash), lifetime: 3min',
    '  badness:   780, oom_score:  780, oom_score_adj:  0',
    '  Vm, MiB:   Size: 2000, RSS: 1234 (Anon: 1230, File: 4, Shmem: 0), Swap: 0',
    '  cgroup_v1: ',
    '  cgroup_v2: /system.slice/nix-daemon.service',
    'Implementing a corrective action:',
    '  Sending SIGTERM to the victim',
    'OK; total response time: 31ms',
    'The victim died in 0.112s',
  ];
  const nohang = (_COMM: string) =>
    read(...lines.map((MESSAGE) => entry({ _COMM, SYSLOG_IDENTIFIER: 'nohang', MESSAGE })));
  const victim = {
    ...stamped,
    text: '  Sending SIGTERM to the victim',
    kind: 'guard-kill',
    by: 'nohang',
    pid: 77,
    comm: 'cc1plus',
    uid: 30_001,
    residentBytes: 1234 * 1024 ** 2,
    cgroup: '/system.slice/nix-daemon.service',
  };
  for (const comm of ['nohang', 'python3', '.nohang-wrapped']) expect(nohang(comm)).toEqual([victim]);
  // Nobody else is nohang because he says so.
  expect(nohang('evil')).toEqual([]);
});

test('units: out of memory, failed', () => {
  const unit = (MESSAGE_ID: string, fields: Readonly<Record<string, string>>) =>
    entry({ MESSAGE_ID, MESSAGE: 'x', ...fields });
  expect(
    read(
      unit('fe6faa94e7774663a0da52717891d8ef', { UNIT: 'nix-daemon.service', _PID: '1' }),
      unit('d9b373ed55a64feb8242e02dbe79a49c', { UNIT: 'a.service', _PID: '1', UNIT_RESULT: 'oom-kill' }),
      unit('d9b373ed55a64feb8242e02dbe79a49c', { USER_UNIT: 'b.service', _PID: '900' }),
      unit('d9b373ed55a64feb8242e02dbe79a49c', { UNIT: 'forged.service', _PID: '900' }),
      unit('0000', { UNIT: 'c.service', _PID: '1' }),
    ),
  ).toEqual([
    { ...stamped, text: 'x', kind: 'unit-oom', unit: 'nix-daemon.service' },
    { ...stamped, text: 'x', kind: 'unit-failed', unit: 'a.service', result: 'oom-kill' },
    { ...stamped, text: 'x', kind: 'unit-failed', unit: 'b.service', result: null },
  ]);
});

test.each([
  null,
  'text',
  {},
  entry({}),
  entry({ MESSAGE: null, _TRANSPORT: 'kernel' }),
  entry({ MESSAGE: [{}, 'x', -1, 1e9], _TRANSPORT: 'kernel' }),
  entry({ MESSAGE: Array.from({ length: 100_000 }, () => 65), _TRANSPORT: 'kernel' }),
  { MESSAGE: 'INFO: task a:1 blocked for more than 120 seconds.', _TRANSPORT: 'kernel' },
  entry({ MESSAGE: 'INFO: task a:1 blocked for more than 120 seconds.', _TRANSPORT: 'syslog' }),
  entry({ MESSAGE: 'x', _COMM: '__proto__' }),
])('nothing: %j', (hostile) => expect(read(hostile)).toEqual([]));

test('the words for people obey no terminal, and end', () => {
  const [notice] = read(
    entry({
      _TRANSPORT: 'kernel',
      MESSAGE: `\x1b[2JEXT4-fs error (device dm-0): x:1: inode #2: \x1b]0;title\x07${'y'.repeat(9000)}`,
    }),
  );
  expect(notice).toMatchObject({ kind: 'filesystem', what: 'error' });
  expect(notice?.text).toMatch(/^EXT4-fs error \(device dm-0\): x:1: inode #2: y{50}/);
  expect(notice?.text.length).toBe(400);
});

describe('who writes as a guard does', () => {
  const said = [
    'sending SIGTERM to process 77 "tail": badness 1, VmRSS 2 MiB',
    'process 77 exited after 0.1 seconds',
  ];
  const kills = (more: Record<string, string>) =>
    read(
      ...said.map((MESSAGE) => entry({ _COMM: 'earlyoom', SYSLOG_IDENTIFIER: 'earlyoom', MESSAGE, ...more })),
    ).length;

  test.each([
    ['root in a shell', { _UID: '0', _SYSTEMD_UNIT: 'session-3.scope' }],
    ['its unit, with a user of its own', { _UID: '61234', _SYSTEMD_UNIT: 'earlyoom.service' }],
    ['a journal without these fields', {}],
  ])('is believed: %s', (_, more) => {
    expect(kills(more)).toBe(1);
  });

  test.each([
    ['a user in a shell', { _UID: '1000', _SYSTEMD_UNIT: 'session-3.scope' }],
    ['a unit of a user', { _UID: '1000', _SYSTEMD_UNIT: 'user@1000.service' }],
    ['a build', { _UID: '30001', _SYSTEMD_UNIT: 'nix-daemon.service' }],
    ['nobody knows where', { _UID: '1000' }],
  ])('is not: %s', (_, more) => {
    expect(kills(more)).toBe(0);
  });
});

test('what our own guard writes is no other one’s, whatever a build is called', () => {
  const ours = (MESSAGE: string) =>
    entry({ _COMM: 'nixpulse', SYSLOG_IDENTIFIER: 'nixpulse-guard', _UID: '0', MESSAGE });
  const names = ['sending SIGTERM to process 7 "x": VmRSS 2 MiB', 'Killed /a due to memory pressure for /b'];
  expect(read(...names.map((name) => ours(`killed ${name}`)), ...names.map(ours))).toEqual([]);
  expect(guardEntries.join(' ')).not.toContain('nixpulse');
});

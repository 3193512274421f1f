/** The words of verdicts, of every kind of reason, at 120, 80 and 60 columns. */
import { describe, expect, it } from 'vitest';
import { formatStatus } from '../../src/format/status.ts';
import { longestStuck, subjectName, verdictText } from '../../src/format/verdict.ts';
import type { Asleep, Evidence, Partner, Reason, Verdict } from '../../src/model/diagnosis/verdict.ts';
import { busy, calm, firefox, rebuild } from '../support/model-fixture.ts';

const clock = { timeMs: new Date(2026, 10, 20, 3, 26).getTime(), monotonicMs: 10_000_000 };
const minutesAgo = (minutes: number) => clock.monotonicMs - minutes * 60_000;

function verdict(reason: Reason, more: Partial<Verdict> = {}): Verdict {
  return {
    subject: { kind: 'build', pid: 1, startTime: 2 },
    state: 'stuck',
    sinceMs: minutesAgo(12),
    atLeast: false,
    reason,
    certainty: 'certain',
    unseen: [],
    evidence: [],
    ...more,
  };
}

const line: Evidence = { for: true, field: 'log.lines', value: 40, unit: 'none', sinceMs: minutesAgo(12) };
const io: Evidence = { for: true, field: 'write', value: 0, unit: 'bytes/s', sinceMs: minutesAgo(11) };
const sleeper = { pid: 7, program: 'cmake', wchan: 'futex_do_wait' };
const idle = (asleep: Asleep) => verdict({ kind: 'idle', asleep }, { evidence: [line, io] });
const wait = (partner: Partner) => verdict({ kind: 'wait', partner }, { state: 'waiting' });
const path = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-firefox-130.0';

describe('one line', () => {
  it('says less where there is less room, the verdict first', () => {
    const stuck = idle({ kind: 'futex', ...sleeper });
    expect([120, 80, 60, 40, 12].map((columns) => verdictText(stuck, clock, { columns }))).toEqual([
      'STUCK 12 min: idle, cmake waits in futex for itself; no line since 03:14; no I/O since 03:15',
      'STUCK 12 min: idle, cmake waits in futex for itself; no line since 03:14',
      'STUCK 12 min: idle, cmake waits in futex for itself',
      'STUCK 12 min: idle',
      'STUCK 12 mi…',
    ]);
  });

  it.each([
    [idle({ kind: 'disk', ...sleeper, wchan: 'folio_wait' }), 'idle, cmake waits for a disk (folio_wait)'],
    [idle({ kind: 'disk', ...sleeper, wchan: null }), 'idle, cmake waits for a disk;'],
    [idle({ kind: 'pipe', ...sleeper }), 'idle, cmake waits for the other end of a pipe'],
    [idle({ kind: 'socket', ...sleeper }), 'idle, cmake waits for a socket'],
    [idle({ kind: 'poll', ...sleeper }), 'idle, cmake waits for an event'],
    [idle({ kind: 'signal', ...sleeper }), 'idle, cmake waits for a signal'],
    [idle({ kind: 'file-lock', ...sleeper }), 'idle, cmake waits for a file lock'],
    [idle({ kind: 'child', ...sleeper }), 'idle, cmake waits for a child that is not there'],
    [idle({ kind: 'zombie-child', child: 'ninja', ...sleeper }), 'cmake does not reap its ended child ninja'],
    [idle({ kind: 'zombies' }), 'idle, all its processes have ended and nobody reaps them'],
    [
      idle({ kind: 'log-reader', reader: 'nix-store', readerPid: 9, ...sleeper }),
      'cmake writes its log, which nix-store (9) does not read',
    ],
    [idle({ kind: 'timer', ...sleeper }), 'idle, cmake sleeps until a time'],
    [idle({ kind: 'virtual-machine', ...sleeper }), 'idle, its virtual machine idles'],
    [idle({ kind: 'network', ...sleeper }), 'idle, cmake waits for the network'],
    [idle({ kind: 'memory-limit', ...sleeper }), 'idle, cmake is held up by a memory limit'],
    [idle({ kind: 'runnable', ...sleeper }), 'idle, cmake gets no CPU'],
    [idle({ kind: 'unknown', ...sleeper }), 'idle, cmake waits in futex_do_wait'],
    [
      idle({ kind: 'unknown', ...sleeper, wchan: null }),
      'idle, where cmake sleeps is not seen yet, or takes root',
    ],
    [verdict({ kind: 'idle', asleep: null }), 'STUCK 12 min: idle'],
    [
      verdict({ kind: 'spinning', yields: true }, { certainty: 'likely', evidence: [line] }),
      'STUCK 12 min, likely: busy without progress, its threads only hand on the CPU; no line since 03:14',
    ],
    [
      verdict({ kind: 'quiet' }, { state: 'slow', evidence: [line] }),
      'slow 12 min: works without a line or a new process',
    ],
    [
      verdict({ kind: 'overdue' }, { state: 'slow', evidence: [{ ...line, field: 'usual', value: 1300 }] }),
      'slow 12 min: 1300% of its usual time',
    ],
    [verdict({ kind: 'short', resource: 'io' }, { state: 'slow' }), 'slow 12 min: the disk is short'],
    [verdict({ kind: 'short', resource: 'cpu' }, { state: 'slow' }), 'slow 12 min: no CPU is free'],
    [
      wait({ kind: 'lock', path: `${path}.lock`, holderPid: 9, holder: 'nix build' }),
      'waiting 12 min for the lock of firefox-130.0, held by nix build (9)',
    ],
    [
      wait({ kind: 'lock', path: null, holderPid: 9, holder: null }),
      'for the lock of another, held by process (9)',
    ],
    [
      wait({ kind: 'garbage-collection', holderPid: null, holder: null }),
      'waiting 12 min for a garbage collection',
    ],
    [wait({ kind: 'builder', host: 'big-arm' }), 'waiting 12 min for builder big-arm'],
    [wait({ kind: 'machine' }), 'waiting 12 min for a free builder'],
    [
      wait({ kind: 'upload-lock', host: 'h', waiting: 3 }),
      'waiting 12 min for the upload lock of h with 2 more',
    ],
    [
      wait({ kind: 'cache', peer: 'https://c.org', moving: 1, asked: 2 }),
      'waiting 12 min for bytes of c.org',
    ],
    [wait({ kind: 'cache', peer: null, moving: 0, asked: 2 }), 'waiting 12 min for an answer of a cache'],
    [wait({ kind: 'other-fetch', input: null }), 'waiting 12 min for another client that fetches the same'],
    [wait({ kind: 'build-user' }), 'waiting 12 min for a free build user'],
    [wait({ kind: 'store-lock' }), 'waiting 12 min for the lock of the store'],
    [wait({ kind: 'database', path: '/db' }), 'waiting 12 min for the database /db'],
    [wait({ kind: 'profile', path: '/p' }), 'waiting 12 min for the profile /p'],
    [
      wait({ kind: 'post-build-hook', drv: `${path}.drv`, program: null, pid: null }),
      'for the post-build hook of firefox-130.0',
    ],
    [
      wait({ kind: 'post-build-hook', drv: null, program: 'curl', pid: 4711 }),
      'for the post-build hook, for curl (4711)',
    ],
    [
      wait({ kind: 'unit', unit: 'a.service', switchPid: 9 }),
      'for unit a.service, where an older switch (9) runs',
    ],
    [wait({ kind: 'swap' }), 'waiting 12 min for swap, for memory is short'],
    [wait({ kind: 'disk', device: 'dm-0' }), 'waiting 12 min for a disk: dm-0 is stalled'],
    [
      wait({ kind: 'memory-limit', cgroup: '/a/nix-daemon.service', limitBytes: 2 ** 31 }),
      'waiting 12 min for memory: nix-daemon.service is at its limit of 2.0G',
    ],
    [wait({ kind: 'timer', pid: 7, program: 'sleep' }), 'waiting 12 min for a time: sleep sleeps'],
    [wait({ kind: 'virtual-machine', pid: 7, program: 'q' }), 'for its virtual machine, which idles'],
    [wait({ kind: 'network', pid: 7, program: 'curl' }), 'waiting 12 min for the network: curl'],
    [wait({ kind: 'said', text: 'something\u001b[2J new' }), 'waiting 12 min for something'],
    [
      verdict({
        kind: 'transfer',
        direction: 'send',
        path,
        peer: 'ssh://h',
        bytes: 2 ** 30,
        expectedBytes: 2 ** 31,
      }),
      'STUCK 12 min: no byte to ssh://h, 1.0G of 2.0G of firefox-130.0',
    ],
    [
      verdict(
        { kind: 'stopped', frozen: true, cgroup: '/a/b.scope', fromNixpulse: false },
        { state: 'paused' },
      ),
      'paused 12 min: cgroup b.scope is frozen',
    ],
    [
      verdict({ kind: 'builds', standing: 2, of: 5, build: { pid: 1, startTime: 2 } }, { atLeast: true }),
      'STUCK > 12 min: 2 of 5 builds',
    ],
    [verdict({ kind: 'progress', signs: ['cpu'] }, { state: 'working' }), 'working'],
  ] as const)('%#', (one, words) => {
    const text = verdictText(one, clock, { columns: 200 });
    expect(text).toContain(words);
    expect(text).not.toContain('\u001b');
    for (const columns of [120, 80, 60])
      expect(verdictText(one, clock, { columns }).length).toBeLessThanOrEqual(columns);
  });

  it('says who paused it, where we know', () => {
    const paused = (fromNixpulse: boolean) =>
      verdict({ kind: 'stopped', frozen: false, cgroup: null, fromNixpulse }, { state: 'paused' });
    expect(verdictText(paused(false), clock)).toBe('paused 12 min: stopped by a signal');
    expect(verdictText(paused(true), clock)).toBe('paused 12 min from nixpulse');
  });

  it('is ASCII where it has to be', () => {
    const stuck = idle({ kind: 'futex', ...sleeper, program: 'größe' });
    expect(verdictText(stuck, clock, { columns: 30, unicode: false })).toMatch(/^[ -~]+$/);
  });
});

describe('what is stuck', () => {
  const { pid, startTime } = firefox;
  const build = verdict({ kind: 'idle', asleep: null }, { subject: { kind: 'build', pid, startTime } });
  const client = verdict(
    { kind: 'builds', standing: 1, of: 1, build: { pid, startTime } },
    {
      subject: { kind: 'client', rebuild: null, pid: rebuild.pid, startTime: rebuild.startTime },
      sinceMs: minutesAgo(40),
    },
  );
  const later = { ...build, sinceMs: minutesAgo(3) };

  it('is named, builds before the clients that are stuck with them', () => {
    expect(longestStuck({ verdicts: [later, build, client] })).toBe(build);
    expect(longestStuck({ verdicts: [client] })).toBe(client);
    expect(longestStuck({ verdicts: [] })).toBeNull();
    expect(subjectName(build, busy)).toBe('firefox-130.0');
    expect(subjectName(client, busy)).toBe('nixos-rebuild');
    expect(subjectName(build, calm)).toBe(`build ${pid}`);
    expect(subjectName({ ...build, subject: { kind: 'rebuild', rebuild: 'stdin stream' } }, busy)).toBe(
      'rebuild',
    );
  });

  it('stands in the status line', () => {
    const model = { ...busy, shortages: [], findings: [], verdicts: [build], monotonicMs: clock.monotonicMs };
    expect(formatStatus(model)).toBe('STUCK firefox-130.0 12 min · firefox-130.0 11.2G +840M/min · 5 builds');
  });
});

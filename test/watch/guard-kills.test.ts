/** A guard of memory kills, and its line in the journal becomes an event: a real child that prints real lines. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SampleParts } from '../../src/model/sample.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { createGuardJournal } from '../../src/samplers/guard-journal.ts';
import { createHealthSource } from '../../src/samplers/health.ts';
import { createWatcher } from '../../src/watch/watcher.ts';
import { until } from '../lab/wait.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const folders: string[] = [];
const usualPath = process.env['PATH'];
afterEach(() => {
  process.env['PATH'] = usualPath;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A `journalctl` that says what is written into its file. */
function journal() {
  const folder = mkdtempSync(join(tmpdir(), 'nixpulse-journal-'));
  folders.push(folder);
  const script = `#!/bin/sh\necho $$ >${folder}/pid\nexec tail -n +1 -f ${folder}/lines\n`;
  writeFileSync(join(folder, 'lines'), '');
  writeFileSync(join(folder, 'journalctl'), script);
  chmodSync(join(folder, 'journalctl'), 0o755);
  process.env['PATH'] = `${folder}:${usualPath}`;
  return {
    pid: () => (existsSync(`${folder}/pid`) ? Number(readFileSync(`${folder}/pid`, 'utf8')) : 0),
    say(timeMs: number, guard: string, ...messages: readonly string[]) {
      const lines = messages.map((MESSAGE) =>
        JSON.stringify({
          __REALTIME_TIMESTAMP: `${timeMs}000`,
          _TRANSPORT: 'syslog',
          _COMM: guard,
          SYSLOG_IDENTIFIER: guard,
          MESSAGE,
        }),
      );
      appendFileSync(join(folder, 'lines'), `${lines.join('\n')}\n`);
    },
  };
}

const said: Readonly<Record<string, readonly string[]>> = {
  'systemd-oomd': [
    'Considered 50 cgroups for killing, top candidates were:',
    '\tPath: /user.slice/user-1000.slice/a.scope',
    '\t\tPressure: Avg10: 85.87 Avg60: 73.87 Avg300: 50.24 Total: 6min 30s',
    '\t\tCurrent Memory Usage: 43.3G',
    'Killed /user.slice/user-1000.slice/a.scope due to memory pressure for /user.slice being 85.87% > 80.00% for > 20s',
  ],
  earlyoom: [
    'mem avail:   120 of 15920 MiB ( 0.75%), swap free:    0 of    0 MiB ( 0.00%)',
    'low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%',
    'sending SIGTERM to process 77 uid 30001 "cc1plus": oom_score 812, oom_score_adj 0, VmRSS 1234 MiB, cmdline "cc1plus -quiet"',
    'process 77 exited after 0.312 seconds',
  ],
  nohang: [
    '  PID:       78, name: ld.lld, state: R (running), EUID: 30001, SID: 5 (bash), lifetime: 3min',
    '  Vm, MiB:   Size: 2000, RSS: 1234 (Anon: 1230, File: 4, Shmem: 0), Swap: 0',
    '  cgroup_v2: /system.slice/nix-daemon.service',
    '  Sending SIGTERM to the victim',
    'OK; total response time: 31ms',
    'The victim died in 0.112s',
  ],
};

test('each guard: the watcher tells who was killed by whom, a recording tells it again, and nothing is left', async () => {
  const { say, pid } = journal();
  const ports = createFakePorts({
    tree: { '/sys/fs/cgroup/system.slice/earlyoom.service/cgroup.procs': '' },
  });
  const { clock } = ports;
  const health = createHealthSource(ports, undefined, undefined, [
    createGuardJournal({ ...ports, spawn: systemSpawn }),
  ]);
  const taken: SampleParts[] = [];
  const sample: typeof health.sample = (later) => {
    const parts = health.sample(later);
    taken.push(parts);
    return parts;
  };
  const watcher = createWatcher({ clock, sources: [{ ...health, sample }] });
  watcher.wantAll();
  watcher.look();
  watcher.begin();
  const goOn = () => {
    clock.advance(2000);
    return watcher.model.events.filter(({ kind }) => kind === 'killed');
  };
  await until('the journal', () => {
    goOn();
    return pid() > 0;
  });
  const atMs = clock.now();
  for (const [guard, lines] of Object.entries(said)) say(atMs, guard, ...lines);
  // systemd tells of the same kill, and earlyoom kills what has not ended.
  const again = (said['earlyoom']?.[2] ?? '').replace('SIGTERM', 'SIGKILL');
  say(atMs + 500, 'earlyoom', again, 'process 77 exited after 0.100 seconds');
  const expected = [
    { killer: 'systemd-oomd', pid: null, cgroup: '/user.slice/user-1000.slice/a.scope' },
    { killer: 'earlyoom', pid: 77, comm: 'cc1plus', uid: 30_001 },
    { killer: 'nohang', pid: 78, comm: 'ld.lld', cgroup: '/system.slice/nix-daemon.service' },
  ];
  await until('three kills', () => goOn().length >= 3);
  goOn();
  expect(goOn()).toMatchObject(expected);

  let replayed: ReturnType<typeof deriveRecorded> | null = null;
  for (const [second, parts] of taken.entries()) {
    const times = { version: 1, timeMs: atMs + second, monotonicMs: second } as const;
    replayed = deriveRecorded({ ...times, ...parts }, replayed);
  }
  expect(replayed?.model.events.filter(({ kind }) => kind === 'killed')).toMatchObject(expected);

  await watcher.end();
  await watcher.close();
  await until('the end of the journal', () => !existsSync(`/proc/${pid()}`));
});

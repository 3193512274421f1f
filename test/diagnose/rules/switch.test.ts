/** Switches that wait, were left over, stand, or did not end well; and rebuilds of the night. */
import { describe, expect, test } from 'vitest';
import { deriveSample } from '../../../src/diagnose/derive-sample.ts';
import type { ProcessRaw, Sample } from '../../../src/model/sample.ts';
import { newLogReader, readLog } from '../../../src/parse/read-log.ts';
import { builder, client, daemon, forest, process, worker } from '../../support/forest-raw.ts';
import { dayMs } from '../story.ts';
import { findIn, firstFound, foundOf } from './found.ts';

const unit = 'nixos-rebuild-switch-to-configuration';
const program = `/nix/store/${'a'.repeat(32)}-nixos-system/bin/switch-to-configuration`;
const rebuild = client(150, {
  comm: '.nixos-rebuild-',
  uid: 0,
  startTime: 99_500,
  facts: { argv: ['nixos-rebuild', 'switch'] },
});
const run = process({
  pid: 152,
  ppid: 150,
  comm: 'systemd-run',
  startTime: 99_600,
  facts: { argv: ['systemd-run', '--pipe', `--unit=${unit}`, '--wait', program, 'switch'] },
});
const older: readonly ProcessRaw[] = [
  process({
    pid: 90,
    ppid: 1,
    comm: 'switch-to-confi',
    startTime: 9_000,
    facts: { argv: [`/nix/store/${'b'.repeat(32)}-nixos-system/bin/switch-to-configuration`, 'switch'] },
  }),
  process({
    pid: 91,
    ppid: 90,
    comm: 'systemctl',
    startTime: 9_100,
    facts: { argv: ['systemctl', 'start', 'foo.service'] },
  }),
];

describe('the transient unit is still there', () => {
  test('with an older switch in it, which waits for a unit', () => {
    const scene = () => ({ processes: [daemon(), rebuild, run, ...older] });
    const { texts, remedies } = findIn('switch', 1200, scene, { everySec: 10 });
    expect(texts[0]).toBe(
      'nixos-rebuild (150) waits: an older switch (90, 35 min old) runs, waits for foo.service, 20 min',
    );
    expect(texts.join()).not.toContain('left over');
    expect(remedies.join()).toContain('systemctl status foo.service');
  });

  test('with nobody in it', () => {
    const scene = () => ({ processes: [daemon(), rebuild, run] });
    expect(firstFound('switch', 300, scene)).toBe(120);
    const { texts, findings, remedies } = findIn('switch', 1200, scene, { everySec: 10 });
    expect(texts).toEqual([
      `likely: unit ${unit} is left over and nobody runs in it; process 150 waits for it, 20 min`,
    ]);
    expect(findings).toMatchObject([{ found: { kind: 'switch-left-over' }, probe: 'units' }]);
    expect(remedies[0]).toBe(`command systemctl reset-failed ${unit}`);
  });

  test('of a switch of its own is none', () => {
    const own = process({
      pid: 160,
      ppid: 1,
      comm: 'switch-to-confi',
      startTime: 99_700,
      facts: { argv: [program, 'switch'] },
    });
    const scene = (second: number) => ({
      processes: [daemon(), rebuild, run, { ...own, userTicks: second * 20 }],
    });
    expect(firstFound('switch', 600, scene, () => true, { everySec: 5 })).toBeNull();
    expect(findIn('switch', 5, scene).hypothesis.state).toBe('refuted');
  });

  test('hidden processes prove nothing', () => {
    const scene = () => ({ processes: [rebuild, run], forest: { hidden: true, privileged: false } });
    expect(firstFound('switch', 600, scene, () => true, { everySec: 10 })).toBeNull();
  });
});

test('an activation that stands names its step and its child, without /proc as well', () => {
  const scene = () => ({
    processes: [
      client(150, { comm: 'darwin-rebuild', facts: { argv: ['darwin-rebuild', 'switch'] } }),
      process({
        pid: 151,
        ppid: 150,
        comm: 'activate',
        facts: { argv: [`/nix/store/${'d'.repeat(32)}-darwin-system/activate`] },
      }),
      process({
        pid: 152,
        ppid: 151,
        comm: 'launchctl',
        startTime: 99_900,
        facts: { argv: ['launchctl', 'bootout', 'system/org.nixos.foo'] },
      }),
    ],
    forest: { privileged: false },
  });
  const { texts, findings } = findIn('switch', 660, scene, { everySec: 5 });
  expect(texts).toEqual([
    'likely: activation of darwin-rebuild (150) stands: waits for launchctl bootout system/org.nixos.foo (152), 11 min',
  ]);
  expect(findings).toMatchObject([{ level: 'warning' }]);
});

/** Lines of nixos-rebuild, with its exit code. */
function ended(
  lines: readonly string[],
  exitCode: number,
  words = ['nixos-rebuild', 'switch'],
  processes: readonly ProcessRaw[] = [],
) {
  const read = readLog(newLogReader, Buffer.from(`${lines.join('\n')}\n`));
  const sample: Sample = {
    version: 1,
    timeMs: dayMs,
    monotonicMs: 1_000_000,
    ...(processes.length > 0 && {
      forest: { ok: true, atMs: 1_000_000, value: { ...forest(processes), treeAtMs: 1_000_000 } },
    }),
    logs: {
      ok: true,
      atMs: 1_000_000,
      value: {
        streams: [
          {
            id: 'command',
            origin: { kind: 'command', words, pid: 150 },
            writers: 'one',
            events: [...read.events, { kind: 'end', exitCode }],
          },
        ],
      },
    },
  };
  return foundOf('switch', deriveSample(sample, null).model);
}

describe('a switch that ended', () => {
  const begins = [
    'building the system configuration...',
    'stopping the following units: a.service',
    'activating the configuration...',
    'setting up /etc...',
  ];
  const status = (name: string, active: string) => [
    `× ${name} - Thing`,
    `     Loaded: loaded (/etc/systemd/system/${name}; enabled)`,
    `     Active: ${active} since Fri 2026-11-20 03:00:00 UTC; 5s ago`,
  ];

  test('with 4, its unit in a restart cycle: three facts, and nothing to mend', () => {
    const { texts, findings } = ended(
      [
        ...begins,
        'starting the following units: a.service',
        'warning: the following units failed: a.service',
        ...status('a.service', 'activating (auto-restart) (Result: exit-code)'),
      ],
      4,
    );
    expect(texts).toEqual([
      'switch ended with 4; running: new; boot default: new; in a restart cycle, not necessarily failed: a.service',
    ]);
    expect(findings).toMatchObject([{ level: 'ok' }]);
  });

  test('with 4, and a unit that failed', () => {
    const { texts, findings } = ended(
      [
        ...begins,
        'starting the following units: a.service, b.service',
        'warning: the following units failed: a.service, b.service',
        ...status('a.service', 'activating (auto-restart) (Result: exit-code)'),
        ...status('b.service', 'failed (Result: exit-code)'),
      ],
      4,
    );
    expect(texts[0]).toBe(
      'switch ended with 4; running: new; boot default: new; failed: b.service; in a restart cycle, not necessarily failed: a.service',
    );
    expect(findings).toMatchObject([{ level: 'warning' }]);
  });

  test('in its activation: the old one runs', () => {
    const { texts, findings } = ended([...begins, 'Failed to run activate script'], 2);
    expect(texts[0]).toBe('switch ended with 2; running: old; boot default: new');
    expect(findings).toMatchObject([{ level: 'critical' }]);
  });

  test('as a test: the next boot starts the old one', () => {
    const { texts } = ended(
      [...begins, 'starting the following units: a.service', 'Failed to start a.service'],
      4,
      ['nixos-rebuild', 'test'],
    );
    expect(texts[0]).toContain('running: new; boot default: old; failed: a.service');
  });

  test('well is none', () => {
    const { findings } = ended([...begins, 'starting the following units: a.service'], 0);
    expect(findings).toEqual([]);
  });

  test('because its unit was left over', () => {
    const { findings } = ended(
      [
        'building the system configuration...',
        `Failed to start transient service unit: Unit ${unit}.service was already loaded or has a fragment file.`,
      ],
      1,
    );
    expect(findings).toMatchObject([
      { subject: { kind: 'unit', unit: `${unit}.service` }, state: 'possible', found: { waiterPid: null } },
    ]);
  });

  test('because an older switch runs in its unit; one that began after it is none', () => {
    const refused = [
      'building the system configuration...',
      `Failed to start transient service unit: Unit ${unit}.service was already loaded or has a fragment file.`,
    ];
    const kindsWith = (others: readonly ProcessRaw[]) =>
      ended(refused, 1, undefined, [daemon(), rebuild, ...others]).findings.map(({ found }) => found.kind);
    const newer = older.map((one) => ({ ...one, startTime: 99_800 }));
    expect(kindsWith(older)).toEqual(['switch-waits']);
    expect(kindsWith(newer)).toEqual(['switch-left-over']);
  });
});

describe('a rebuild of the night', () => {
  const upgrade = client(150, {
    comm: '.nixos-rebuild-',
    tty: 0,
    uid: 0,
    facts: {
      argv: ['nixos-rebuild', 'switch', '--upgrade'],
      cgroup: '/system.slice/nixos-upgrade.service',
    },
  });
  const night = (second: number) => ({
    processes:
      second > 11 * 3600
        ? [daemon()]
        : [
            daemon(),
            { ...upgrade, userTicks: second },
            worker(200, 150),
            ...(second > 1200 ? [builder(300, 200, 'clang-19', { userTicks: second * 90 })] : []),
          ],
  });

  test('is known the morning after, with who started it and what took so long', () => {
    const { texts, findings } = findIn('switch', 12 * 3600, night, { everySec: 60 });
    expect(findings).toMatchObject([
      {
        level: 'ok',
        found: { kind: 'unattended', unit: 'nixos-upgrade.service', build: 'clang-19', cached: null },
      },
    ]);
    expect(texts[0]).toMatch(/^nixos-upgrade.service rebuilds without anybody, 11 h: clang-19, 1[01] h/);
  });

  test('of a person at a terminal is none', () => {
    const scene = (second: number) => ({
      processes: [daemon(), { ...upgrade, tty: 0x8803, userTicks: second }],
    });
    expect(firstFound('switch', 2 * 3600, scene, () => true, { everySec: 60 })).toBeNull();
  });
});

/** Rebuilds as their tools really look while they activate: trees of nixos-rebuild-ng, nix-darwin and home-manager. */
import { describe, expect, test } from 'vitest';
import { deriveForest, type ForestCarry } from '../../../src/model/forest/derive-forest.ts';
import type { ProcessRaw } from '../../../src/model/sample.ts';
import { daemon, forest, hashes, later, process } from '../../support/forest-raw.ts';

const system = `/nix/store/${hashes[0]}-nixos-system-box-26.05`;
const home = `/nix/store/${hashes[0]}-home-manager-generation`;

function at(pid: number, ppid: number, comm: string, ...argv: readonly string[]): ProcessRaw {
  return process({ pid, ppid, comm, session: 50, startTime: 99_000 + pid, facts: { argv } });
}

/** nixos-rebuild-ng, python below a wrapper whose `exec -a` the shebang loses. */
const rebuild = (...words: readonly string[]) =>
  at(10, 5, '.nixos-rebuild-', 'python3', '/nix/store/x-ng/bin/.nixos-rebuild-wrapped', ...words);

const systemdRun = (action: string, program = `${system}/bin/switch-to-configuration`) =>
  at(
    11,
    10,
    'systemd-run',
    ...['systemd-run', '-E', 'LOCALE_ARCHIVE', '--collect', '--no-ask-password', '--pipe', '--quiet'],
    ...['--service-type=exec', '--unit=nixos-rebuild-switch-to-configuration-9767bc07', program, action],
  );

const switching = (action: string, ppid = 1) =>
  at(20, ppid, 'switch-to-confi', `${system}/bin/switch-to-configuration`, action);

const script = (ppid: number, ...argv: readonly string[]) =>
  at(21, ppid, 'activate', '/nix/store/x-bash/bin/bash', ...argv);

/** What each look in turn shows. */
function looksAt(...looks: readonly (readonly ProcessRaw[])[]) {
  let carry: ForestCarry | null = null;
  return looks.map((processes, index) => {
    const value = later(forest([daemon(), ...processes]), index);
    const next = deriveForest({ ok: true, value, atMs: value.treeAtMs }, carry, { timeMs: 0 });
    carry = next.carry;
    return next.parts;
  });
}

const clientsOf = (...processes: readonly ProcessRaw[]) => looksAt(processes)[0]?.clients ?? [];

describe('a switch by ssh on another machine', () => {
  const remote = (...words: readonly string[]) =>
    at(11, 10, 'ssh', 'ssh', '-o', 'ControlMaster=auto', ...words);
  const program = `${system}/bin/switch-to-configuration`;
  const cases = {
    'as words': remote('root@test', '--', 'sudo', program, 'switch'),
    'as one word': remote('root@boot', `'env' '-i' '${program}' 'switch'`),
  };
  for (const [how, ssh] of Object.entries(cases)) {
    test(`is an activation: ${how}`, () => {
      const [client] = clientsOf(rebuild('switch', '--target-host', 'root@test'), ssh);
      expect(client).toMatchObject({ phase: 'activating', activation: { action: 'switch', unit: null } });
    });
  }

  test('what only copies to it is none', () => {
    const [client] = clientsOf(rebuild('switch'), remote('root@test', 'nix-store', '--serve', '--write'));
    expect(client?.activation).toBeNull();
  });
});

describe('a switch that systemd-run had pid 1 start', () => {
  test('is a part of the rebuild: one row, with the unit', () => {
    const clients = clientsOf(rebuild('switch'), systemdRun('switch'), switching('switch'), script(20));
    expect(clients).toMatchObject([
      {
        command: 'nixos-rebuild switch',
        tool: 'nixos-rebuild',
        phase: 'activating',
        processes: [{ pid: 10 }, { pid: 11 }, { pid: 20 }, { pid: 21 }],
        activation: {
          action: 'switch',
          unit: 'nixos-rebuild-switch-to-configuration-9767bc07',
          stage: 'script',
          profile: true,
          bootloader: true,
        },
      },
    ]);
  });

  const old = { ...switching('switch'), startTime: 99_000 };
  const other = systemdRun('switch', '/nix/store/other/bin/switch-to-configuration');
  const second = { ...rebuild('switch'), pid: 12 };
  test.each([
    ['another action', [rebuild('switch'), systemdRun('switch'), switching('test')]],
    ['another system', [rebuild('switch'), other, switching('switch')]],
    ['a switch that is older', [rebuild('switch'), systemdRun('switch'), old]],
    [
      'a rebuild that only runs another unit',
      [rebuild('switch'), at(11, 10, 'systemd-run', 'systemd-run', 'true'), switching('switch')],
    ],
    [
      'command lines that are not read yet',
      [rebuild('switch'), { ...systemdRun('switch'), facts: {} }, switching('switch')],
    ],
  ])('stays apart from %s', (_, processes) => {
    expect(clientsOf(...processes).map(({ pid }) => pid)).toEqual([10, 20]);
  });

  test('has not ended when it joins', () => {
    const unread = [rebuild('switch'), { ...systemdRun('switch'), facts: {} }, switching('switch')];
    const read = [rebuild('switch'), systemdRun('switch'), switching('switch')];
    const looks = looksAt(unread, read, [rebuild('switch')], []);
    expect(looks.map(({ events }) => events.map(({ kind }) => kind))).toEqual([[], [], [], ['client-ended']]);
  });

  test('and that may be of two rebuilds is of none', () => {
    const clients = clientsOf(
      rebuild('switch'),
      systemdRun('switch'),
      second,
      { ...systemdRun('switch'), pid: 13, ppid: 12 },
      switching('switch'),
    );
    expect(clients.map(({ pid }) => pid)).toEqual([10, 12, 20]);
  });
});

test.each([
  ['switch', 'activating', true, null],
  ['test', 'activating', false, false],
  ['boot', 'installing bootloader', true, null],
  ['dry-activate', 'dry activation', false, false],
])('%s: %s', (action, phase, profile, bootloader) => {
  const below = [rebuild(action), switching(action, 10)];
  expect(clientsOf(...below)).toMatchObject([
    { phase, activation: { action, unit: null, profile, bootloader } },
  ]);
});

test('the script seen once, units are what is left of a switch', () => {
  const processes = [rebuild('switch'), switching('switch', 10)];
  const stages = looksAt(processes, [...processes, script(20)], processes, processes);
  expect(stages.map(({ clients }) => clients[0]?.activation)).toMatchObject([
    { stage: null, bootloader: null },
    { stage: 'script', bootloader: true },
    { stage: 'units', bootloader: true },
    { stage: 'units', bootloader: true },
  ]);
});

describe('scripts of generations', () => {
  test.each([
    ['darwin-rebuild', ['darwin-rebuild', 'switch'], 'activating', true],
    ['darwin-rebuild', ['darwin-rebuild', 'activate'], 'activating', false],
    ['darwin-rebuild', ['darwin-rebuild', 'check'], 'dry activation', false],
    ['home-manager', ['home-manager', 'switch'], 'activating', true],
    ['home-manager', ['home-manager', '-n', 'switch'], 'dry activation', true],
  ])('%s: %j', (tool, argv, phase, profile) => {
    const run = script(10, `${home}/activate`, ...(tool === 'home-manager' ? ['--driver-version', '1'] : []));
    expect(clientsOf(at(10, 5, tool, 'bash', ...argv), run)).toMatchObject([
      { tool, phase, activation: { stage: 'script', profile, bootloader: false } },
    ]);
  });

  test('outlive the one who started them; others of that name are nobody', () => {
    expect(clientsOf(script(1, `${home}/activate`))).toMatchObject([{ pid: 21, phase: 'activating' }]);
    expect(clientsOf(script(1, '/opt/venv/bin/activate'))).toEqual([]);
  });
});

test('before its command line is read a client is called by its tool, and 0 is root', () => {
  const raw = forest([{ ...rebuild('switch'), facts: {} }], { userNames: {} });
  const { parts } = deriveForest({ ok: true, value: raw, atMs: 1 }, null, { timeMs: 0 });
  expect(parts.clients).toMatchObject([{ command: 'nixos-rebuild', user: 'root' }]);
});

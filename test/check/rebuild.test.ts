import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { rebuildItems } from '../../src/check/rebuild.ts';
import { itemRemedies, itemText } from '../../src/format/check-words.ts';
import type { RebuildFacts } from '../../src/model/advice/rebuild-facts.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Client } from '../../src/model/model.ts';
import {
  blindFacts,
  built,
  evaluated,
  GiB,
  MiB,
  planned,
  soundFacts,
  soundMachine,
  soundSettings,
} from '../support/rebuild-facts.ts';
import { told } from './items.ts';

describe('a sound machine', () => {
  it('has no warning, and nothing unknown', () => {
    const all = rebuildItems(soundFacts());
    expect(all.filter(({ state }) => state !== 'ok')).toEqual([]);
    expect(all.map(({ id }) => id)).toEqual([
      ...[
        'evaluation',
        'daemon',
        'store-writable',
        'database',
        'store-space',
        'store-inodes',
        'build-directory',
      ],
      ...['memory', 'cache', 'builder', 'features', 'boot', 'running', 'switch-unit', 'disks'],
    ]);
    for (const item of all) expect(itemRemedies(item)).toEqual([]);
  });

  it('without the evaluation it leaves out what stands on it', () => {
    const all = rebuildItems(soundFacts({ dryRun: null }));
    const left = all.filter(({ state }) => state !== 'ok');
    expect(left.map(({ id, state }) => [id, state])).toEqual([
      ['evaluation', 'left-out'],
      ['features', 'left-out'],
    ]);
  });

  it('of what nobody could look at it says so, and nothing else', () => {
    const all = rebuildItems(blindFacts());
    expect(all.map(({ state }) => state)).toEqual(all.map(() => 'unknown'));
    for (const item of all) expect(itemText(item)).not.toBe('');
  });
});

describe('evaluation', () => {
  it.each([
    ['done', {}, 'ok'],
    ['failed', { error: "error: attribute 'x' missing" }, 'failed'],
    ['recursion', { error: 'error: infinite recursion encountered' }, 'failed'],
    ['stack', { error: 'error: stack overflow' }, 'failed'],
    ['time', {}, 'warning'],
    ['memory', {}, 'warning'],
  ] as const)('%s', (end, more, state) => {
    const dryRun = end === 'done' ? planned() : evaluated({ end, ...more });
    const told1 = told({ dryRun }, 'evaluation');
    expect(told1.state).toBe(state);
    expect(told1.remedies > 0).toBe(state !== 'ok');
  });

  it('its error is explained in one line', () => {
    const said = [
      'error:',
      '       … while evaluating the attribute',
      "       error: attribute 'servces' missing",
      '       at /etc/nixos/configuration.nix:3:5:',
    ];
    const { text } = told(
      { dryRun: evaluated({ end: 'failed', error: "attribute 'servces' missing" }, said) },
      'evaluation',
    );
    expect(text).toMatch(/does not evaluate: .*servces/);
    expect(text).not.toContain('\n');
  });

  it('a name that the flake does not have is told as that, with the command that lists those that it has', () => {
    const error = "attribute 'box' missing";
    const lines = (place: string) => [`       error: ${error}`, '', `       at ${place}:2:12:`];
    const items = (dryRun: RebuildFacts['dryRun']) =>
      rebuildItems(soundFacts({ dryRun })).find(({ id }) => id === 'evaluation');
    const missing = items(evaluated({ end: 'failed', error }, lines('«string»')));
    if (missing === undefined) throw new Error('no evaluation');
    expect(missing).toMatchObject({ state: 'failed', found: { lacksName: true, cause: null } });
    expect(itemText(missing)).toBe('there is no configuration of that name: /etc/nixos#box');
    expect(itemRemedies(missing)).toMatchObject([{ command: 'nix flake show /etc/nixos' }]);
    const within = items(evaluated({ end: 'failed', error }, lines('/etc/nixos/web.nix')));
    expect(within).toMatchObject({ found: { lacksName: false, cause: { title: expect.anything() } } });
  });

  it('an error that nobody knows is told in its own words', () => {
    const dryRun = evaluated({ end: 'failed', error: 'error: the moon is full' }, [
      'error: the moon is full',
    ]);
    expect(told({ dryRun }, 'evaluation').text).toBe('/etc/nixos#box does not evaluate: the moon is full');
  });

  it('killed by the limit of its own cgroup, with 20 GB free: that limit is told, and a rebuild from here fails', () => {
    const dryRun = evaluated({ end: 'memory', error: 'killed (SIGKILL)', peakBytes: 2 * GiB });
    const memoryLimit = { cgroup: '/ci/job', limitBytes: 2 * GiB, usedBytes: 0 };
    const one = told({ dryRun, memoryLimit }, 'evaluation');
    expect(one.state).toBe('failed');
    expect(one.text).toBe(
      '/etc/nixos#box was killed with 2.0 GB by the limit of its own cgroup /ci/job, 2.0 GB; the machine has 20.0 GB available',
    );
    expect(told({ dryRun }, 'evaluation').text).toContain('was killed with 2.0 GB for want of memory');
  });

  it('what wants to build while it evaluates is not known', () => {
    const said = [
      "error: cannot build '/nix/store/x.drv' during evaluation because the option 'allow-import-from-derivation' is disabled",
    ];
    expect(
      told({ dryRun: evaluated({ end: 'failed', error: 'cannot build' }, said) }, 'evaluation').state,
    ).toBe('unknown');
  });

  it('a plan with what nobody can get, or with derivations that a crash has emptied, fails', () => {
    const lost = planned({ unknown: [`/nix/store/${'c'.repeat(32)}-lost`] });
    expect(told({ dryRun: lost }, 'evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('nobody knows how to get lost'),
    });
    const empty = planned({ empty: [built('etc').drv] });
    expect(told({ dryRun: empty }, 'evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(/1 derivation .* hold nothing: etc/),
    });
  });

  it('evaluated where nothing may be written: no plan, which is not known', () => {
    const run = soundFacts().dryRun;
    if (run?.ok !== true) throw new Error('no run');
    const dryRun = ok({ ...run.value, plan: fail<never>('denied', 'the store', 'cannot connect to socket') });
    expect(told({ dryRun }, 'evaluation').state).toBe('unknown');
    expect(told({ dryRun }, 'features').state).toBe('unknown');
    expect(told({ dryRun }, 'store-space')).toMatchObject({ state: 'ok' });
    const said = "error parsing derivation '/nix/store/x.drv': error: expected string 'Derive(['";
    const refused = ok({ ...run.value, plan: fail<never>('malformed', 'nix-store --dry-run', said) });
    expect(told({ dryRun: refused }, 'evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('Nix cannot plan it: error parsing'),
    });
  });
});

describe('memory', () => {
  const memory = (availableBytes: number | null, swapTotalBytes = 0) => {
    const machine = soundMachine();
    return { machine: { ...machine, memory: { ...machine.memory, availableBytes, swapTotalBytes } } };
  };

  it.each([
    [20 * GiB, 0, 'ok'],
    [1 * GiB, 8 * GiB, 'ok'],
    [500 * MiB, 0, 'warning'],
    // The evaluation took 2 GB.
    [1.5 * GiB, 0, 'warning'],
    [null, 0, 'unknown'],
  ] as const)('%s bytes and %i of swap', (bytes, swap, state) => {
    expect(told(memory(bytes, swap), 'memory').state).toBe(state);
  });

  it('kills since boot are told, and are no warning of their own', () => {
    const { machine } = memory(20 * GiB);
    const killed = { machine: { ...machine, memory: { ...machine.memory, oomKills: 3 } } };
    expect(told(killed, 'memory')).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('3 processes were killed'),
    });
  });

  it('large builds with as many compilers as there are cores', () => {
    const dryRun = planned({ builds: [built('chromium-unwrapped-131.0.6778.204')] });
    expect(told({ ...memory(6 * GiB), dryRun }, 'memory')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('1 large build may take 8.0 GB'),
    });
    expect(told({ ...memory(20 * GiB), dryRun }, 'memory').state).toBe('ok');
    const settings = ok({ ...soundSettings, maxJobs: 0 });
    expect(told({ ...memory(6 * GiB), dryRun, settings }, 'memory').state).toBe('ok');
  });

  it('the limit of our own cgroup with 20 GB free: it is told as the limit, not as the machine', () => {
    const memoryLimit = { cgroup: '/ci/job', limitBytes: 2 * GiB, usedBytes: 1.5 * GiB };
    const { state, text } = told({ memoryLimit }, 'memory');
    expect(state).toBe('warning');
    expect(text).toContain('20.0 GB available');
    expect(text).toContain('this session may have 2.0 GB (/ci/job)');
    const wide = { cgroup: '/user.slice', limitBytes: 30 * GiB, usedBytes: 1 * GiB };
    expect(told({ memoryLimit: wide }, 'memory').text).not.toContain('/user.slice');
  });
});

describe('daemon, store and database', () => {
  it('a socket that nobody is seen to listen on, by what the daemon answers, and none', () => {
    const socket = (of: 'present' | 'absent', daemonSaid: RebuildFacts['daemonSaid'] = null) => ({
      machine: soundMachine({ daemon: { ...soundMachine().daemon, socket: of } }),
      daemonSaid,
    });
    expect(told(socket('present', ok('cannot connect: Connection refused')), 'daemon')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('Connection refused'),
    });
    expect(told(socket('present', ok(null)), 'daemon').state).toBe('ok');
    expect(told(socket('present', fail('unsupported', 'nix')), 'daemon').state).toBe('unknown');
    expect(told(socket('present'), 'daemon').state).toBe('unknown');
    expect(told(socket('absent'), 'daemon').state).toBe('unknown');
  });

  it('read-only, empty, no database, not readable', () => {
    const state = (over: Partial<RebuildFacts['state']>) => ({ state: { ...soundFacts().state, ...over } });
    expect(told(state({ readOnly: ok(true) }), 'store-writable').state).toBe('failed');
    expect(told(state({ database: ok({ bytes: 0, sqlite: false }) }), 'database')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('empty'),
    });
    expect(told(state({ database: ok({ bytes: 4096, sqlite: false }) }), 'database').state).toBe('failed');
    expect(told(state({ database: ok({ bytes: 4096, sqlite: null }) }), 'database').state).toBe('unknown');
  });
});

describe('what else is there', () => {
  const client = (over: Partial<Client>) =>
    ({
      pid: 4711,
      command: 'nixos-rebuild switch',
      tool: 'nixos-rebuild',
      activation: null,
      phase: 'building',
      ...over,
    }) as Client;

  it('another rebuild, a switch, and a nix-build that is none', () => {
    const machine = (over: Partial<Client>) => ({ machine: soundMachine({ clients: [client(over)] }) });
    expect(told(machine({}), 'running')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('pid 4711'),
    });
    const activation = {
      action: 'switch',
      unit: null,
      stage: 'units',
      profile: true,
      bootloader: true,
    } as const;
    expect(told(machine({ activation }), 'running').text).toContain('puts a configuration in force');
    expect(told(machine({ tool: 'nix-build', command: 'nix-build' }), 'running').state).toBe('ok');
    expect(told({ machine: soundMachine({ readAtMs: {} }) }, 'running').state).toBe('unknown');
  });

  it('the unit of an earlier switch', () => {
    const unit = 'nixos-rebuild-switch-to-configuration.service';
    const units = ok({
      failed: [
        { unit, state: 'failed' },
        { unit: 'foo.service', state: 'failed' },
      ],
      jobs: [],
    });
    expect(told({ units }, 'switch-unit')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining(unit),
    });
    const others = ok({ failed: [{ unit: 'foo.service', state: 'failed' }], jobs: [] });
    expect(told({ units: others }, 'switch-unit').state).toBe('ok');
  });

  it('what the diagnosis finds of disks, and what is no fault', () => {
    const finding: Finding = {
      id: 'disk sda',
      hypothesis: 'disk',
      subject: { kind: 'device', device: 'sda' },
      level: 'critical',
      state: 'confirmed',
      evidence: [],
      sinceMs: 0,
      probe: null,
      found: { kind: 'disk-state', device: 'sda', state: 'offline' },
    };
    expect(told({ machine: soundMachine({ findings: [finding] }) }, 'disks')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('sda'),
    });
    const fine = { ...finding, level: 'ok' as const };
    expect(told({ machine: soundMachine({ findings: [fine] }) }, 'disks').state).toBe('ok');
    const other = { ...finding, hypothesis: 'cache' as const };
    expect(told({ machine: soundMachine({ findings: [other] }) }, 'disks').state).toBe('ok');
  });
});

import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { RebuildFacts } from '../../src/model/advice/rebuild-facts.ts';
import {
  built,
  planned,
  soundBuilder,
  soundCache,
  soundFacts,
  soundMachine,
  soundSettings,
} from '../support/rebuild-facts.ts';
import { items, onlyOthers, told } from './items.ts';

describe('caches', () => {
  const cache = (over: Partial<typeof soundCache>) => ({
    caches: [{ address: 'https://dead.example', found: ok({ ...soundCache, ...over }) }],
  });

  it.each([
    ['dead', { reachable: false, said: 'connect ECONNREFUSED' }, 'does not answer: connect ECONNREFUSED'],
    ['in trouble', { httpStatus: 503, said: 'status 503' }, 'status 503'],
    ['not trusted', { trusted: false, keys: ['mine-1'] }, 'signs with mine-1, which nix.conf does not trust'],
    ['slow', { bytesPerSec: 900 }, '900 B/s'],
    ['late', { sec: 9 }, 'in 9.0 s'],
    ['of another store', { storeDirectory: '/opt/store' }, 'of another store, /opt/store'],
  ] as const)('one that is %s', (_, over, text) => {
    const one = told(cache(over), 'cache');
    expect(one).toMatchObject({ state: 'warning', text: expect.stringContaining(text) });
    expect(one.remedies).toBeGreaterThan(0);
    onlyOthers(cache(over), 'cache');
  });

  it('trust that nobody tells is no warning; one that cannot be asked is not known', () => {
    expect(told(cache({ trusted: null }), 'cache').state).toBe('ok');
    const found = fail<never>('unsupported', 'ssh://h', 'ask it as a builder');
    expect(told({ caches: [{ address: 'ssh://h', found }] }, 'cache').state).toBe('unknown');
  });
});

describe('builders', () => {
  const builder = (over: Partial<typeof soundBuilder>, more: Partial<RebuildFacts> = {}) => {
    const [sound] = soundFacts().builders;
    if (sound === undefined) throw new Error('no builder');
    return { builders: [{ ...sound, found: ok({ ...soundBuilder, ...over }) }], ...more };
  };
  const dead = { reachable: false, said: 'ssh: connect to host arm port 22: Connection refused' };

  it('one that does not answer, and whom nobody needs', () => {
    expect(told(builder(dead), 'builder').state).toBe('warning');
    onlyOthers(builder(dead), 'builder');
  });

  it('what a user is refused the daemon may be allowed', () => {
    const said = 'nix@arm: Permission denied (publickey).';
    expect(told(builder({ reachable: false, said }, { asRoot: false }), 'builder').state).toBe('unknown');
    expect(told(builder({ reachable: false, said }), 'builder').state).toBe('warning');
    expect(told(builder(dead, { asRoot: false }), 'builder').state).toBe('warning');
  });

  it('one without what its line promises', () => {
    const one = told(builder({ features: [] }), 'builder');
    expect(one).toMatchObject({ state: 'warning', text: expect.stringContaining('without big-parallel') });
  });

  it('a line that Nix refuses', () => {
    const refusedMachines = [{ line: 'ssh://h - - eight', why: 'eight is no number of jobs' }];
    expect(told({ refusedMachines }, 'machines').state).toBe('failed');
    expect(items({}, 'machines')).toEqual([]);
  });

  it('a file of builders that we may not read', () => {
    const unreadMachines = [{ kind: 'denied', where: '/etc/nix/machines' }] as const;
    expect(told({ builders: [], unreadMachines }, 'builder')).toMatchObject({
      state: 'unknown',
      text: expect.stringContaining('/etc/nix/machines'),
    });
  });

  it('whoever needs one that could not be asked for certain is warned', () => {
    const dryRun = planned({ builds: [built('a', [], 'aarch64-linux')] });
    const said = 'nix@arm: Permission denied (publickey).';
    const refused = builder({ reachable: false, said }, { dryRun, asRoot: false });
    expect(told(refused, 'features')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/may be built nowhere: .* offers and could not be asked/),
    });
  });

  it('whoever needs the one that does not answer fails', () => {
    const dryRun = planned({
      builds: [built('a', [], 'aarch64-linux'), built('b', ['big-parallel'], 'aarch64-linux')],
    });
    const over = builder(dead, { dryRun });
    onlyOthers(over, 'builder', 'features');
    expect(told(over, 'features')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('which ssh-ng://nix@arm offers and does not answer'),
    });
    expect(told(builder({}, { dryRun }), 'features').state).toBe('ok');
  });
});

describe('features', () => {
  it('forty consequences of one are one item: which feature of which derivation, and who offers what', () => {
    const settings = ok({ ...soundSettings, features: ['gpu', 'cuda'] });
    const builds = Array.from({ length: 40 }, (_, at) => built(`llvm-part-${at}`, ['big-parallel']));
    const { state, text, remedies } = told({ settings, dryRun: planned({ builds }) }, 'features');
    expect(state).toBe('failed');
    expect(text).toContain(
      '40 builds of 40 can be built nowhere: llvm-part-0 and 39 more want big-parallel on x86_64-linux',
    );
    expect(text).toContain('this machine offers gpu and cuda on x86_64-linux and i686-linux');
    expect(text).toContain('system-features of nix.conf replaces the usual ones');
    expect(text).toContain('nix@arm offers big-parallel on aarch64-linux');
    expect(remedies).toBe(1);
  });

  it('is not known where the features of this machine are not, or no derivation could be read', () => {
    const unknown = { ...soundSettings, features: null, maxJobs: 0 };
    expect(told({ settings: ok(unknown) }, 'features')).toMatchObject({
      ...{ state: 'unknown', remedies: 0 },
      text: '2 builds; what this machine offers is not known',
    });
    const unread = planned({ builds: [{ drv: built('a').drv, wants: null }] });
    expect(told({ dryRun: unread }, 'features')).toMatchObject({
      ...{ state: 'unknown', remedies: 0 },
      text: '1 build, none of which could be looked at',
    });
    const none = planned({ builds: [] });
    expect(told({ settings: ok(unknown), dryRun: none }, 'features').state).toBe('ok');
  });

  const test = planned({ builds: [built('vm-test-run-x', ['kvm', 'nixos-test'])] });
  const noKvm = ok({ ...soundSettings, features: ['benchmark', 'big-parallel', 'nixos-test'] });

  it('kvm: whether /dev/kvm is there, and closed to a user only', () => {
    const machine = soundMachine();
    if (machine.health === null) throw new Error('no health');
    const without = {
      ...machine,
      health: { ...machine.health, kernel: { ...machine.health.kernel, kvm: false } },
    };
    const { state, text } = told({ dryRun: test, settings: noKvm, machine: without }, 'features');
    expect(state).toBe('failed');
    expect(text).toContain('there is no /dev/kvm');
    expect(told({ dryRun: test, settings: noKvm, asRoot: false }, 'features').state).toBe('ok');
    expect(told({ dryRun: test, settings: noKvm }, 'features').text).toContain('/dev/kvm is there');
  });

  it('a foreign system, one of any system, and max-jobs = 0', () => {
    const foreign = planned({ builds: [built('x', [], 'riscv64-linux')] });
    expect(told({ dryRun: foreign }, 'features').state).toBe('failed');
    const settings = ok({ ...soundSettings, maxJobs: 0 });
    expect(told({ settings }, 'features')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('max-jobs is 0'),
    });
    expect(
      told({ settings, dryRun: planned({ builds: [built('x', [], 'builtin')] }) }, 'features').state,
    ).toBe('ok');
    expect(told({ settings, dryRun: planned({ builds: [] }) }, 'features').state).toBe('ok');
  });

  it('what prefers to be built here is, with max-jobs = 0 too', () => {
    const settings = ok({ ...soundSettings, maxJobs: 0 });
    const one = built('etc');
    const local = { ...one, wants: { system: 'x86_64-linux', features: [], prefersLocal: true } };
    expect(told({ settings, dryRun: planned({ builds: [local] }) }, 'features').state).toBe('ok');
    const foreign = { ...one, wants: { ...local.wants, system: 'riscv64-linux' } };
    expect(told({ settings, dryRun: planned({ builds: [foreign] }) }, 'features').state).toBe('failed');
  });

  it('a builder that takes only what wants its mandatory features', () => {
    const [sound] = soundFacts().builders;
    if (sound === undefined) throw new Error('no builder');
    const picky = { builders: [{ ...sound, mandatory: ['big-parallel'] }] };
    const dryRun = (features: readonly string[]) =>
      planned({ builds: [built('x', features, 'aarch64-linux')] });
    expect(told({ ...picky, dryRun: dryRun([]) }, 'features').state).toBe('failed');
    expect(told({ ...picky, dryRun: dryRun(['big-parallel']) }, 'features').state).toBe('ok');
  });

  it('what could not be read is counted, and is no fault', () => {
    const builds = [built('a'), { drv: '/nix/store/x-b.drv', wants: null }];
    expect(told({ dryRun: planned({ builds }) }, 'features')).toMatchObject({
      state: 'ok',
      text: expect.stringContaining('1 of them were not looked at'),
    });
  });
});

/** What is found of the configuration alone: each item where it fires and where it must not. */
import { expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { sizeOf } from '../../../src/check/deploy/boot.ts';
import { deployItems } from '../../../src/check/deploy.ts';
import type { ItemId } from '../../../src/model/advice/check.ts';
import type { DeployFacts } from '../../../src/model/advice/deploy-facts.ts';
import type { WantedSystem } from '../../../src/model/advice/wanted-system.ts';
import {
  debian,
  deployFacts,
  evaluationRun,
  installer,
  itemOf,
  running,
} from '../../support/deploy-facts.ts';
import { ourKey } from '../../support/wanted-system.ts';

type State = 'ok' | 'warning' | 'failed' | 'unknown' | 'left-out';
type Case = readonly [string, ItemId, State, DeployFacts];
const of = (text: string, id: ItemId, state: State, system: Partial<WantedSystem>): Case => [
  text,
  id,
  state,
  deployFacts({}, system),
];
const other = { ...ourKey, blob: ourKey.blob?.replace('IAAB', 'IAAC') ?? null };
const cut = { ...ourKey, damaged: true };

test.each<Case>([
  of('no disko for an installer', 'disko', 'failed', { disks: null }),
  of('disko without disks', 'disko', 'failed', { disks: [] }),
  of('no host id for ZFS', 'host-id', 'failed', { hostId: null }),
  of('a host id that is none', 'host-id', 'failed', { hostId: '1234' }),
  of('BIOS where EFI booted', 'firmware', 'warning', {
    loader: { kind: 'grub', efi: false, mountPoint: '/boot' },
  }),
  of('an ESP of 50 MB', 'target-boot', 'failed', esp('50M')),
  of('an ESP of 200 MB', 'target-boot', 'warning', esp('200MiB')),
  of('an ESP of 1 GB', 'target-boot', 'ok', esp('1G')),
  of('no keys', 'login-keys', 'failed', { keys: [] }),
  of('only a damaged key', 'login-keys', 'failed', { keys: [{ user: 'root', key: cut }] }),
  of('a damaged key beside ours', 'login-keys', 'warning', {
    keys: [
      { user: 'root', key: cut },
      { user: 'root', key: ourKey },
    ],
  }),
  of('keys of others', 'login-keys', 'warning', { keys: [{ user: 'root', key: other }] }),
  of('no sshd', 'login-sshd', 'failed', { sshd: false }),
  of('root may not log in, and nobody else can', 'login-sshd', 'failed', { rootLogin: 'no' }),
  of('root may not log in, and an administrator can', 'login-sshd', 'ok', {
    rootLogin: 'no',
    keys: [{ user: 'me', key: ourKey }],
  }),
  of('a name that is not set', 'host-name', 'warning', { hostName: 'nixos' }),
  of('a passphrase nobody can give', 'boot-passphrase', 'warning', { asksAtBoot: true }),
  of('a passphrase by ssh', 'boot-passphrase', 'ok', { asksAtBoot: true, initrdSsh: true }),
  ['a passphrase of a TPM', 'boot-passphrase', 'ok', deployFacts({ hasTpm: true }, { asksAtBoot: true })],
  ['a system for another machine', 'architecture', 'failed', deployFacts({}, { system: 'aarch64-linux' })],
  ['32 bits on 64', 'architecture', 'ok', deployFacts({}, { system: 'i686-linux' })],
  [
    'an agent with our key',
    'login-keys',
    'ok',
    deployFacts({}, {}, { keys: { used: null, offered: [other, ourKey] } }),
  ],
  [
    'a key used that is not in it',
    'login-keys',
    'warning',
    deployFacts({}, {}, { keys: { used: other, offered: [ourKey] } }),
  ],
  [
    'keys that nothing is known of',
    'login-keys',
    'ok',
    deployFacts({}, {}, { keys: { used: null, offered: [] } }),
  ],
  ['little room here', 'local-store', 'warning', deployFacts({}, {}, { localStore: ok({ freeBytes: 5e9 }) })],
  ['no room here', 'local-store', 'failed', deployFacts({}, {}, { localStore: ok({ freeBytes: 5e8 }) })],
  [
    'no store here',
    'local-store',
    'unknown',
    deployFacts({}, {}, { localStore: fail('gone', '/nix/store') }),
  ],
])('%s: %s is %s', (_, id, state, facts) => {
  expect(itemOf(facts, id).state).toBe(state);
});

test.each([
  ['failed', 'failed'],
  ['recursion', 'failed'],
  ['stack', 'failed'],
  ['time', 'warning'],
  ['memory', 'warning'],
  ['done', 'ok'],
] as const)('an evaluation that ends with %s is %s', (end, state) => {
  const configuration = ok({ run: { ...evaluationRun, end }, said: [], system: null });
  const facts = deployFacts({}, {}, { configuration });
  expect(itemOf(facts, 'configuration').state).toBe(state);
  expect(itemOf(facts, 'architecture').state).toBe('unknown');
});

test('why it does not evaluate, where the message is known', () => {
  const run = {
    ...evaluationRun,
    end: 'failed',
    error: "attribute 'servces' missing",
  } as const;
  const facts = deployFacts({}, {}, { configuration: ok({ run, said: [], system: null }) });
  expect(itemOf(facts, 'configuration').found).toMatchObject({
    cause: { title: expect.stringContaining('attribute') },
  });
});

test('what wants to build while it evaluates is not known', () => {
  const run = { ...evaluationRun, end: 'failed', error: 'cannot build' } as const;
  const said = [
    "error: cannot build '/nix/store/x.drv' during evaluation because the option 'allow-import-from-derivation' is disabled",
  ];
  const facts = deployFacts({}, {}, { configuration: ok({ run, said, system: null }) });
  expect(itemOf(facts, 'configuration')).toMatchObject({ state: 'unknown', found: { wantsBuild: true } });
});

test('left out: what it would have said is neither ok nor unknown', () => {
  const items = deployItems(deployFacts({}, {}, { configuration: null }));
  const left = items.filter(({ state }) => state === 'left-out').map(({ id }) => id);
  expect(left).toContain('configuration');
  expect(left).toContain('login-keys');
  expect(left).toContain('target-device');
  expect(items.filter(({ state }) => state !== 'ok' && state !== 'left-out')).toEqual([]);
});

test('without Nix here', () => {
  const configuration = fail('unsupported', 'nix-instantiate', 'not installed');
  const facts = deployFacts({}, {}, { configuration });
  expect(itemOf(facts, 'configuration').state).toBe('unknown');
  expect(itemOf(facts, 'login-keys').state).toBe('unknown');
});

test('without ZFS neither module nor host id nor store of credentials are asked for', () => {
  for (const target of [installer, running, debian]) {
    const items = deployItems(deployFacts(target, { zfs: false, hostId: null }));
    expect(items.map(({ id }) => id)).not.toContain('zfs-module');
    expect(items.map(({ id }) => id)).not.toContain('host-id');
    expect(items.map(({ id }) => id)).not.toContain('credstore');
  }
});

test.each([
  ['512M', 512 * 1024 ** 2],
  ['1.5GiB', 1.5 * 1024 ** 3],
  ['1G', 1024 ** 3],
  ['100%', null],
  ['', null],
  ['-1M', null],
  ['512', null],
])('a size: %s', (text, bytes) => {
  expect(sizeOf(text)).toBe(bytes);
});

function esp(size: string): Partial<WantedSystem> {
  return { disks: [{ name: 'main', device: '/dev/vda', espSizes: [size] }] };
}

/** What is found of a target: each item where it fires and where it must not. */
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { deployItems } from '../../../src/check/deploy.ts';
import type { ItemId } from '../../../src/model/advice/check.ts';
import type { DeployFacts } from '../../../src/model/advice/deploy-facts.ts';
import type { Target } from '../../../src/model/advice/deploy-target.ts';
import {
  debian,
  deployFacts,
  disk,
  installer,
  itemOf,
  running,
  statesOf,
} from '../../support/deploy-facts.ts';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

describe('a sound target has nothing but ok', () => {
  test.each([
    ['an installer', deployFacts()],
    ['a NixOS', deployFacts(running)],
    ['another Linux, with a configuration without ZFS', deployFacts(debian, { zfs: false })],
    [
      'one that needs sudo',
      deployFacts({ account: { uid: 1000, name: 'nixos', groups: ['wheel'], privilege: 'sudo' } }),
    ],
    ['one that drops pings', deployFacts({}, {}, { ping: ok({ address: '10.0.0.5', answered: false }) })],
  ])('%s', (_, facts) => {
    expect(deployItems(facts).filter(({ state }) => state !== 'ok')).toEqual([]);
  });

  test('nothing is asked twice', () => {
    const ids = deployItems(deployFacts()).map(({ id, subject }) => `${id} ${subject}`);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

type Case = readonly [string, ItemId, 'ok' | 'warning' | 'failed' | 'unknown', DeployFacts];
const targetCase = (text: string, id: ItemId, state: Case[2], target: Partial<Target>): Case => [
  text,
  id,
  state,
  deployFacts(target),
];

describe('one thing at a time', () => {
  test.each<Case>([
    targetCase('no root without a password', 'target-root', 'failed', {
      account: { uid: 1000, name: 'me', groups: [], privilege: null },
    }),
    targetCase('an account that is not told', 'target-root', 'unknown', { account: null }),
    targetCase('FreeBSD', 'target-system', 'failed', { kernelName: 'FreeBSD', distribution: 'freebsd' }),
    targetCase('kexec without cpio', 'target-system', 'failed', { ...debian, tools: ['tar', 'setsid'] }),
    targetCase('an installer needs no cpio', 'target-system', 'ok', { tools: [] }),
    targetCase('kexec in a container', 'target-system', 'warning', { ...debian, container: 'lxc' }),
    targetCase('a NixOS in a container', 'target-system', 'ok', { ...running, container: 'systemd-nspawn' }),
    targetCase('an older installer', 'target-busy', 'ok', { variant: null }),
    targetCase('ARM', 'architecture', 'failed', { machine: 'aarch64' }),
    targetCase('no uname', 'architecture', 'unknown', { machine: null }),
    targetCase('amd64 by another name', 'architecture', 'ok', { machine: 'amd64' }),
    targetCase('kexec with 512 MB', 'target-memory', 'failed', { ...debian, memory: memory(0.5, 0.4) }),
    targetCase('kexec with 1 GB', 'target-memory', 'warning', { ...debian, memory: memory(0.95, 0.6) }),
    targetCase('kexec with 2 GB', 'target-memory', 'ok', { ...debian, memory: memory(1.95, 1.5) }),
    targetCase('an installer that is full', 'target-memory', 'failed', { memory: memory(4, 0.2) }),
    targetCase('an installer of 1 GB', 'target-memory', 'warning', { memory: memory(0.95, 0.5) }),
    [
      'a small NixOS',
      'target-memory',
      'ok',
      deployFacts({ ...running, memory: memory(0.95, 0.4) }, { zfs: false }),
    ],
    targetCase('a small NixOS with ZFS', 'target-memory', 'warning', { ...running, memory: memory(1.5, 1) }),
    targetCase('a NixOS without memory', 'target-memory', 'warning', {
      ...running,
      memory: memory(0.5, 0.1),
    }),
    targetCase('no /proc', 'target-memory', 'unknown', { memory: null }),
    targetCase('a disk of 16 GB', 'target-space', 'failed', { disks: [disk('vda', 16)] }),
    targetCase('a disk of 20 GB', 'target-space', 'ok', { disks: [disk('vda', 20)] }),
    targetCase('a store with 3 GB', 'target-space', 'warning', { ...running, rooms: [storeRoom(3)] }),
    targetCase('a store that is full', 'target-space', 'failed', { ...running, rooms: [storeRoom(0.2)] }),
    targetCase('no df', 'target-space', 'unknown', { ...running, rooms: [] }),
    targetCase('another disk', 'target-device', 'failed', { disks: [disk('sda', 60)], links: [] }),
    targetCase('a disk that is read-only', 'target-device', 'failed', {
      disks: [disk('vda', 60, { readOnly: true })],
    }),
    targetCase('a root that is not there', 'target-device', 'failed', { ...running, links: [] }),
    targetCase('no module in the installer', 'zfs-module', 'failed', {
      zfs: { loaded: false, found: false, version: null },
    }),
    targetCase('a module that is not loaded', 'zfs-module', 'ok', {
      zfs: { loaded: false, found: true, version: '2.3.4' },
    }),
    targetCase('no module where the configuration brings it', 'zfs-module', 'ok', {
      ...running,
      zfs: { loaded: false, found: false, version: null },
    }),
    targetCase('what kexec brings', 'zfs-module', 'unknown', debian),
    targetCase('another host id, with the pool', 'host-id', 'warning', { ...running, hostId: 'aaaaaaaa' }),
    targetCase('another host id of an installer', 'host-id', 'ok', { hostId: 'aaaaaaaa' }),
    targetCase('BIOS', 'firmware', 'failed', { firmware: { efi: false, bits: null } }),
    targetCase('EFI of 32 bits', 'firmware', 'warning', { firmware: { efi: true, bits: 32 } }),
    targetCase('no /sys', 'firmware', 'unknown', { firmware: null }),
    targetCase('/boot full', 'target-boot', 'failed', { ...running, rooms: [storeRoom(30), bootRoom(20)] }),
    targetCase('/boot nearly full', 'target-boot', 'warning', {
      ...running,
      rooms: [storeRoom(30), bootRoom(60)],
    }),
    targetCase('no cache', 'target-network', 'warning', { caches: [{ url: 'https://c', httpStatus: null }] }),
    targetCase('a cache that is broken', 'target-network', 'warning', {
      caches: [{ url: 'https://c', httpStatus: 502 }],
    }),
    targetCase('a cache that wants a password answers', 'target-network', 'ok', {
      caches: [{ url: 'https://c', httpStatus: 401 }],
    }),
    targetCase('neither curl nor wget', 'target-network', 'unknown', { caches: [] }),
    targetCase('a user that Nix does not trust', 'target-trust', 'failed', {
      ...running,
      account: user('me', ['users']),
    }),
    targetCase('a user whose group is trusted', 'target-trust', 'ok', {
      ...running,
      account: user('me', ['wheel']),
      nix: { version: '2.31', trustedUsers: ['root', '@wheel'], minFreeBytes: 0, maxFreeBytes: 0 },
    }),
    targetCase('a group is no user', 'target-trust', 'failed', {
      ...running,
      account: user('me', ['users']),
      nix: { version: '2.31', trustedUsers: ['users'], minFreeBytes: 0, maxFreeBytes: 0 },
    }),
    targetCase('a collection without end', 'target-min-free', 'failed', minFree(5)),
    targetCase('a collection that begins at once', 'target-min-free', 'warning', minFree(3.95)),
    targetCase('a collection that waits', 'target-min-free', 'ok', minFree(1)),
  ])('%s: %s is %s', (_, id, state, facts) => {
    expect(itemOf(facts, id).state).toBe(state);
  });

  test.each([
    ['warning', 301],
    ['warning', -4000],
    ['failed', -90_000],
    ['ok', 200],
  ] as const)('a clock: %s with %d s', (state, clockAheadSec) => {
    expect(itemOf(deployFacts({}, {}, { clockAheadSec }), 'target-clock').state).toBe(state);
  });

  test('a clock that is not told', () => {
    expect(itemOf(deployFacts({}, {}, { clockAheadSec: null }), 'target-clock').state).toBe('unknown');
  });
});

describe('why ssh was refused', () => {
  test.each([
    ['root@web: Permission denied (publickey).', 'key', 'ok'],
    ['Received disconnect from 10.0.0.5 port 22:2: Too many authentication failures', 'key', 'ok'],
    ['Host key verification failed.', 'host-key', 'ok'],
    ['ssh: connect to host web port 22: Connection refused', 'connection', 'ok'],
    ['ssh: connect to host web port 22: No route to host', 'route', 'warning'],
    ['ssh: connect to host web port 22: Network is unreachable', 'route', 'warning'],
    ['ssh: Could not resolve hostname web: Name or service not known', 'name', 'warning'],
    ['ssh: connect to host web port 22: Connection timed out', 'time', 'warning'],
    ['kex_exchange_identification: read: Connection reset by peer', 'other', 'warning'],
  ])('%s', (said, refused, ping) => {
    const facts = deployFacts(
      {},
      {},
      {
        reach: ok({ sec: 1, said }),
        ping: ok({ address: '10.0.0.5', answered: false }),
        target: fail('unsupported', 'root@web', 'not reached'),
      },
    );
    expect(itemOf(facts, 'ssh')).toMatchObject({ state: 'failed', found: { refused, sec: null } });
    expect(itemOf(facts, 'ping').state).toBe(ping);
    // What the configuration alone says is still said, of the rest that it could not be looked at.
    const states = statesOf(facts);
    expect(states['login-keys']).toBe('ok');
    expect(states['host-id']).toBe('ok');
    expect(states['target-memory']).toBe('unknown');
    expect(states['target-device']).toBe('unknown');
  });

  test('no ssh here', () => {
    const reach = fail('unsupported', 'ssh', 'not installed: nix shell nixpkgs#openssh');
    expect(itemOf(deployFacts({}, {}, { reach, target: reach }), 'ssh').state).toBe('unknown');
  });
});

test('what nothing is known of is unknown, and nothing throws', () => {
  const nothing: Target = {
    ...installer,
    ...{ account: null, distribution: null, variant: null, kernelName: null, machine: null },
    ...{ kernelVersion: null, container: null, tools: ['tar', 'cpio', 'setsid'], memory: null, mounts: [] },
    ...{ rooms: [], disks: [], links: [], zfs: null, firmware: null, hostId: null, timeSec: null },
    ...{ nix: null, caches: [] },
  };
  const items = deployItems(deployFacts(nothing, { zfs: false }, { clockAheadSec: null }));
  const bad = items.filter(({ state }) => state === 'failed' || state === 'warning');
  expect(bad.map(({ id }) => id)).toEqual(['target-device']);
});

function memory(total: number, available: number): Target['memory'] {
  return { totalBytes: total * GiB, availableBytes: available * GiB, swapBytes: 0 };
}

function storeRoom(free: number): Target['rooms'][number] {
  return { path: '/nix/store', mountPoint: '/', totalBytes: 59 * GiB, freeBytes: free * GiB };
}

function bootRoom(free: number): Target['rooms'][number] {
  return { path: '/boot', mountPoint: '/boot', totalBytes: 512 * MiB, freeBytes: free * MiB };
}

function user(name: string, groups: readonly string[]): Target['account'] {
  return { uid: 1000, name, groups, privilege: 'sudo' };
}

function minFree(gigabytes: number): Partial<Target> {
  return {
    nix: { version: '2.31', trustedUsers: ['root'], minFreeBytes: gigabytes * GiB, maxFreeBytes: 6 * GiB },
  };
}

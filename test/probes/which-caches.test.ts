import { expect, test } from 'vitest';
import { cachesToAsk, withRoles } from '../../src/probes/cache-check/which-caches.ts';
import { checkedCache } from '../support/cache-check.ts';

const nixos = 'https://cache.nixos.org';
const cache = (address: string, priority: number | null, more = {}) => ({
  ...checkedCache,
  ...{ address, priority, role: 'other' as const, ...more },
});
const none = { local: null, upstream: [] };
const rolesOf = (...args: Parameters<typeof withRoles>) =>
  withRoles(...args).map(({ address, role }) => `${address} ${role}`);

test('each cache is asked once, as Nix has it', () => {
  const wanted = { local: 'http://nas:80/', upstream: ['http://up'] };
  expect(cachesToAsk([`${nixos}?priority=5`, 'http://nas', `${nixos}/`], wanted)).toEqual([
    'http://up',
    `${nixos}?priority=5`,
    'http://nas',
  ]);
  expect(cachesToAsk([], none)).toEqual([]);
});

test('the local one is the first that Nix asks, but for that of NixOS', () => {
  expect(rolesOf([cache('http://b', 50), cache(nixos, 40), cache('http://a', 45)], none, null)).toEqual([
    `${nixos} upstream`,
    'http://a local',
    'http://b other',
  ]);
  expect(rolesOf([cache(nixos, 40)], none, null)).toEqual([`${nixos} upstream`]);
});

test('what is named counts, whatever its priority', () => {
  const wanted = { local: 'http://b/', upstream: ['http://a'] };
  expect(rolesOf([cache('http://a', 10), cache('http://b', 50), cache(nixos, 40)], wanted, null)).toEqual([
    'http://a upstream',
    `${nixos} other`,
    'http://b local',
  ]);
});

test('one that is dead stays the local one that it was', () => {
  const dead = cache('http://a', null, { trouble: 'unreachable' });
  const caches = [cache('http://b', 50), dead, cache(nixos, 40)];
  expect(rolesOf(caches, none, 'http://a')).toEqual([
    `${nixos} upstream`,
    'http://b other',
    'http://a local',
  ]);
  // Nothing is known of it: the order of nix.conf.
  expect(rolesOf(caches, none, null)).toContain('http://b local');
  expect(rolesOf([dead, cache('http://b', 50)], none, null)).toContain('http://a local');
});

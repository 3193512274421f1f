import { expect, test } from 'vitest';
import { builderHost } from '../../../src/model/cache-check/builder-host.ts';

test.each([
  ['ssh-ng://nix@box:2222?compress=true', 'box'],
  ['ssh://nix-01.example.org/', 'nix-01.example.org'],
  ['ssh://nix@[fe80::1%eth0]:22', 'fe80::1%eth0'],
  ['mac', 'mac'],
  ['ssh://', 'ssh://'],
])('of %s it is %s', (address, host) => {
  expect(builderHost(address)).toBe(host);
});

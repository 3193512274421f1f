/** Which errors of an evaluation say that the configuration itself is not there. */
import { expect, test } from 'vitest';
import { causeOf, lacksConfiguration } from '../../src/check/evaluation-error.ts';

test.each([
  ['/etc/nixos#web', 'web', true],
  ['/etc/nixos#nixosConfigurations.web', 'web', true],
  ['/etc/nixos#web', 'nixosConfigurations', true],
  ['/etc/nixos#web', 'nixosConfigurations.web', true],
  ['/etc/nixos#web.example.org', 'web.example.org', true],
  // Nix 2.34.8.
  ['/etc/nixos#web.example.org', '"web.example.org"', true],
  ['/srv/machines.nix#hosts.web', 'hosts', true],
  ['/etc/nixos#web', 'config', false],
  ['/etc/nixos#web', 'servces', false],
  // Without a name nothing can lack it.
  ['/srv/system.nix', 'nix', false],
  ['<nixpkgs/nixos>', 'nixos', false],
])('%s: attribute %s missing', (configuration, name, expected) => {
  expect(lacksConfiguration(configuration, [], `attribute '${name}' missing`)).toBe(expected);
});

/** Nix 2.34.8 says it behind the trace, Nix 2.8.0 in front of it, a line apart. */
const behind = (place: string) => [
  'error:',
  "       … while evaluating the attribute 'x'",
  '         at /etc/nixos/flake.nix:2:15:',
  "       error: attribute 'web' missing",
  `       at ${place}:2:12:`,
];
const before = (place: string) => [
  "error: attribute 'web' missing",
  '',
  `       at ${place}:2:12:`,
  '',
  '       at /etc/nixos/flake.nix:2:15:',
];

test.each([
  ['«string»', true],
  ['(string)', true],
  ['/etc/nixos/web.nix', false],
  ['<nix/derivation.nix>', false],
  ['«github:me/config»/web.nix', false],
])('a package of the same name, used in a file, is another one: at %s', (place, expected) => {
  for (const said of [behind(place), before(place)])
    expect(lacksConfiguration('/etc/nixos#web', said, "attribute 'web' missing")).toBe(expected);
});

test.each(['another error', null])('%s says nothing of a name', (error) => {
  expect(lacksConfiguration('/etc/nixos#web', [], error)).toBe(false);
});

test('of a missing configuration nixpkgs is not to blame, of another attribute it may be', () => {
  expect(causeOf([], "attribute 'nixosConfigurations.web' missing")?.text).toMatch(/the name differs/);
  expect(causeOf([], "attribute 'firefox' missing")?.text).toMatch(/nixpkgs/);
});

import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { outPathExpression } from '../../src/probes/cache-check/choose-package.ts';
import { createFetchedReader } from '../../src/probes/cache-check/fetched.ts';

test.each([
  ['hello', '"nixpkgs"', '."hello"'],
  ['nixpkgs#python3Packages.numpy', '"nixpkgs"', '."python3Packages"."numpy"'],
  ['/etc/nixos#a."b.c"', '"/etc/nixos"', '."a"'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as somebody may write it
  ['x#${evil}"', '"x"', '."\\${evil}\\""'],
])('%s is an attribute of a flake, and nothing else', (name, flake, attribute) => {
  const expression = outPathExpression(name);
  expect(expression).toContain(`builtins.getFlake ${flake};`);
  expect(expression).toContain(attribute);
});

test('of a channel', () => {
  expect(outPathExpression('<nixpkgs>#hello')).toBe('(import <nixpkgs> { })."hello".outPath');
});

test.skipIf(spawnSync('nix-instantiate', ['--version']).error !== undefined)('Nix can read it', () => {
  const parsed = execFileSync('nix-instantiate', ['--parse', '-E', outPathExpression('a#b."c"')], {
    encoding: 'utf8',
    env: { ...process.env, NIX_REMOTE: 'dummy://' },
  });
  expect(parsed).toContain('legacyPackages');
});

test('what came from where, in its order, and how much', () => {
  const reader = createFetchedReader();
  const lines = [
    { action: 'start', id: 1, type: 101, fields: ['http://nas/x.narinfo'] },
    { action: 'result', id: 1, type: 105, fields: [700, 700, 0, 0] },
    { action: 'start', id: 2, type: 100, fields: ['/nix/store/a', 'http://nas', 'daemon'] },
    { action: 'start', id: 3, type: 101, fields: ['http://nas/nar/a.nar.xz'] },
    { action: 'result', id: 3, type: 105, fields: [10, 40, 0, 0] },
    { action: 'result', id: 3, type: 105, fields: [40, 40, 0, 0] },
    { action: 'start', id: 4, type: 100, fields: ['/nix/store/b', 'http://up', 'daemon'] },
    { action: 'msg', level: 0, msg: 'error: no space\nmore' },
  ];
  for (const line of ['rubbish', ...lines.map((one) => `@nix ${JSON.stringify(one)}`)]) reader.add(line);
  const { copied, bytes, said } = reader.end();
  expect([...copied]).toEqual([
    ['/nix/store/a', 'http://nas'],
    ['/nix/store/b', 'http://up'],
  ]);
  expect({ bytes, said }).toEqual({ bytes: 40, said: 'no space' });
});

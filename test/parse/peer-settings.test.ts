/** Caches, keys and builders of nix.conf, as Nix takes them (B8 of its own tests for machines). */
import { describe, expect, test } from 'vitest';
import { parseMachines } from '../../src/parse/machines.ts';
import { parseNixConf } from '../../src/parse/nix-conf.ts';
import {
  buildersOf,
  isMachinesToml,
  parsePeerSettings,
  withoutPassword,
} from '../../src/parse/peer-settings.ts';

const parsed = (text: string) => parsePeerSettings(parseNixConf(text));

test('without settings those of Nix itself', () => {
  expect(parsed('')).toEqual({
    caches: ['https://cache.nixos.org/'],
    keys: ['cache.nixos.org-1'],
    builders: '@/etc/nix/machines',
  });
});

test.each([
  ['substituters = http://a http://b', ['http://a', 'http://b']],
  ['substituters =', []],
  ['extra-substituters = http://a', ['https://cache.nixos.org/', 'http://a']],
  ['binary-caches = http://a\nextra-binary-caches = http://b', ['http://a', 'http://b']],
  // What comes later without `extra-` takes its place.
  ['extra-substituters = http://a\nsubstituters = http://b', ['http://b']],
  ['substituters = http://a http://a', ['http://a']],
  ['substituters = https://me:secret@cache.example/x', ['https://me@cache.example/x']],
])('%j', (text, caches) => {
  expect(parsed(text).caches).toEqual(caches);
});

test('of keys the names, not the keys', () => {
  expect(parsed('extra-trusted-public-keys = nas-1:AAAA= b.example-2:BBBB=').keys).toEqual([
    'cache.nixos.org-1',
    'nas-1',
    'b.example-2',
  ]);
});

test('builders as they are written', () => {
  expect(parsed('builders = ssh://a x86_64-linux ; @/etc/more').builders).toBe(
    'ssh://a x86_64-linux ; @/etc/more',
  );
  expect(parsed('builders =').builders).toBe('');
});

describe('machines', () => {
  const one = (line: string) => parseMachines(line)[0];

  test('a line with all columns; of keys nothing is kept', () => {
    const line = 'ssh-ng://u@h:2222?compress=true\ti686-linux,x86_64-linux /key 4 2.5 kvm,big native aGk=';
    expect(buildersOf([line])).toEqual({
      builders: [
        {
          address: 'ssh-ng://u@h:2222?compress=true',
          systems: ['i686-linux', 'x86_64-linux'],
          features: ['kvm', 'big', 'native'],
          mandatory: ['native'],
          slots: 4,
          speedFactor: 2.5,
        },
      ],
      refused: [],
    });
  });

  test('dashes and missing columns are what is usual', () => {
    for (const line of ['h - - - - - - -', 'h']) {
      expect(one(line)).toMatchObject({ address: 'ssh://h', systems: [], maxJobs: 1, speedFactor: 1 });
    }
  });

  test.each([
    ['', 0],
    ['  ;; ; \n\n # only a comment ; ssh://b', 0],
    ['ssh://a ; ssh://b # ; ssh://c', 2],
    ['ssh://a\nssh://b\n', 2],
    ['@/etc/nix/other', 0],
  ])('%j: %i of them', (text, count) => {
    expect(parseMachines(text)).toHaveLength(count);
  });

  test.each([
    ['ssh://a x86_64-linux /key eight', 'eight is no number of jobs'],
    ['ssh://a x86_64-linux /key -1', '-1 is no number of jobs'],
    ['ssh://a - - 1 three', 'three is no speed'],
    ['ssh://a - - 1 -3', '-3 is no speed'],
    ['ssh://a - - 1 1 - - *bad*', '*bad* is no host key'],
  ])('%j is refused', (line, why) => {
    expect(buildersOf([line]).refused).toEqual([{ address: 'ssh://a', why }]);
  });

  test('those of Lix as TOML are told apart', () => {
    expect(isMachinesToml('version = 1\n[machines.a]\nuri = "ssh://a"\n')).toBe(true);
    expect(isMachinesToml('ssh://a x86_64-linux\n')).toBe(false);
  });
});

test.each([
  ['https://me:pa:ss@h/x', 'https://me@h/x'],
  ['http://h:8080/a@b:c', 'http://h:8080/a@b:c'],
  ['ssh://nix@[::1]', 'ssh://nix@[::1]'],
  ['s3://bucket?region=x', 's3://bucket?region=x'],
])('%s without a password', (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});

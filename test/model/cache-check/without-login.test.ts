import { expect, test } from 'vitest';
import { bareAddress, sameCache } from '../../../src/model/cache-check/cache-address.ts';
import { recordWithoutLogins, withoutLogin } from '../../../src/model/cache-check/without-login.ts';

test.each([
  ['http://ada:secret@nas/x', 'http://nas/x'],
  ['https://secret@nas', 'https://nas'],
  ['https://ada:sec@secret@nas:8080/', 'https://nas:8080/'],
  ['https://ada:sec/secret@nas/x', 'https://nas/x'],
  ['git+https://ada:secret@git.example/x', 'git+https://git.example/x'],
  ['ssh://nix@box', 'ssh://nix@box'],
  ['ssh-ng://nix:secret@box:22', 'ssh-ng://nix@box:22'],
  ['http://nas:8080/a@b', 'http://nas:8080/a@b'],
  [
    "unable to download 'http://ada:secret@nas/x.narinfo': 401",
    "unable to download 'http://nas/x.narinfo': 401",
  ],
  ['mail to ada@example', 'mail to ada@example'],
])('%s is told as %s', (text, told) => {
  expect(withoutLogin(text)).toBe(told);
});

test('in all of a record, and nothing else is changed', () => {
  const of = (address: string, said: string) => ({
    caches: [{ address, said, keys: [said], n: 1, none: null }],
  });
  expect(recordWithoutLogins(of('http://a:secret@nas', 'x ssh://b:secret@box'))).toEqual(
    of('http://nas', 'x ssh://b@box'),
  );
});

test('a cache is the same whoever logs in, and its address says of nobody', () => {
  expect(sameCache('http://ada:secret@nas:80/', 'http://nas')).toBe(true);
  for (const address of ['http://ada:sec@secret@nas', 'http://ada:sec/secret@nas', 's3://ada:secret@nas?x=1'])
    expect(bareAddress(address)).not.toMatch(/sec|ada/);
});

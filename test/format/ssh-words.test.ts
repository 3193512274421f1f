import { expect, test } from 'vitest';
import { sshTo } from '../../src/format/ssh-words.ts';

test.each([
  ['ssh-ng://nix@box?compress=true', '-- nix@box'],
  ['ssh://box', '-- box'],
  ['box', '-- box'],
  ['ssh-ng://box:2222/', '-p 2222 -- box'],
  ['ssh://nix@[::1]', '-- nix@::1'],
  ['ssh://nix@[fe80::1]:22', '-p 22 -- nix@fe80::1'],
  ['ssh://-oProxyCommand=x', '-- -oProxyCommand=x'],
  ["ssh://a'b", `-- 'a'\\''b'`],
])('%s', (address, words) => {
  expect(sshTo(address)).toBe(words);
});

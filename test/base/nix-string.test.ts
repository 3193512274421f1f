import { expect, test } from 'vitest';
import { nixString } from '../../src/base/nix-string.ts';

test.each([
  ['x86_64-linux', '"x86_64-linux"'],
  ['x"; services.openssh.enable = false; "', '"x\\"; services.openssh.enable = false; \\""'],
  [`\${builtins.readFile ./key}`, `"\\\${builtins.readFile ./key}"`],
  ['a\\b', '"a\\\\b"'],
  ['$HOME {x}', '"$HOME {x}"'],
])('%s', (text, written) => {
  expect(nixString(text)).toBe(written);
});

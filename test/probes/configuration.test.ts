import { expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { configurationText, findConfiguration } from '../../src/probes/configuration.ts';
import { quoted, systemExpression, withoutModules } from '../../src/probes/nix-expression.ts';
import { createFakePorts } from '../support/fake-ports.ts';

/** With these flakes, on the host `box`. */
function ports(...flakes: readonly string[]) {
  const fake = createFakePorts();
  const files = {
    ...fake.files,
    read: () => ok('box\n'),
    ownerSlow: async (path: string) =>
      flakes.includes(path)
        ? ok({ uid: 0, device: 1, inode: 2, changedMs: 0, mode: 0o100644, mtimeMs: 0, bornMs: 0, bytes: 1 })
        : fail('gone', path),
  };
  return { ...fake, files };
}

test.each([
  [null, '/etc/nixos#box'],
  ['/etc/nixos', '/etc/nixos#box'],
  ['/etc/nixos/', '/etc/nixos/#box'],
  ['/etc/nixos#web', '/etc/nixos#web'],
  ['github:me/config', 'github:me/config#box'],
  [
    'git+file:///home/me/config#nixosConfigurations.web',
    'git+file:///home/me/config#nixosConfigurations.web',
  ],
])('of %s it is the flake %s', async (subject, text) => {
  const found = await findConfiguration(subject, ports('/etc/nixos/flake.nix'));
  expect(found.kind).toBe('flake');
  expect(configurationText(found)).toBe(text);
});

test('without a flake it is the channel, and a path is a file', async () => {
  expect(await findConfiguration(null, ports())).toEqual({ kind: 'channel' });
  expect(await findConfiguration('/srv/hosts#web.system', ports())).toEqual({
    kind: 'file',
    path: '/srv/hosts',
    attribute: 'web.system',
  });
});

const open = String.fromCharCode(36, 123);

test('names are no code of Nix', () => {
  expect(quoted(`a"b\\c${open}d}`)).toBe(`"a\\"b\\\\c\\${open}d}"`);
  const flake = { kind: 'flake', reference: '/a"; x', host: `b${open}c}` } as const;
  expect(systemExpression(flake)).toBe(`(builtins.getFlake "/a\\"; x")."nixosConfigurations"."b\\${open}c}"`);
  expect(withoutModules('system', ['/etc/nixos/a.nix', ':anon-2'])).toContain(
    'disabledModules = [ "/etc/nixos/a.nix" { key = ":anon-2"; } ];',
  );
});

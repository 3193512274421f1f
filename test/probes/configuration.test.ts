import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { explain } from '../../src/explain/explain.ts';
import { pastedLines } from '../../src/parse/paste.ts';
import { configurationText, findConfiguration } from '../../src/probes/configuration.ts';
import { quoted, systemExpression, withoutModules } from '../../src/probes/nix-expression.ts';
import type { FakeEntry } from '../support/fake-files.ts';
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
  if (!found.ok) throw new Error('not found');
  expect(found.value.kind).toBe('flake');
  expect(configurationText(found.value)).toBe(text);
});

test('without a flake it is the channel, and a path is a file', async () => {
  expect(await findConfiguration(null, ports())).toEqual(ok({ kind: 'channel' }));
  expect(await findConfiguration('/srv/hosts.nix#web.system', ports())).toEqual(
    ok({ kind: 'file', path: '/srv/hosts.nix', attribute: 'web.system' }),
  );
});

test('of a directory in a flake it is that flake, as far as its repository goes', async () => {
  const there = ['/home/me/flake.nix', '/home/me/hosts', '/home/me/other', '/home/me/other/.git'];
  const of = async (subject: string) => {
    const found = await findConfiguration(subject, ports(...there));
    return found.ok ? [found.value.kind, configurationText(found.value)] : found.problem;
  };
  expect(await of('/home/me/hosts#web')).toEqual(['flake', '/home/me#web']);
  expect(await of('/home/me/hosts?submodules=1#web')).toEqual(['flake', '/home/me?submodules=1#web']);
  expect(await of('/home/me/other#web')).toEqual(['file', '/home/me/other#web']);
  expect(await of('/home/me/nowhere#web')).toEqual(['none', '/home/me/nowhere#web']);
  expect(await of('/home/me/hosts/web.nix#web')).toEqual(['file', '/home/me/hosts/web.nix#web']);
});

describe('what a client names relative to its directory', () => {
  const stat = (startTime: number) => `7 (nixos-rebuild) S 1 ${'0 '.repeat(17)}${startTime} 0 0`;
  const of = (cwd: FakeEntry, flakes: readonly string[] = []) => {
    const fake = createFakePorts({
      tree: { '/proc/7/stat': stat(70), '/proc/7/cwd': cwd, '/proc/sys/kernel/hostname': 'box\n' },
    });
    for (const flake of flakes) fake.files.set(`${flake}/flake.nix`, '{ }');
    return fake;
  };
  const home = { link: '/home/me/config/hosts' };

  test.each([
    ['.', ['/home/me/config/hosts'], '/home/me/config/hosts#box'],
    ['.#web', ['/home/me/config/hosts'], '/home/me/config/hosts#web'],
    ['../', ['/home/me/config'], '/home/me/config#box'],
    ['./a/../b?dir=x#web', ['/home/me/config/hosts/b'], '/home/me/config/hosts/b?dir=x#web'],
    // Nix looks above as well.
    ['.#web', ['/home/me'], '/home/me#web'],
  ])('%s with flakes in %o is %s', async (typed, flakes, text) => {
    const found = await findConfiguration(`cwd:7:70:${typed}`, of(home, flakes));
    expect(found.ok && configurationText(found.value)).toBe(text);
  });

  test('is never taken for the configuration of the machine', async () => {
    const flakes = ['/etc/nixos'];
    const end = async (subject: string, cwd: FakeEntry) => {
      const found = await findConfiguration(subject, of(cwd, flakes));
      return found.ok ? 'found' : `${found.problem.kind}: ${found.problem.cause}`;
    };
    expect(await end('cwd:7:70:.#web', { problem: 'denied' })).toBe(
      'denied: which .#web it means takes root, or its owner',
    );
    // Another process has its number now.
    expect(await end('cwd:7:71:.#web', home)).toBe(
      'gone: it has ended, and where its .#web lies is not known',
    );
    expect(await end('cwd:8:70:.', home)).toContain('gone: it has ended');
    expect(await end('cwd:7:70:.', { link: '/home/me/x (deleted)' })).toBe('gone: its directory is deleted');
    expect(await end('cwd:7:70:.', home)).toBe('gone: neither there nor above it is a flake');
  });
});

test('where nothing is the error is that of Nix, and nothing is copied', () => {
  const expression = systemExpression({ kind: 'none', path: '/srv/"x', attribute: 'web' });
  expect(expression).toBe('(throw "could not find a flake.nix file in /srv/\\"x or above")');
  const [first] = explain(pastedLines('error: could not find a flake.nix file in /srv/x or above')).explained;
  expect(first?.id).toBe('flake-missing');
});

const open = String.fromCharCode(36, 123);

test('a node of colmena is no attribute of nixosConfigurations', () => {
  const node = { kind: 'flake', reference: '/hive', host: 'colmenaHive.nodes.web' } as const;
  expect(systemExpression(node)).toBe('(builtins.getFlake "/hive")."colmenaHive"."nodes"."web"');
});

test('names are no code of Nix', () => {
  expect(quoted(`a"b\\c${open}d}`)).toBe(`"a\\"b\\\\c\\${open}d}"`);
  const flake = { kind: 'flake', reference: '/a"; x', host: `b${open}c}` } as const;
  expect(systemExpression(flake)).toBe(`(builtins.getFlake "/a\\"; x")."nixosConfigurations"."b\\${open}c}"`);
  expect(withoutModules('system', ['/etc/nixos/a.nix', ':anon-2'])).toContain(
    'disabledModules = [ "/etc/nixos/a.nix" { key = ":anon-2"; } ];',
  );
});

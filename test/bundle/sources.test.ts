import { describe, expect, it, test } from 'vitest';
import { fail } from '../../src/base/problem.ts';
import { directoryOf, inputLines } from '../../src/bundle/flakes.ts';
import type { Apart } from '../../src/bundle/programs.ts';
import { sourcesInOrder } from '../../src/bundle/sources.ts';
import { infoLines } from '../../src/modes/collect/info.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { output, runGather } from '../support/gathered.ts';

async function gathered(
  id: string,
  tree: Record<string, FakeEntry>,
  programs?: Apart['run'],
  set: (ports: ReturnType<typeof createFakePorts>) => void = () => {},
) {
  const ports = createFakePorts({ tree });
  set(ports);
  const rows = sourcesInOrder().filter((row) => row.id === id);
  return runGather({ rows, ports, timeless: true, ...(programs && { programs }) });
}

describe('programs', () => {
  it('of an older Nix are asked in its words, and what the manual says is left out', async () => {
    const asked: string[] = [];
    const ran = await gathered('nix-config', {}, async (command) => {
      asked.push(command.filter((word) => !word.startsWith('-') && !word.includes(' ')).join(' '));
      return command.includes('config')
        ? output('', { exitCode: 1, stderr: "error: 'config' is not a recognised command\n" })
        : output(
            JSON.stringify({
              cores: { value: 2, defaultValue: 2, description: 'long' },
              sandbox: { value: false, defaultValue: true },
            }),
          );
    });
    expect(asked).toEqual(['nix config show', 'nix show-config']);
    expect(JSON.parse(ran.text('programs/nix-config.json'))).toEqual({
      cores: { value: 2 },
      sandbox: { value: false, defaultValue: true },
    });
  });

  it('that are not there say how to get them; one that was left says so', async () => {
    const ran = await gathered('smart', { '/sys/block/sda/size': '1\n' }, async ([file]) =>
      fail('gone', file),
    );
    expect(ran.record('smart').problems[0]).toMatchObject({
      kind: 'unsupported',
      cause: 'not installed: nix shell nixpkgs#smartmontools',
    });
    const left = await gathered('units', {}, async () => output('half\n', { exitCode: null, late: 'left' }));
    expect(left.record('units')).toMatchObject({
      result: 'partly',
      problems: [{ kind: 'timeout', cause: 'it could not be killed either, and was left' }],
      files: [{ cut: 'not ended after 8000 ms' }],
    });
  });

  it('ask each disk that is one, and wake none', async () => {
    const asked: string[] = [];
    const tree = {
      '/sys/block/sda/size': '1\n',
      '/sys/block/nvme0n1/size': '1\n',
      '/sys/block/loop0/size': '1\n',
      '/sys/block/dm-0/size': '1\n',
    };
    const ran = await gathered('smart', tree, async (command) => {
      asked.push(command.join(' '));
      return output('SMART overall-health: PASSED\n');
    });
    expect(asked.sort()).toEqual(['smartctl -x -n standby /dev/nvme0n1', 'smartctl -x -n standby /dev/sda']);
    expect(ran.text('smart/sda.txt')).toContain('PASSED');
  });
});

describe('logs of builds', () => {
  const drvs = '/nix/var/log/nix/drvs';
  const name = 'mfikm3d8yfj0yz8g3bnx3pv5s4bx2x-hello-2.12.drv';
  const log = Array.from({ length: 300 }, (_, at) => `line ${at}`).join('\n');

  it('are the newest, their last lines, unpacked', async () => {
    const ran = await gathered('build-logs', { [`${drvs}/3w/${name}.bz2`]: 'packed' }, async (command) =>
      command[0] === 'bzip2' ? output(`${log}\n`) : fail('gone', command[0]),
    );
    const text = ran.text(`logs/3w${name}.log`);
    expect(text.split('\n')).toHaveLength(121);
    expect(text).toMatch(/^line 180\n[\s\S]*line 299\n$/);
    expect(ran.record('build-logs').files.at(-1)?.cut).toBe('the last 120 of 300 lines');
  });

  it('come through Nix where there is no bzip2', async () => {
    const asked: string[] = [];
    const ran = await gathered('build-logs', { [`${drvs}/3w/${name}.bz2`]: 'packed' }, async (command) => {
      asked.push(command.join(' '));
      return command[0] === 'bzip2' ? fail('gone', 'bzip2') : output('said\n');
    });
    expect(asked.at(-1)).toBe(`nix-store --read-log /nix/store/3w${name}`);
    expect(ran.text(`logs/3w${name}.log`)).toBe('said\n');
  });
});

test('locks have the names of their files, from descriptors and from where Nix keeps its own', async () => {
  const tree: Record<string, FakeEntry> = {
    '/proc/locks':
      '1: FLOCK  ADVISORY  WRITE 42 fe:00:77 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 43 fe:00:77 0 EOF\n2: FLOCK  ADVISORY  READ 42 fe:00:78 0 EOF\n3: POSIX  ADVISORY  READ 9 fe:00:79 0 EOF\n',
    '/proc/42/fd/5': { link: '/nix/store/x.lock' },
    '/proc/42/comm': 'nix-daemon\n',
    '/nix/var/nix/db/big-lock': '',
  };
  const ran = await gathered('locks', tree, undefined, ({ files }) => {
    const device = 0xfe00;
    files.setOwner('/proc/42/fd/5', { device, inode: 77 });
    files.setOwner('/nix/var/nix/db/big-lock', { device, inode: 78 });
  });
  expect(ran.text('processes/locks.txt').split('\n')).toEqual([
    'holds FLOCK WRITE pid 42 (nix-daemon) /nix/store/x.lock',
    'waits FLOCK WRITE pid 43 (?) /nix/store/x.lock',
    'holds FLOCK READ pid 42 (nix-daemon) /nix/var/nix/db/big-lock',
    'holds POSIX READ pid 9 (?) inode fe:00:79',
    '',
  ]);
});

describe('generations', () => {
  const profiles = '/nix/var/nix/profiles';
  const path = (number: number) => `/nix/store/${`${number}`.repeat(32)}-nixos-system-box-25.11.${number}`;
  const tree: Record<string, FakeEntry> = {
    [`${profiles}/system`]: { link: 'system-4-link' },
    ...Object.fromEntries(
      [1, 2, 3, 4].map((number) => [`${profiles}/system-${number}-link`, { link: path(number) }]),
    ),
    ...Object.fromEntries(
      [1, 2, 3, 4].map((number) => [`${path(number)}/nixos-version`, `25.11.${number}\n`]),
    ),
    '/run/current-system': { link: path(4) },
    '/run/booted-system': { link: path(1) },
  };

  it('are listed with what runs, was booted and comes next', async () => {
    const ran = await gathered('generations', tree);
    const lines = ran.text('nix/generations.txt').split('\n');
    expect(lines[0]).toBe(`==> system <== default 4, running ${path(4)}, booted ${path(1)}`);
    expect(lines[1]).toMatch(/^ {4}4 .*25\.11\.4 .*default, running/);
    expect(lines[4]).toMatch(/^ {4}1 .*25\.11\.1 .*booted/);
  });

  it('are compared: what is booted with the newest, and the newest with those before', async () => {
    const asked: string[] = [];
    const ran = await gathered('generations-differ', tree, async (command) => {
      asked.push(
        command
          .slice(-2)
          .map((one) => one.at(-1))
          .join(' to '),
      );
      return output('\x1b[31mfirefox\x1b[0m: 1 → 2, +3 MiB\n');
    });
    expect(asked).toEqual(['1 to 4', '3 to 4', '2 to 3']);
    expect(ran.text('nix/generations-1-to-4.txt')).toBe(
      'generation 1 (25.11.1) to 4 (25.11.4)\nfirefox: 1 → 2, +3 MiB\n',
    );
  });
});

describe('flakes', () => {
  test.each([
    ['/srv/config#box', 'build', '/home/ada', ['/srv/config']],
    ['.#box', '--flake', '/home/ada/config', ['/home/ada/config']],
    ['./sub', '--flake', '/home/ada', ['/home/ada/./sub']],
    ['--flake=/etc/nixos', 'switch', null, ['/etc/nixos']],
    ['path:/srv/a?dir=x#y', '-F', null, ['/srv/a']],
    ['github:me/config#box', '--flake', '/home/ada', []],
    ['nixpkgs#hello', 'build', '/home/ada', []],
    ['switch', 'nixos-rebuild', '/home/ada', []],
  ])('%s after %s', (word, before, cwd, expected) => {
    expect(directoryOf(word, before, cwd)).toEqual(expected);
  });

  it('have their ages told, whatever is in the file', () => {
    const lock = {
      nodes: {
        nixpkgs: {
          locked: {
            type: 'github',
            owner: 'NixOS',
            repo: 'nixpkgs',
            rev: '1d0fe04d4ee5ec8a1e3f6b1b',
            lastModified: 1_700_000_000,
          },
        },
        odd: { locked: { type: 'path', path: '/x', lastModified: 'never' } },
        root: { inputs: {} },
      },
    };
    expect(inputLines(JSON.stringify(lock), 1_700_000_000_000 + 3 * 86_400_000)).toEqual([
      'nixpkgs: github:NixOS/nixpkgs 1d0fe04d4ee5 from 2023-11-14, 3 days old',
      'odd: path:/x no revision',
    ]);
    expect(inputLines('{', 0)).toEqual(['(no flake.lock that can be read)']);
  });
});

it('tells what `nix-info -m` tells, of what was gathered', () => {
  const texts = new Map([
    ['etc/os-release', 'PRETTY_NAME="NixOS 25.11 (Xantusia)"\n'],
    ['proc/version', 'Linux version 6.12.4 (nixbld@localhost)\n'],
    ['run/current-system/nixos-version', '25.11.20251120.1d0fe04\n'],
    ['programs/nix-version.txt', '$ nix --version\nnix (Nix) 2.31.2\n'],
    ['programs/nix-config.json', '{"system": {"value": "x86_64-linux"}, "sandbox": {"value": true}}'],
    ['programs/nix-store-info.txt', '$ nix store info --json\n{"url":"daemon","version":"2.31.2"}\n'],
    ['environment.txt', 'NIX_PATH=nixpkgs=/nix/var/nix/profiles/per-user/root/channels/nixos:x=y\n'],
  ]);
  expect(infoLines(texts)).toEqual([
    ['system', 'x86_64-linux'],
    ['host os', 'Linux 6.12.4, NixOS 25.11 (Xantusia), 25.11.20251120.1d0fe04'],
    ['multi-user?', 'yes'],
    ['sandbox', 'yes'],
    ['version', 'nix (Nix) 2.31.2'],
    ['channels', null],
    ['nixpkgs', '/nix/var/nix/profiles/per-user/root/channels/nixos'],
  ]);
  expect(infoLines(new Map()).map(([, value]) => value)).toEqual(Array(7).fill(null));
});

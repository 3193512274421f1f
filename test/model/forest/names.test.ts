/** Names: of store paths, of Nix's tools, of workers, of commands. */
import { describe, expect, test } from 'vitest';
import {
  commandWords,
  programName,
  toolOfScript,
  withoutInterpreter,
} from '../../../src/model/forest/command-line.ts';
import {
  buildUserSlot,
  clientPidOfWorker,
  isAutoAllocatedUid,
  isBuildUserName,
  toolOfComm,
} from '../../../src/model/forest/nix-tools.ts';
import {
  derivationOfLog,
  derivationOfPath,
  derivationOfSandboxRoot,
  nameOfBuildDirectory,
  nameOfStorePath,
  splitName,
} from '../../../src/model/nix-store/store-path.ts';

const hash = '0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v';

describe('store paths', () => {
  const names = [
    'firefox-130.0',
    'webkitgtk-2.46.0+abi=4.1',
    'a.drv',
    'x.drv.chroot',
    'source',
    'foo_bar?baz',
    '-',
  ];

  test.for(names)('%s, wherever Nix writes it', (name) => {
    const found = { hash, name };
    expect(derivationOfSandboxRoot(`/nix/store/${hash}-${name}.drv.chroot`)).toEqual(found);
    expect(derivationOfSandboxRoot(`/nix/store/${hash}-${name}.drv.chroot/root`)).toEqual(found);
    // A store on a file system or subvolume of its own.
    expect(derivationOfSandboxRoot(`/@nix/store/${hash}-${name}.drv.chroot/root`)).toEqual(found);
    expect(derivationOfSandboxRoot(`/store/${hash}-${name}.drv.chroot/root`)).toEqual(found);
    expect(derivationOfPath(`/nix/store/${hash}-${name}.drv`)).toEqual(found);
    expect(derivationOfPath(`${hash}-${name}.drv`)).toEqual(found);
    for (const end of ['', '.bz2']) {
      const log = `/nix/var/log/nix/drvs/${hash.slice(0, 2)}/${hash.slice(2)}-${name}.drv${end}`;
      expect(derivationOfLog(log)).toEqual(found);
    }
    expect(nameOfStorePath(`/nix/store/${hash}-${name}`)).toBe(name);
    expect(nameOfStorePath(`/nix/store/${hash}-${name}/bin/x-y`)).toBe(name);
    for (const suffix of ['0', '12', '4711-0']) {
      expect(nameOfBuildDirectory(`nix-build-${name}.drv-${suffix}`)).toBe(name);
    }
  });

  test.for([
    '/',
    '',
    '/nix/store',
    `/nix/store/${hash}-x.drv`,
    `/nix/store/${hash}-x.drv.chroot/root/nix`,
    `/nix/store/${hash.slice(1)}-x.drv.chroot`,
    // Nix's base 32 has no e, o, t, u.
    `/nix/store/${hash.replace('0c9l', '0e9l')}-x.drv.chroot`,
    `/nix/store/${hash.toUpperCase()}-x.drv.chroot`,
    `/nix/store/${hash}-.drv.chroot`,
    `/nix/store/${hash}x.drv.chroot`,
  ])('%s is no sandbox root', (root) => expect(derivationOfSandboxRoot(root)).toBeNull());

  test.for([
    'nix-12345-0',
    'nix-build-firefox-130.0-0',
    'nix-shell.abc',
    'nix-build-.drv-0',
    'nix-build-x.drv',
    '',
  ])('%s names no derivation', (name) => expect(nameOfBuildDirectory(name)).toBeNull());
  test.for(['/tmp/x', '/nix/store/.links/x', 'firefox', `/nix/store/${hash}`, ''])(
    '%s is in no store',
    (path) => expect(nameOfStorePath(path)).toBeNull(),
  );

  test.for([
    ['firefox-130.0', 'firefox', '130.0'],
    ['gtk+3-3.24', 'gtk+3', '3.24'],
    ['python3.12-requests-2.32', 'python3.12-requests', '2.32'],
    ['apache-httpd', 'apache-httpd', null],
    ['libfoo-1.2-unstable-2024-01-01', 'libfoo', '1.2-unstable-2024-01-01'],
    ['source', 'source', null],
    ['x-', 'x-', null],
    ['a--b', 'a', '-b'],
    ['', '', null],
  ] as const)('%s = %s + %s', ([name, pname, version]) =>
    expect(splitName(name)).toEqual({ pname, version }),
  );
});

describe('tools', () => {
  test.for([
    ['nix', 'nix'],
    ['nix-daemon', 'nix-daemon'],
    ['nixos-rebuild', 'nixos-rebuild'],
    // Wrappers, as the kernel cuts them at 15 characters.
    ['.nixos-rebuild-', 'nixos-rebuild'],
    ['.nix-build-wrap', 'nix-build'],
    ['.nh-wrapped', 'nh'],
    ['.colmena-wrappe', 'colmena'],
    ['.deploy-wrapped', 'deploy'],
    ['.home-manager-w', 'home-manager'],
    ['nix-collect-gar', 'nix-collect-garbage'],
    ['nix-instantiate', 'nix-instantiate'],
    ['nix-prefetch-ur', 'nix-prefetch-url'],
    ['switch-to-confi', 'switch-to-configuration'],
    ['determinate-nix', 'determinate-nixd'],
    ['darwin-rebuild', 'darwin-rebuild'],
    ['darwin-uninstal', 'darwin-uninstaller'],
    ['comin', 'comin'],
    ['.devenv-wrapped', 'devenv'],
    ['nixos', 'nixos'],
    ['disko', 'disko'],
    ['nixos-enter', 'nixos-enter'],
    ['lix', 'lix'],
  ] as const)('%s is %s', ([comm, tool]) => expect(toolOfComm(comm)).toBe(tool));

  test.for([
    ['bash ./nixos-rebuild switch', 'nixos-rebuild'],
    [
      `python3 -I /nix/store/${hash}-nixos-rebuild-ng-25.11/bin/.nixos-rebuild-wrapped switch`,
      'nixos-rebuild',
    ],
    ['/bin/sh -e /root/disko --mode mount', 'disko'],
    ['bash', null],
    ['-bash', null],
    ['bash -c nixos-rebuild', null],
    ['bash ./build.sh', null],
    ['bash constructor', null],
    // Other software has the name, too.
    ['bash ./deploy', null],
    ['nixos-rebuild switch', null],
  ] as const)('%s runs %s', ([line, tool]) => expect(toolOfScript(line.split(' '))).toBe(tool));

  test.for(['', 'nixd', 'nixpkgs-fmt', 'nix-', 'NIX', 'nixbld1', 'bash', 'sudo', 'unix', 'nixpulse', '.nix'])(
    '%s is none',
    (comm) => expect(toolOfComm(comm)).toBeNull(),
  );
});

describe('build users', () => {
  test.for([
    ['nixbld1', true],
    ['nixbld32', true],
    ['_nixbld7', true],
    ['nixbld', false],
    ['nixbldx', false],
    ['alice', false],
    ['xnixbld1', false],
  ] as const)('%s: %s', ([name, is]) => expect(isBuildUserName(name)).toBe(is));

  test('allocated ranges: one slot for each 65536', () => {
    const first = 872_415_232;
    expect([first - 1, first, first + 8_388_607, first + 8_388_608].map(isAutoAllocatedUid)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([30_001, first, first + 65_535, first + 65_536].map(buildUserSlot)).toEqual([
      30_001,
      first,
      first,
      first + 65_536,
    ]);
  });
});

describe('a worker says whom it serves', () => {
  test.for([
    [['nix-daemon', '5151', '', ''], 5151],
    [['nix-daemon', '--for', '5151'], 5151],
    [['nix-daemon', '4194303'], 4_194_303],
    [['nix-daemon', '--daemon'], null],
    [['nix-daemon', '--for'], null],
    [['nix-daemon', '--stdio'], null],
    [['nix-daemon'], null],
    // A client in a pid namespace that the daemon does not see.
    [['nix-daemon', '0'], null],
    [['nix-daemon', '51 51'], null],
    [['nix-daemon', '-5'], null],
    [[], null],
  ] as const)('%j', ([argv, pid]) => expect(clientPidOfWorker(argv)).toBe(pid));
});

describe('commands', () => {
  const store = `/nix/store/${hash}`;
  test.for([
    [['nix-build', '-A', 'x'], 'nix-build', 'nix-build -A x'],
    [[`${store}-nix-2.26/bin/nix-build`, '-A', 'x'], 'nix-build', 'nix-build -A x'],
    [['bash', './configure', '--prefix=/x'], 'configure', 'configure --prefix=/x'],
    [[`${store}-bash-5/bin/bash`, '-e', `${store}-source-stdenv.sh`], 'source-stdenv.sh', 'source-stdenv.sh'],
    [['sh', '-c', 'make -j8 && make install'], 'sh', 'sh -c make -j8 && make install'],
    [['bash', '-ec', 'ls'], 'bash', 'bash -ec ls'],
    [['bash', '-o', 'pipefail', '-eu', 'build.sh', 'x'], 'build.sh', 'build.sh x'],
    [['bash', '+O', 'extglob', 'build.sh'], 'build.sh', 'build.sh'],
    [['-bash'], 'bash', 'bash'],
    [['python3.12', '-m', 'pytest', '-x'], 'pytest', 'pytest -x'],
    [['python3', '-W', 'ignore', 'setup.py', 'build'], 'setup.py', 'setup.py build'],
    [['python3', '-c', 'import x'], 'python3', 'python3 -c import x'],
    [['python3', '-m'], 'python3', 'python3 -m'],
    [['perl', '-w', 'Makefile.PL'], 'Makefile.PL', 'Makefile.PL'],
    [['perl', '-pe', 's/a/b/', 'f'], 'perl', 'perl -pe s/a/b/ f'],
    [['perl', '-e', 'print'], 'perl', 'perl -e print'],
    [['node', '--max-old-space-size=4096', 'cli.js'], 'cli.js', 'cli.js'],
    [['bash', '--', 'x.sh'], 'x.sh', 'x.sh'],
    [
      [`${store}-nixos-rebuild/bin/.nixos-rebuild-wrapped`, 'switch'],
      'nixos-rebuild',
      'nixos-rebuild switch',
    ],
    [['python3', `${store}-x/bin/.nixos-rebuild-wrapped`, 'boot'], 'nixos-rebuild', 'nixos-rebuild boot'],
    [['/run/binfmt/rosetta', `${store}-gcc/bin/gcc`, 'gcc', '-c', 'x.c'], 'gcc', 'gcc -c x.c'],
    [['/run/binfmt/aarch64-linux', '/bin/bash', './configure', '--x'], 'configure', 'configure --x'],
    [[`${store}-qemu-9/bin/qemu-aarch64`, '-0', 'cc', '-L', '/', './cc1', '-O2'], 'cc1', 'cc1 -O2'],
    [['/usr/bin/box64', './run', 'x'], 'run', 'run x'],
    [['qemu-aarch64', '-version'], 'qemu-aarch64', 'qemu-aarch64 -version'],
    [['qemu-img', 'convert', 'x'], 'qemu-img', 'qemu-img convert x'],
    [['qemu-system-x86_64', '-m', '1G'], 'qemu-system-x86_64', 'qemu-system-x86_64 -m 1G'],
    [[`${hash}-hello-2.12`], 'hello-2.12', 'hello-2.12'],
    [['nix', 'build', `${store}-x.drv^out`, `--store=${store}-y`], 'nix', 'nix build x.drv^out --store=y'],
    [['sshd: root [priv]'], 'comm', 'comm'],
    [[''], 'comm', 'comm'],
    [[], 'comm', 'comm'],
    [['a', '\u001b[2J\u0007x\ny\u009b'], 'a', 'a  [2J x y '.trimEnd()],
    [['nix-daemon', '5151', '', ''], 'nix-daemon', 'nix-daemon 5151'],
  ] as const)('%j', ([argv, name, words]) => {
    expect(programName(argv, 'comm')).toBe(name);
    expect(commandWords(argv, 'comm').trimEnd()).toBe(words);
  });

  test('is bounded', () => {
    expect(commandWords(['ld', ...Array.from({ length: 9999 }, () => 'x.o')], 'ld').length).toBeLessThan(500);
  });
  test('is told once per command line and name', () => {
    const argv = ['bash', 'x.sh'];
    expect(commandWords(argv, 'a')).toBe(commandWords(argv, 'a'));
    expect(programName([], 'b')).toBe('b');
    expect(programName([], 'c')).toBe('c');
  });
  test('an argument is never taken for more than it is', () => {
    expect(withoutInterpreter(['bash'])).toEqual(['bash']);
    expect(withoutInterpreter(['bash', ''])).toEqual(['bash', '']);
    expect(withoutInterpreter(['gcc', 'bash', 'x'])).toEqual(['gcc', 'bash', 'x']);
  });
});

/** `check deploy` over a real sshd: a sound target, and each fault planted by itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { deployItems } from '../../src/check/deploy.ts';
import { readDeployFacts } from '../../src/probes/check/deploy-facts.ts';
import { newest } from '../support/lab.ts';
import { realProbe } from '../support/probe-context.ts';
import { type Planted, runProgram, startSshTarget, whyNoSshTarget } from './ssh-target.ts';

const missing = whyNoSshTarget();
/** The whole root of the newest Nix lies in 4 GB of memory. */
const notOfTheLab = newest ? ['local-store'] : [];
/** Of the text of the configuration: what is replaced, and by what. */
type Change = readonly [string, string];

describe.skipIf(missing !== null)('check deploy', { timeout: 120_000 }, () => {
  let server: Server;
  let cache = '';
  beforeAll(async () => {
    server = createServer((_, answer) => answer.end('StoreDir: /nix/store\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cache = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  /** A target with a configuration for it. `change` edits that one. */
  async function prepare(planted: Partial<Planted> = {}, change: Change = ['', '']) {
    const target = await startSshTarget({ cache, ...planted });
    onTestFinished(() => target.stop());
    const file = join(target.directory, 'system.nix');
    const system = configuration(readFileSync(join(target.directory, 'id.pub'), 'utf8').trim());
    if (!system.includes(change[0])) throw new Error(`the configuration has no ${change[0]}`);
    writeFileSync(file, system.replace(...change));
    return { flake: `${file}#web`, path: `${target.bin}:${process.env['PATH'] ?? ''}` };
  }

  /** What is not ok. */
  async function check(planted?: Partial<Planted>, change?: Change) {
    const { flake, path } = await prepare(planted, change);
    vi.stubEnv('PATH', path);
    vi.stubEnv('SSH_AUTH_SOCK', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const facts = await readDeployFacts({ host: 'target', flake, evaluation: true }, realProbe().context);
    return deployItems(facts).filter(({ id, state }) => state !== 'ok' && !notOfTheLab.includes(id));
  }

  test('a sound target has no warning, and all is looked at', async () => {
    expect(await check()).toEqual([]);
  });

  test('as it is typed: all is ok, and 0', async () => {
    const { flake, path } = await prepare();
    const { status, stdout } = await runProgram(['check', 'deploy', 'target', '--flake', flake], { path });
    expect(stdout).toContain('the one that ssh used now is among them');
    expect(stdout).toMatch(newest ? /^1 warning, \d+ ok$/m : /^\d+ ok$/m);
    expect(status).toBe(0);
  });

  test('as it is typed, with a name that is not there: told as that, and 1', async () => {
    const { flake, path } = await prepare({}, ['web = {', 'wbe = {']);
    const { status, stdout } = await runProgram(['check', 'deploy', 'target', '--flake', flake], { path });
    expect(stdout).toMatch(/^FAILED .*there is no configuration of that name:/m);
    expect(status).toBe(1);
  });

  type Case = readonly [string, readonly string[], Partial<Planted> & { readonly change?: Change }];

  test.each<Case>([
    ['another key', ['ssh failed'], { settings: 'AuthorizedKeysFile /dev/null' }],
    ['no root', ['target-root failed'], { user: 'deploy' }],
    [
      'another account, by sudo',
      [],
      { user: 'deploy', plant: 'printf \'shift; exec "$@"\\n\' > $T/bin/sudo; chmod +x $T/bin/sudo' },
    ],
    [
      'a system that only its packages know',
      [],
      {
        change: [
          'nixpkgs.hostPlatform.system = "x86_64-linux"',
          'nixpkgs.hostPlatform = throw "used but not defined"',
        ],
      },
    ],
    ['a disk of 16 GB', ['target-space failed'], { plant: 'echo 31250000 > $T/block/xvdq/size' }],
    [
      'another disk',
      ['target-device failed'],
      {
        plant:
          'mv $T/block/xvdq $T/block/sda; rm $T/dev/disk/by-id/*; ln -s ../../sda $T/dev/disk/by-id/ata-disk',
      },
    ],
    ['a disk that is mounted', ['target-busy failed'], { plant: 'mount -t tmpfs /dev/xvdq /mnt' }],
    [
      'swap on a partition',
      ['target-busy failed'],
      {
        plant: `mkdir $T/block/xvdq2; cd $T/block/xvdq2; echo 1000 > size; echo 0 > ro; echo 2 > partition; cd /
          rm -r $T/block/xvdq2; mkdir -p $T/block/dm-0/slaves/xvdq; cd $T/block/dm-0; echo 900 > size; echo 0 > ro; cd /
          mkdir $T/block/dm-0/dm; echo swap > $T/block/dm-0/dm/name; echo LVM-x > $T/block/dm-0/dm/uuid
          printf '/dev/dm-0 partition 100 0 -2\\n' >> $T/swaps`,
      },
    ],
    [
      'the credentials store, open on a volume of a pool',
      ['credstore failed'],
      {
        plant: `mkdir -p $T/block/dm-0/slaves/zd0 $T/block/dm-0/dm; cd $T/block/dm-0; echo 900 > size; echo 0 > ro; cd /
          echo credstore > $T/block/dm-0/dm/name; echo CRYPT-LUKS2-1-credstore > $T/block/dm-0/dm/uuid`,
      },
    ],
    [
      'a pool that is imported',
      ['target-busy failed'],
      { plant: "printf 'rpool\\t1\\n\\t/dev/xvdq\\t1\\n' > $T/list; echo cat $T/list > $T/bin/zpool" },
    ],
    [
      'no ZFS for its kernel',
      ['zfs-module failed'],
      { plant: "rmdir $T/module/zfs 2>/dev/null || rm -r $T/module/zfs; echo 'exit 1' > $T/bin/modinfo" },
    ],
    [
      'an installer of 1 GB whose Nix collects what it does not have',
      ['target-memory warning', 'target-min-free failed'],
      {
        plant: `printf 'MemTotal:  1013760 kB\\nMemAvailable:  390244 kB\\n' > $T/meminfo; STORE=494968k
          sed -i 's/min-free = 0/min-free = 1073741824/' $T/nix.conf`,
      },
    ],
    ['BIOS', ['firmware failed'], { plant: 'rm -r $T/firmware/efi' }],
    ['another architecture', ['architecture failed'], { within: 'setarch i686' }],
    [
      'a clock that is an hour off',
      ['target-clock warning'],
      { plant: "echo 'expr $(/bin/date +%s) + 3600' > $T/bin/date; chmod +x $T/bin/date" },
    ],
    [
      'a cache that is dead',
      ['target-network warning'],
      { plant: "sed -i 's|^substituters.*|substituters = http://127.0.0.1:9|' $T/nix.conf" },
    ],
    ['a shell that is none', [...onTarget.map((id) => `${id} unknown`)], { user: 'shut' }],
    [
      'a small Debian that needs kexec, without ZFS',
      ['target-memory failed'],
      {
        plant: `echo ID=debian > $T/os-release; printf 'MemTotal:  513760 kB\\nMemAvailable:  390244 kB\\n' > $T/meminfo
          for t in tar cpio setsid; do echo exit 0 > $T/bin/$t; chmod +x $T/bin/$t; done`,
        change: ['zfs.enabled = true', 'zfs.enabled = false'],
      },
    ],
    ['no host id', ['host-id failed'], { change: ['hostId = "8425e349"', 'hostId = null'] }],
    ['no key in the configuration', ['login-keys failed'], { change: [' me@here" ', '" ].x or [ '] }],
    ['an ESP of 50 MB', ['target-boot failed'], { change: ['512M', '50M'] }],
    [
      'an ESP of 50 MB, by its end',
      ['target-boot failed'],
      { change: ['type = "EF00"; size = "512M"', 'type = "EF00"; size = "0"; start = "1M"; end = "50M"'] },
    ],
    [
      'a configuration that does not evaluate: what can be said of it is said',
      ['configuration failed'],
      { change: ['"/nix/store/x.drv"', 'throw "Failed assertions"'] },
    ],
    [
      'a configuration that is not there',
      ['configuration failed', ...ofConfiguration.map((id) => `${id} unknown`)],
      { change: ['web = {', 'wbe = {'] },
    ],
  ])('%s', async (_, expected, { change, ...planted }) => {
    const found = await check(planted, change);
    const seen = found.map(({ id, state }) => `${id} ${state}`);
    // Where nobody answers, nothing of the target is known either.
    const rest = seen.filter((one) => one.endsWith('unknown') && expected.includes('ssh failed'));
    expect(seen.filter((one) => !rest.includes(one))).toEqual(expected);
  });

  test('a running NixOS whose /boot is full', async () => {
    const found = await check({
      plant: `STORE=; echo ID=nixos > $T/os-release; mount -t tmpfs -o size=8m tmpfs /boot; mkdir /run/current-system
        truncate -s 12M /run/current-system/kernel; truncate -s 20M /run/current-system/initrd
        mkdir -p $T/dev/disk/by-uuid; ln -s ../../xvdq $T/dev/disk/by-uuid/aaaa`,
    });
    const ids = found.map(({ id, state }) => `${id} ${state}`);
    expect(ids).toEqual(['target-boot failed']);
  });

  test('as nobody, without network and without Nix it says what it could not look at', async () => {
    const run = await runProgram(
      ['check', 'deploy', 'nobody.invalid', '--flake', '/nonexistent#web', '--json'],
      {
        path: '/usr/bin:/bin',
        before: [
          'unshare',
          '--net',
          'setpriv',
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          'env',
          'HOME=/',
        ],
      },
    );
    const { items } = JSON.parse(run.stdout) as { items: { id: string; state: string; found: object }[] };
    const ssh = items.find(({ id }) => id === 'ssh');
    expect(run.status).toBe(1);
    expect(ssh).toMatchObject({ state: 'failed', found: { refused: 'name' } });
    const others = items.filter(
      ({ id, state }) => id !== 'ssh' && id !== 'configuration' && state !== 'unknown',
    );
    expect(others.map(({ id }) => id)).toEqual(['local-store']);
  });
});

const onTarget = [
  ...[
    'target-root',
    'target-system',
    'architecture',
    'target-memory',
    'target-space',
    'disko',
    'target-device',
  ],
  ...[
    'target-busy',
    'credstore',
    'zfs-module',
    'firmware',
    'target-boot',
    'boot-passphrase',
    'target-network',
  ],
  ...['target-clock', 'target-trust', 'target-min-free'],
];
const ofConfiguration = [
  ...[
    'architecture',
    'disko',
    'target-device',
    'target-busy',
    'zfs-module',
    'host-id',
    'firmware',
    'login-keys',
  ],
  ...['login-sshd', 'host-name', 'boot-passphrase'],
];

/** What NixOS makes of a configuration, without its thousand other options. */
function configuration(key: string): string {
  return `{
  web = {
    extendModules = null;
    pkgs.stdenv.hostPlatform.system = "x86_64-linux";
    config = {
      networking = { hostName = "web"; hostId = "8425e349"; };
      nixpkgs.hostPlatform.system = "x86_64-linux";
      boot = {
        loader = { systemd-boot.enable = true; efi.efiSysMountPoint = "/boot"; };
        zfs.enabled = true;
        kernelPackages.kernel.version = "6.12.44";
        initrd = { luks.devices = { }; network.ssh.enable = false; };
      };
      users.users = {
        root.openssh.authorizedKeys = { keys = [ "${key}" ]; keyFiles = [ ]; };
        nixbld1.extraGroups = [ "nixbld" ];
        broken.extraGroups = throw "not to be asked";
      };
      services.openssh = { enable = true; settings.PermitRootLogin = "prohibit-password"; };
      fileSystems."/" = { device = "/dev/disk/by-uuid/aaaa"; fsType = "ext4"; options = [ "defaults" ]; };
      disko.devices = {
        disk.main = { device = "/dev/xvdq"; content.partitions.ESP = { type = "EF00"; size = "512M"; }; };
        zpool.rpool.rootFsOptions.compression = "on";
      };
      system.build.toplevel.drvPath = "/nix/store/x.drv";
    };
  };
}
`;
}

/**
 * `nixpulse recover minimal-config` on a machine that looks like NixOS, with a small module system for nixpkgs: written,
 * evaluated, built and taken for the next boot, killed in each step and gone on with.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cachesOnlyCommand, cachesOnlyModule } from '../../src/format/caches-only.ts';
import { minimalConfig } from '../../src/format/minimal-config.ts';
import type { OwnNetwork } from '../../src/model/recover/own-machine.ts';
import { bringUpLab } from '../support/lab.ts';
import { hostileWords, ownMachine } from '../support/own-machine.ts';
import { ourKey } from '../support/wanted-system.ts';
import { inTurn } from './in-turn.ts';
import { createWorld, endOf, kill } from './recovering.ts';
import { allProcesses, commandLine } from './truth.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const fixtures = fileURLToPath(new URL('../fixtures/evaluation/nixpkgs', import.meta.url));
const profiles = '/nix/var/nix/profiles';

/** As nixos-rebuild does it: the profile first, then the boot menu. `$RUN/hold-…` holds it up. */
const nixosRebuild = `verb=$1; echo "$*" >>/run/rebuilds; shift
path=
while [ $# -gt 0 ]; do
  case $1 in -I) case $2 in nixos-config=*) export NIXOS_CONFIG=\${2#*=};; nixpkgs=*) export NIX_PATH=nixpkgs=\${2#*=};; esac; shift 2;;
  *) shift;; esac
done
while [ $verb = build ] && [ -e /run/hold-build ]; do : >/run/building; sleep 0.1; done
path=$(nix-build '<nixpkgs/nixos>' -A system $([ $verb = build ] || echo --no-out-link)) || exit 1
[ $verb = build ] && exit 0
nix-env -p ${profiles}/system --set "$path" || exit 1
while [ -e /run/hold-menu ]; do : >/run/in-menu; sleep 0.1; done
"$path/bin/switch-to-configuration" boot`;

/** With the options that the text has, and a system that really is built. */
function nixpkgsIn(directory: string): void {
  mkdirSync(`${directory}/nixos/lib`, { recursive: true });
  cpSync(`${fixtures}/lib`, `${directory}/lib`, { recursive: true });
  writeFileSync(
    `${directory}/nixos/lib/eval-config.nix`,
    `{ modules }:
let
  lib = import ../../lib;
  free = lib.mkOption { type = lib.types.unspecified; };
  fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
in lib.evalModules { modules = [ ({ config, ... }: {
  options = {
    boot.kernelParams = free; boot.loader.grub.enable = free; boot.loader.grub.devices = free;
    networking = lib.mkOption { type = lib.types.attrs; };
    services.openssh.enable = free; services.openssh.ports = free;
    users.mutableUsers = free; users.users = free;
    time.timeZone = free; system.stateVersion = free; fileSystems = free;
    system.build = free;
  };
  config.system.build.toplevel = import ${lab.directory}/workloads/nixos-gen.nix {
    run = "/run"; host = config.networking.hostName or "nixos"; ver = config.system.stateVersion;
    package = if builtins.pathExists ${directory}/slow then toString (fib 90) else "jq-${Date.now()}";
    failed = builtins.hashString "sha256" (builtins.toJSON [ config.users.users config.boot.loader.grub.devices config.fileSystems config.time.timeZone ]);
  };
}) ] ++ modules; }
`,
  );
  writeFileSync(
    `${directory}/nixos/default.nix`,
    `{ system = (import ./lib/eval-config.nix { modules = [ (/. + builtins.getEnv "NIXOS_CONFIG") ]; }).config.system.build.toplevel; }\n`,
  );
}

function systemOf(workload: string): string {
  const words = ['--no-out-link', `${lab.directory}/workloads/${workload}`, '--argstr', 'run', '/run'];
  const env = {
    ...process.env,
    NONCE: 'recover',
    NIX_REMOTE: 'daemon',
    NIX_CONF_DIR: `${lab.directory}/etc`,
  };
  const run = spawnSync('nix-build', words, { encoding: 'utf8', env, timeout: 60_000 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
}

/** Where the machine has its own: what is there of this machine is copied, so that programs find what they need. */
function machine({ nixpkgs = true } = {}) {
  const packages = mkdtempSync('/var/tmp/nixpulse-recover-nixpkgs-');
  onTestFinished(() => rmSync(packages, { recursive: true, force: true }));
  if (nixpkgs) nixpkgsIn(packages);
  const world = createWorld(lab, {
    own: ['/etc', '/run', '/boot', profiles],
    programs: { 'nixos-rebuild': nixosRebuild },
    environment: { NONCE: 'recover', NIX_PATH: nixpkgs ? `nixpkgs=${packages}` : '' },
  });
  const { directory, placeOf } = world;
  cpSync('/etc', placeOf('/etc'), { recursive: true, verbatimSymlinks: true, force: true });
  const put = (path: string, text: string) => {
    mkdirSync(placeOf(path).replace(/\/[^/]*$/, ''), { recursive: true });
    rmSync(placeOf(path), { force: true });
    writeFileSync(placeOf(path), text);
  };
  put('/etc/NIXOS', '');
  put(
    '/etc/nixos/configuration.nix',
    '{ ... }: { system.stateVersion = "24.05"; services.broken = abort "no"; }\n',
  );
  put('/etc/nixos/hardware-configuration.nix', '{ ... }: { fileSystems."/" = { device = "/dev/vda1"; }; }\n');
  put(
    '/etc/passwd',
    `${readFileSync('/etc/passwd', 'utf8')}ada:x:1077:100::/home/ada:/bin/bash\n`.replace(
      /^nixtester.*\n/m,
      '',
    ),
  );
  put('/etc/group', `${readFileSync('/etc/group', 'utf8')}wheel:x:1:ada\n`);
  put('/etc/ssh/authorized_keys.d/ada', `${ourKey.type} ${ourKey.blob} "''\${abort "x"}\n`);
  put('/etc/ssh/sshd_config', 'Port 2222\n');
  put('/boot/grub/grub.cfg', '');
  put('/boot/grub/state', 'grub\n2.12\nno\n/dev/vda\n\n');
  mkdirSync(`${placeOf('/run')}/nixos`);
  // What runs, and is the default.
  symlinkSync(systemOf('nixos-gen.nix'), `${placeOf(profiles)}/system-1-link`);
  symlinkSync('system-1-link', `${placeOf(profiles)}/system`);
  const file = `${directory}/minimal-config.nix`;
  const log = (name: string) =>
    existsSync(`${placeOf('/run')}/${name}`)
      ? readFileSync(`${placeOf('/run')}/${name}`, 'utf8')
          .trim()
          .split('\n')
      : [];
  return {
    ...world,
    file,
    packages,
    log,
    hold: (name: string) => writeFileSync(`${placeOf('/run')}/${name}`, ''),
    letGo: (name: string) => rmSync(`${placeOf('/run')}/${name}`),
    is: (name: string) => existsSync(`${placeOf('/run')}/${name}`),
    generations: () => readdirSync(placeOf(profiles)).filter((name) => /^system-\d+-link$/.test(name)),
    recover: (...args: readonly string[]) => world.recover('minimal-config', '--output', file, ...args),
    /** Programs that were started for it. */
    running: (words: string) =>
      allProcesses().filter(
        ({ pid, state }) =>
          state !== 'Z' && [words, directory].every((one) => commandLine(pid).join(' ').includes(one)),
      ),
  };
}

describe.skipIf(lab.missing !== null)('recover minimal-config', { timeout: 120_000 }, () => {
  inTurn();

  test('goes on where it was killed: written once, built once, one generation more', async () => {
    const one = machine();
    const writing = one.recover();
    await writing.waitForText('Do it? [y/N]');
    await kill(writing);
    expect(existsSync(one.file)).toBe(false);

    writeFileSync(`${one.packages}/slow`, '');
    const evaluating = one.recover();
    await evaluating.waitForText('Do it? [y/N]');
    evaluating.write('y\r');
    await evaluating.waitForText('evaluates it with');
    const evaluators = () =>
      allProcesses().filter(({ pid }) => /^nix-instantiate.*eval-config/s.test(commandLine(pid).join(' ')));
    await until('an evaluation', () => evaluators().length > 0);
    await kill(evaluating);
    await until('the end of the evaluation', () => evaluators().length === 0);
    const text = readFileSync(one.file, 'utf8');
    expect(text).toContain('boot.loader.grub.devices = [ "/dev/vda" ];');
    expect(text).toContain('services.openssh.ports = [ 2222 ];');
    expect(text).toMatch(
      /users\.users\."ada" = \{\s+isNormalUser = true;\s+uid = 1077;\s+extraGroups = \[ "wheel" \];/,
    );
    expect(text).toContain(`${ourKey.blob} \\"''\\\${abort \\"x\\"}"`);
    expect(text).not.toMatch(/password\s*=/i);

    // Whoever reads it changes it.
    rmSync(`${one.packages}/slow`);
    writeFileSync(one.file, text.replace('"24.05"', '"24.11"'));
    const asking = one.recover();
    await asking.waitForText('Do it? [y/N]');
    const told = asking.screen().join('\n').replaceAll(/\s+/g, ' ');
    expect(told).toContain('changed since it was written');
    expect(told).toMatch(/it evaluates in \d+\.\d s, with the nixpkgs of NIX_PATH/);
    expect(told).toContain('--max-jobs 1 --cores 2');
    await kill(asking);

    one.hold('hold-build');
    const building = one.recover();
    await building.waitForText('Do it? [y/N]');
    building.write('y\r');
    await until('a build', () => one.is('building'));
    await kill(building);
    await until('the end of the build', () => one.running('nixos-rebuild').length === 0);
    one.letGo('hold-build');

    const built = one.recover();
    await built.waitForText('Do it? [y/N]');
    built.write('y\r');
    await built.waitForText('Type boot to do it:');
    await kill(built);
    expect(one.generations()).toEqual(['system-1-link']);

    // The profile has moved, and the boot menu is not written yet.
    one.hold('hold-menu');
    const booting = one.recover();
    await booting.waitForText('Type boot to do it:');
    booting.write('boot\r');
    await until('the boot menu', () => one.is('in-menu'));
    await kill(booting);
    const busy = await endOf(one.recover());
    expect(busy.exitCode).toBe(1);
    expect(busy.text).toMatch(/nixos-rebuild boot.*is\s+under\s+way/s);
    for (const { pid } of one.running('nixos-rebuild')) process.kill(pid, 'SIGKILL');
    await until('the end of it', () => one.running('nixos-rebuild').length === 0);
    one.letGo('hold-menu');
    expect(one.is('boot-menu')).toBe(false);

    const last = one.recover();
    await last.waitForText('Type boot to do it:');
    last.write('boot\r');
    const end = await endOf(last);
    expect(end.text.replaceAll(/\s+/g, ' ')).toMatch(
      /generation 2 is the default of the next boot the way back: nixpulse rollback --to 1 --boot/,
    );
    expect(end.exitCode).toBe(0);
    expect(one.generations().sort()).toEqual(['system-1-link', 'system-2-link']);
    expect(one.log('boot-menu')).toEqual([readlinkSync(`${one.placeOf(profiles)}/system-2-link`)]);
    expect(one.log('rebuilds').map((line) => line.split(' ')[0])).toEqual(['build', 'build', 'boot', 'boot']);
    expect(one.log('switch.log').every((line) => line.startsWith('boot '))).toBe(true);
    expect(existsSync(`${one.directory}/state/nixpulse/recover/result`)).toBe(false);
  });

  test('without a nixpkgs it says that it was only parsed, and goes no further', async () => {
    const one = machine({ nixpkgs: false });
    const { exitCode, text } = await endOf(one.recover('--yes'));
    expect(text.replaceAll(/\s+/g, ' ')).toContain('it was only parsed, not evaluated: there is no nixpkgs');
    expect(exitCode).toBe(1);
    expect(existsSync(one.file)).toBe(true);
    expect(one.log('rebuilds')).toEqual([]);
  });

  test('an option that the modules at hand do not have is named', async () => {
    const one = machine();
    writeFileSync(`${one.placeOf('/etc')}/vconsole.conf`, 'KEYMAP=de\n');
    const { exitCode, text } = await endOf(one.recover('--yes'));
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/it does not evaluate: .*console/);
    expect(exitCode).toBe(1);
    expect(one.log('rebuilds')).toEqual([]);
  });

  test('what others chose stays a text, wherever it stands', () => {
    const configs = evaluated(`[ ${hostileWords.map((word) => `((${configOf(word)}) { })`).join(' ')} ]`);
    expect(configs).toMatchObject(hostileWords.map(expectedOf));
    const modules = hostileWords.map((word) =>
      cachesOnlyModule({ substituters: [word], publicKeys: [word] }),
    );
    const settings = evaluated(
      `map (module: (module { lib.mkForce = x: x; }).nix.settings) [ (${modules.join(') (')}) ]`,
    );
    expect(settings).toMatchObject(
      hostileWords.map((word) => ({ substituters: [word], 'trusted-public-keys': [word] })),
    );
    for (const word of hostileWords) {
      const command = cachesOnlyCommand(
        { substituters: [word], publicKeys: [word] },
        { flake: word, jobs: 0 },
      );
      const words = execFileSync('bash', ['-c', `sudo() { printf '%s\\0' "$@"; }; ${command}`], {
        encoding: 'utf8',
      });
      expect(words.split('\0').filter((one) => one === word)).toHaveLength(3);
    }
  });
});

function evaluated(expression: string): unknown {
  const words = ['--eval', '--strict', '--json', '--expr', expression];
  return JSON.parse(execFileSync('nix-instantiate', words, { encoding: 'utf8' }));
}

/** With it wherever a text can stand. */
function configOf(word: string): string {
  const network: OwnNetwork = {
    by: 'networkd',
    ...{ kernelNames: false, nameServers: [word] },
    addresses: [{ interface: word, family: 4, address: word, prefixLength: 24 }],
    gateways: [{ interface: word, family: 4, address: word }],
  };
  const text = minimalConfig(
    ownMachine({
      ...{ network, hostName: word, hostId: word, timeZone: word, keyMap: word, consoles: [word] },
      hardware: { kind: 'text', text: '# Do not modify this file!\n{ lib, ... }: { } # its end' },
      loader: { kind: 'grub', devices: [word], esp: word, variables: true },
      accounts: [{ name: word, uid: 1000, home: word, isAdmin: true, keys: [word] }],
      sshd: { ports: [22], passwords: null, rootLogin: word },
      stateVersion: { version: word, from: word },
    }),
  );
  // Functions are no JSON.
  return `args: builtins.removeAttrs ((${text}) args) [ "imports" ]`;
}

function expectedOf(word: string) {
  return {
    boot: {
      kernelParams: [`console=${word}`],
      loader: { grub: { devices: [word] }, efi: { efiSysMountPoint: word } },
    },
    networking: {
      ...{ hostName: word, hostId: word, nameservers: [word] },
      interfaces: { [word]: { ipv4: { addresses: [{ address: word, prefixLength: 24 }] } } },
      defaultGateway: { address: word, interface: word },
    },
    services: { openssh: { settings: { PermitRootLogin: word } } },
    users: { users: { [word]: { home: word, openssh: { authorizedKeys: { keys: [word] } } } } },
    ...{ time: { timeZone: word }, console: { keyMap: word }, system: { stateVersion: word } },
  };
}

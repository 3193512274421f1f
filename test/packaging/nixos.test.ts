import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { hashOf, lockDigest, modulesFile } from '../../scripts/nix-modules.ts';
import { optionsFile, optionsPage, readOptions } from '../../scripts/nixos-options.ts';
import { usualLogPath } from '../../src/followers/log-path.ts';
import { parseNixConf } from '../../src/parse/nix-conf.ts';
import { checkCacheRows } from '../../src/settings/check-cache-rows.ts';
import { appOfFlake } from './flake.ts';
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

  test('each key of [check-cache] is an option, and each option that is none of the unit is a key', () => {
    const prefix = 'services.nixpulse.checkCache.';
    const ofUnit = ['enable', 'interval', 'textfile', 'unit'];
    const options = readOptions().flatMap(({ name }) =>
      name.startsWith(prefix) ? name.slice(prefix.length) : [],
    );
    const keyed = options.filter((name) => !ofUnit.includes(name));
    const rows = new Map(checkCacheRows.map((row) => [row.key.replace('check-cache.', ''), row]));
    const keyOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(new Set(keyed.map(keyOf))).toEqual(new Set(rows.keys()));
    // Of a value that one may set, and of quotes, which are no end of it.
    const sampleFor = (name: string) => {
      const type = rows.get(keyOf(name))?.type;
      if (type?.kind === 'words') return { nix: '[ "a\\"b" ]', toml: ['a"b'] };
      if (type?.kind === 'amount' && type.unit === 'none') return { nix: '2', toml: 2 };
      if (type?.kind === 'amount') return { nix: '"5 min"', toml: '5 min' };
      return { nix: '"/x\\"y"', toml: '/x"y' };
    };
    const given = keyed.map((name) => `${name} = ${sampleFor(name).nix};`).join(' ');
    const { environment } = settingsFor(`{ checkCache = { enable = true; ${given} }; }`);
    const written = Object.fromEntries(
      keyed.map((name) => [keyOf(name), sampleFor(name).toml] as const).toSorted(),
    );
    expect(configOf(environment)).toContain(JSON.stringify({ 'check-cache': written }));
    // What NixOS lets through nixpulse takes.
    const every = readOptions().find(({ name }) => name === `${prefix}largeEvery`);
    const type = rows.get('large-every')?.type;
    const bounds = type?.kind === 'amount' ? type.bounds : null;
    expect(every?.type).toContain(`between ${bounds?.least} and ${bounds?.most} `);
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

  test('docs/nixos-options.md has every option as it is now (npm run nixos-options writes it)', () => {
    const options = readOptions();
    expect(options.length).toBeGreaterThan(15);
    for (const { name, description } of options) expect(description.trim(), name).toMatch(/\.$/);
    expect(readFileSync(optionsFile, 'utf8')).toBe(optionsPage(options));
  });

  const nixpkgs = process.env['NIXPULSE_NIXPKGS'];
  test.skipIf(nixpkgs === undefined)("the same in the module system of nixpkgs' own lib", () => {
    const on =
      'record = true; followLogs = true; console = "tty8"; guard.enable = true; export.enable = true; checkCache.enable = true;';
    const words = `nixpkgs = ${nixpkgs}; programs = { enable = true; }; services = { ${on} };`;
    const real = evaluate(`import ${here}real-lib.nix { ${words} }`);
    const named = (options: readonly { name: string; type: string; description: string }[]) =>
      options.map(({ name, type, description }) => [
        name,
        type.replace('TOML value', 'attribute set of anything'),
        description,
      ]);
    expect(named(readOptions())).toEqual(named(real.options));
    const { systemd } = settingsFor(`{ ${on} }`);
    for (const [name, { serviceConfig }] of Object.entries(systemd?.services ?? {}))
      expect(withoutPlaces(real.systemd.services[name].serviceConfig), name).toEqual(
        withoutPlaces(serviceConfig),
      );
  });
});

/** What is started, wherever it lies. */
function withoutPlaces(settings: Service['serviceConfig'] | undefined): object {
  return JSON.parse(
    JSON.stringify(settings ?? null).replaceAll(/(?:\/nix\/store)?\/(?:coreutils|nixpulse)\/bin\//g, ''),
  );
}

describe.skipIf(!has('nix-instantiate'))('flake.nix and default.nix, with a stand-in for nixpkgs', () => {
  const file = join(nixos, 'package.nix');
  const system = 'x86_64-linux';
  const both = (made: (system: string) => unknown) =>
    Object.fromEntries(['aarch64-linux', 'x86_64-linux'].map((one) => [one, made(one)]));

  test('package, program, module, overlay, shell and checks, for both kinds of machine', () => {
    const made = evaluate(`import ${here}flake-stand-in.nix`);
    expect(made.outputs).toEqual(['apps', 'checks', 'devShells', 'nixosModules', 'overlays', 'packages']);
    expect(made.inputs).toEqual(['nixpkgs']);
    expect(made.packages).toEqual(
      both((one) => ({ default: { file, system: one }, nixpulse: { file, system: one } })),
    );
    const app = {
      type: 'app',
      program: '/nix/store/nixpulse/bin/nixpulse',
      meta: { description: expect.any(String) },
    };
    expect(made.apps).toEqual(both(() => ({ default: app })));
    expect([made.overlay, made.withoutFlakes]).toEqual([
      { file, system },
      { file, system },
    ]);
    expect(made.module).toBe(join(nixos, 'module.nix'));
    expect(made.shells).toEqual(both(() => '/nix/store/nodejs/bin/node'));
    expect(made.checks[system].package).toEqual({ file, system });
    expect(Object.keys(made.checks[system].module)).toEqual([
      'nixpulse',
      'nixpulse-check-cache',
      'nixpulse-console',
      'nixpulse-export',
      'nixpulse-guard',
    ]);
  });

  test('Nix takes it for a flake, with another nixpkgs', () => {
    expect(appOfFlake(system)).toMatchObject({
      type: 'app',
      program: `/nixpulse-for-${system}/bin/nixpulse`,
    });
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
runHook() { :; }
installManPage() { mkdir -p "$out/share/man"; cp "$@" "$out/share/man"; }
installShellCompletion() { mkdir -p "$out/share/shells"; cp "$@" "$out/share/shells"; }`;

describe.skipIf(!has('nix-instantiate'))('the NixOS package', () => {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-package-'));
  afterAll(() => rmSync(place, { recursive: true }), 60_000);
  const paths = ['src', 'node_modules', 'dist/bundle', 'dist/man', 'dist/nixos', 'bin'].map(
    (name) => project + name,
  );
  const modules = join(place, 'modules');
  const system = process.arch === 'arm64' ? 'aarch64-linux' : 'x86_64-linux';
  interface Package {
    readonly env: Readonly<Record<string, string>>;
    readonly mainProgram: string;
    readonly platforms: readonly string[];
    readonly buildPhase: string;
    readonly installPhase: string;
    readonly modules: Readonly<Record<'installPhase' | 'outputHash' | 'outputHashMode', string>>;
    readonly kept: readonly string[];
  }
  const made = (machine = system): Package => {
    const words = paths.map((path) => JSON.stringify(path)).join(' ');
    const given = `node = "${place}/node"; modules = "${modules}"; system = "${machine}"; paths = [ ${words} ];`;
    return evaluate(`import ${here}package-stand-in.nix { ${given} }`);
  };
  /** As a builder of Nix runs it, with what it gives beside it. */
  const runPhase = (phase: string, directory: string, out: string, more: readonly string[] = []) => {
    mkdirSync(directory, { recursive: true });
    const nixOnly = [
      `out=${out}`,
      `TMPDIR=${place}`,
      `PATH=${dirname(process.execPath)}:${process.env.PATH}`,
    ];
    // Evaluated only to be read: the files are not in the store.
    const here = phase
      .replaceAll(/\/nix\/store\/[a-z0-9]{32}-(package(?:-lock)?\.json)/g, `${project}$1`)
      .replaceAll(/\/nix\/store\/[a-z0-9]{32}-needed-modules\.mjs/g, `${nixos}needed-modules.mjs`);
    const script = `${wrapperInShell}\n${here}`;
    output('env', ['-C', directory, ...nixOnly, ...more, 'bash', '-ec', script]);
  };

  test('its hashes are of the packages that are locked now (npm run nix-modules writes them)', () => {
    const { lock, hashes } = JSON.parse(readFileSync(modulesFile, 'utf8'));
    expect(lock).toBe(lockDigest());
    expect(Object.keys(hashes).toSorted()).toEqual(made().platforms.toSorted());
    for (const machine of made().platforms) expect(made(machine).modules.outputHash).toBe(hashes[machine]);
  });

  test('what npm fetches has the hash; from it the program is built, and runs', () => {
    // npm ci has left it all in npm's cache.
    const cache = output('npm', ['config', 'get', 'cache']).trim();
    const { modules: fetched, buildPhase, installPhase, env } = made();
    expect(fetched.outputHashMode).toBe('recursive');
    const offline = [`npm_config_cache=${cache}`, 'npm_config_prefer_offline=true'];
    runPhase(fetched.installPhase, join(place, 'fetch'), modules, offline);
    expect(hashOf(modules)).toBe(fetched.outputHash);

    const source = join(place, 'source');
    const listed = ['bin', 'components', 'dist', 'hooks', 'scripts', 'src', 'THIRD-PARTY'];
    for (const name of [...listed, 'package.json', 'package-lock.json', 'tsconfig.json'])
      cpSync(join(project, name), join(source, name), { recursive: true });
    for (const name of ['bundle', 'man', 'completions'])
      rmSync(join(source, 'dist', name), { recursive: true, force: true });
    expect(env).toEqual({ NIXPULSE_NODE: join(place, 'node/bin/node') });
    put(join(place, 'node/bin/node'), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    const out = join(place, 'built');
    runPhase(buildPhase, source, out, [`NIXPULSE_NODE=${join(place, 'node/bin/node')}`]);
    runPhase(installPhase, source, out);
    const program = join(out, 'bin/nixpulse');
    expect(output(program, ['--version'])).toBe(`${manifest.version}\n`);
    expect(JSON.parse(output(program, ['snapshot', '--json', '--interval', '0.2'])).version).toBe(1);
    const koffi = `require('${out}/lib/nixpulse/node_modules/koffi').version`;
    expect(output(process.execPath, ['-p', koffi])).toMatch(/^\d/);
  }, 300_000);

  test('starts Node with the bundle, whatever the environment wants it to run', () => {
    const { installPhase, mainProgram } = made();
    const out = join(place, 'out');
    put(
      join(place, 'node/bin/node'),
      '#!/bin/sh\necho node "$@"\necho "options=$NODE_OPTIONS$BASH_ENV$LD_PRELOAD"\n',
    );
    runPhase(installPhase, project, out);
    const injected = ['NODE_OPTIONS=--require=/tmp/x.js', 'BASH_ENV=/tmp/x.sh'];
    const [line = '', options] = output('env', [...injected, join(out, 'bin', mainProgram), 'status']).split(
      '\n',
    );
    expect(line).toMatch(/^node .*--expose-gc .*\/dist\/bundle\/nixpulse\.cjs status$/);
    expect(options).toBe('options=');
    const home = join(out, 'lib/nixpulse');
    expect(readdirSync(join(home, 'node_modules'))).toEqual(['@koromix', 'koffi']);
    expect(readdirSync(join(out, 'share/man'))).toEqual(readdirSync(join(project, 'dist/man')));
    expect(readdirSync(join(out, 'share/shells'))).toEqual(['_nixpulse', 'nixpulse.bash', 'nixpulse.fish']);
  });

  test('is built from sources, not from what a checkout has built', () => {
    expect(made().kept.map((path) => path.slice(project.length))).toEqual(['src', 'dist/nixos', 'bin']);
  });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

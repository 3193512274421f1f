import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { has, output } from './programs.ts';
import { readUnit } from './units.ts';

const nixos = new URL('../../dist/nixos/', import.meta.url).pathname;
const systemd = new URL('../../dist/systemd/', import.meta.url).pathname;
const here = new URL('.', import.meta.url).pathname;
const project = new URL('../../', import.meta.url).pathname;

const evaluate = (expression: string) =>
  JSON.parse(output('nix-instantiate', ['--eval', '--strict', '--json', '-E', expression]));

interface Service {
  readonly serviceConfig: Readonly<Record<string, string | number | boolean>>;
}
interface Settings {
  readonly security?: { readonly wrappers: { readonly nixpulse: Readonly<Record<string, string>> } };
  readonly systemd?: {
    readonly services: Readonly<Record<string, Service>>;
    readonly slices: { readonly nixpulse: { readonly sliceConfig: Readonly<Record<string, unknown>> } };
  };
}
function settingsFor(services: string, enable = true): Settings {
  const programs = `{ enable = ${enable}; package = "/nixpulse"; }`;
  return evaluate(`import ${here}stand-in.nix { programs = ${programs}; services = ${services}; }`);
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

  test('the wrapper is for wheel', () => {
    const wrapper = settingsFor('{ }').security?.wrappers.nixpulse;
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
    expect(words(made?.services.nixpulse)).toEqual({ ...unit, ExecStart: '/nixpulse/bin/nixpulse record' });
    const slice = readUnit(join(systemd, 'nixpulse.slice')).Slice ?? {};
    expect(words({ serviceConfig: made?.slices.nixpulse.sliceConfig as Service['serviceConfig'] })).toEqual(
      slice,
    );
  });

  test('so has the console, which may be kept from acting', () => {
    const { systemd: made } = settingsFor('{ console = "tty8"; consoleReadOnly = true; }');
    const { Environment: _, ...unit } = readUnit(join(systemd, 'nixpulse-console@.service')).Service ?? {};
    const onTty8 = Object.entries(unit).map(([key, value]) => [key, value.replace(/%[Ii]/, 'tty8')]);
    expect(words(made?.services['nixpulse-console'])).toEqual({
      ...Object.fromEntries(onTty8),
      ExecStart: '/nixpulse/bin/nixpulse --read-only',
    });
    expect(made?.services['getty@tty8']).toEqual({ enable: false });
    expect(made?.services.nixpulse).toBeUndefined();
  });

  test('every package that is fetched has an address and a hash', () => {
    const lock = `builtins.fromJSON (builtins.readFile ${project}package-lock.json)`;
    const { packages } = evaluate(
      `import ${nixos}lock-with-urls.nix { registry = "https://mirror.example"; lock = ${lock}; }`,
    ) as { packages: Record<string, { resolved?: string; integrity?: string }> };
    const fetched = Object.entries(packages).filter(([path]) => path !== '');
    expect(fetched.length).toBeGreaterThan(50);
    for (const [path, { resolved, integrity }] of fetched) {
      expect(resolved, path).toMatch(/^https:\/\/mirror\.example\/(?:@[^/]+\/)?[^/]+\/-\/[^/]+\.tgz$/);
      expect(integrity, path).toMatch(/^sha\d+-/);
    }
    expect(packages['node_modules/@biomejs/biome']?.resolved).toMatch(
      /@biomejs\/biome\/-\/biome-[\d.]+\.tgz$/,
    );
  });
});

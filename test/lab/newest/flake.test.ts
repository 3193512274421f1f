/** flake.nix, the package and the options of the module on the newest Nix: what Debian's makes of them, and no complaint. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { optionsFile, optionsPage, readOptions } from '../../../scripts/nixos-options.ts';
import { appOfFlake } from '../../packaging/flake.ts';
import { bringUpLab } from '../../support/lab.ts';

const lab = bringUpLab();
const project = fileURLToPath(new URL('../../..', import.meta.url));

describe.skipIf(lab.missing !== null)('on the newest Nix', { timeout: 60_000 }, () => {
  const evaluate = (expression: string) => {
    const words = ['--eval', '--strict', '--json', '--expr', expression];
    const { status, stdout, stderr } = spawnSync('nix-instantiate', words, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout);
  };

  test('the outputs of the flake', () => {
    const { outputs, checks, withoutFlakes } = evaluate(`import ${project}test/packaging/flake-stand-in.nix`);
    expect(outputs).toContain('nixosModules');
    expect(Object.keys(checks['aarch64-linux'].module)).toContain('nixpulse-guard');
    expect(withoutFlakes.file).toBe(`${project}dist/nixos/package.nix`);
  });

  test('the package, and the options of the module', () => {
    const made = evaluate(`import ${project}test/packaging/package-stand-in.nix { node = "/node"; }`);
    expect(made.installPhase).toContain('makeBinaryWrapper');
    expect(optionsPage(readOptions())).toBe(readFileSync(optionsFile, 'utf8'));
  });

  test('the flake itself, with another nixpkgs', () => {
    expect(appOfFlake('aarch64-linux')).toMatchObject({
      program: '/nixpulse-for-aarch64-linux/bin/nixpulse',
    });
  });
});

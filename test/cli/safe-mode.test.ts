import { describe, expect, test } from 'vitest';
import { withSafeMode } from '../../src/cli/safe-mode.ts';

const split = (line: string) => line.split(' ').filter(Boolean);
const safe = (line: string, environment = {}) => withSafeMode(split(line), environment);
const options = '--max-jobs 1 --cores 2';

describe('by options', () => {
  test.each([
    'nix + build .#x',
    'nix + develop -c make -j 8',
    'sudo -u root nix + build .#x -L',
    'nix-build + <nixpkgs> -A hello',
    'nix-store + -r /nix/store/x.drv',
    'nix-shell + -p hello --run hello',
    'nixos-rebuild switch --flake .#host +',
    'nix run nixpkgs#x -- --cores 4'.replace('nix ', 'nix + '),
    'sudo nixos-rebuild-ng boot +',
    'env A=b nice -n 19 nixos-rebuild test +',
  ])('%s', (line) => {
    expect(safe(line.replace(' +', ''))).toEqual({
      ...{ kind: 'safe', words: split(line.replace('+', options)), environment: {}, told: options },
    });
  });
});

describe('by NIX_CONFIG', () => {
  const lines = 'max-jobs = 1\ncores = 2';

  test.each([
    'nh os switch .',
    'colmena apply',
    'deploy .#node',
    'home-manager switch',
    'darwin-rebuild switch',
    'make',
  ])('%s', (line) => {
    expect(safe(line)).toMatchObject({ words: split(line), environment: { NIX_CONFIG: lines } });
  });

  test('over what is there, which keeps what it has besides', () => {
    expect(safe('nh os switch', { NIX_CONFIG: 'access-tokens = x\ncores = 8' })).toMatchObject({
      environment: { NIX_CONFIG: `access-tokens = x\ncores = 8\n${lines}` },
    });
  });

  test('behind what cleans the environment, without its secrets', () => {
    expect(safe('sudo -u root nh os switch', { NIX_CONFIG: 'access-tokens = x' })).toMatchObject({
      ...{
        words: ['sudo', '-u', 'root', 'env', `NIX_CONFIG=${lines}`, 'nh', 'os', 'switch'],
        environment: {},
      },
    });
  });
});

describe('is refused', () => {
  test.each([
    ['nixos-rebuild switch -j 4', '-j is given already'],
    ['nix build -j8', '-j8 is given already'],
    ['nix build --cores=4', '--cores=4 is given already'],
    ['nix build --option max-jobs 4', 'max-jobs is given already'],
    ['nixos-rebuild list-generations', 'this nixos-rebuild builds nothing'],
    ['ssh host nixos-rebuild switch', 'what ssh starts gets neither options nor NIX_CONFIG from here'],
    [
      'env NIX_CONFIG=x nh os switch',
      'NIX_CONFIG is given on the command line: add max-jobs and cores there',
    ],
  ])('%s', (line, why) => {
    expect(safe(line)).toEqual({ kind: 'refused', why });
  });
});

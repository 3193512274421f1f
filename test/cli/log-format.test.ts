import { describe, expect, test } from 'vitest';
import { type Prepared, withLogFormat, withoutShell } from '../../src/cli/log-format.ts';

const split = (line: string) => line.split(' ').filter(Boolean);
const prepared = (line: string, knows = true): Prepared => withLogFormat(split(line), () => knows);
/** `+` stands where the option is expected. */
const option = '--log-format internal-json -v';

describe('where the option goes', () => {
  test.each([
    'nix + build .#x',
    'nix + --extra-experimental-features nix-command build .#x -L',
    'nix + run nixpkgs#hello -- --log-format raw -v',
    'nix + shell nixpkgs#hello -c hello --verbose',
    'nix + flake check',
    'nix + copy --to ssh://host /nix/store/x',
    'nix + develop --command make',
    '/run/current-system/sw/bin/nix + build',
    'nix-build + <nixpkgs> -A hello',
    'nix-shell + -p hello --run hello',
    'nix-env + -iA nixpkgs.hello',
    'nix-store + -r /nix/store/x.drv',
    'nixos-rebuild switch --flake .#host +',
    'nixos-rebuild-ng dry-build +',
    'sudo nixos-rebuild switch +',
    'sudo -u root -E nixos-rebuild switch +',
    'sudo -nu root nixos-rebuild boot +',
    'sudo -uroot nixos-rebuild boot +',
    'sudo --user root NIX_PATH=a=b -- nixos-rebuild test +',
    'sudo --user=root nixos-rebuild test +',
    'doas -u root nixos-rebuild switch +',
    'run0 --setenv=A nixos-rebuild switch +',
    'env -i -u HOME PATH=/bin nix + build',
    'nice -n 19 ionice -c 3 nix-build + x.nix',
    'nice -19 nix-build + x.nix',
    'ionice -c3 nice sudo env A=b nix + build',
    'systemd-run --user --scope -p MemoryHigh=8G nix + build',
    'systemd-run --unit=x --pipe --wait -- nix-store + --realise /nix/store/x.drv',
    'darwin-rebuild switch --flake . +',
    'home-manager switch --flake .#me -b old +',
  ])('%s', (line) => {
    const typed = line.replace(' +', '');
    expect(prepared(typed)).toMatchObject({
      words: split(line.replace('+', option)),
      format: 'internal-json',
    });
  });

  test.each([
    ['nix build -v', 'nix --log-format internal-json build -v'],
    ['nix build -Lv', 'nix --log-format internal-json build -Lv'],
    ['nix build --verbose', 'nix --log-format internal-json build --verbose'],
    ['nixos-rebuild switch -vvv', 'nixos-rebuild switch -vvv --log-format internal-json'],
    ['nix-build --debug x', 'nix-build --log-format internal-json --debug x'],
  ])('-v is given once: %s', (typed, expected) => {
    expect(prepared(typed).words).toEqual(split(expected));
  });
});

describe('as it was typed', () => {
  test.each([
    'nix build --log-format bar-with-logs',
    'nix --log-format internal-json -v build',
    'nixos-rebuild switch --log-format internal-json',
    'nix-build --log-format=raw x',
    'nix build --help',
    'nix repl',
    'nix log .#x',
    'nix-store --verify',
    'nix-store -q --references /nix/store/x',
    'nixos-rebuild list-generations',
    'nixos-rebuild edit',
    'darwin-rebuild --list-generations',
    'nh os switch',
    'nom build',
    'colmena apply',
    'deploy .#host',
    'make -j8',
    'sh -c true',
    'sudo',
    'sudo -u root',
    'env A=b',
    'sudo --',
    '',
  ])('%s', (line) => {
    expect(prepared(line)).toMatchObject({ words: split(line), format: 'as-typed' });
  });

  test.each(['darwin-rebuild switch', 'sudo home-manager switch'])(
    '%s, whose script does not know the option',
    (line) => {
      expect(prepared(line, false)).toMatchObject({ words: split(line), format: 'as-typed' });
    },
  );

  test('only scripts are asked, by the name that was typed', () => {
    const asked: string[] = [];
    const ask = (program: string) => asked.push(program) > 0;
    withLogFormat(split('sudo /opt/bin/darwin-rebuild switch'), ask);
    withLogFormat(split('nixos-rebuild switch'), ask);
    expect(asked).toEqual(['/opt/bin/darwin-rebuild']);
  });
});

test('a second time nothing is added', () => {
  const once = prepared('sudo nix build').words;
  expect(withLogFormat(once, () => true)).toMatchObject({ words: once, format: 'as-typed' });
});

describe('shells', () => {
  test.each([
    ['nix develop .#x', 'nix --log-format internal-json -v develop .#x --command true'],
    ['nix shell nixpkgs#hello', 'nix --log-format internal-json -v shell nixpkgs#hello --command true'],
    ['nix-shell -p hello', 'nix-shell --log-format internal-json -v -p hello --run true'],
  ])('%s', (typed, expected) => {
    const line = prepared(typed);
    expect(line.shell).toBe(true);
    expect(withoutShell(line)).toEqual(split(expected));
  });

  test.each([
    'nix develop -c make',
    'nix shell nixpkgs#hello --command hello',
    'nix-shell --run true',
    'nix build develop',
    'nix run .#shell -- develop',
    'nixos-rebuild switch',
  ])('%s is none', (line) => {
    expect(prepared(line).shell).toBe(false);
  });

  test('the tool is named without what it is started by', () => {
    expect(prepared('sudo /run/current-system/sw/bin/nixos-rebuild switch').tool).toBe('nixos-rebuild');
  });
});

/** The flake as Nix itself takes it, in a store of its own, with a nixpkgs of three functions in place of the real one. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from './programs.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

const nixpkgs = (system: string) => `{
  outputs = _: {
    lib.genAttrs = names: made: builtins.listToAttrs (map (name: { inherit name; value = made name; }) names);
    lib.getExe = package: "\${package}/bin/nixpulse";
    legacyPackages.${system} = {
      stdenv.hostPlatform.system = "${system}";
      callPackage = file: _: { outPath = if builtins.pathExists file then "/nixpulse-for-${system}" else throw "none"; };
    };
  };
}
`;

/** What `nix run` would start on such a machine; a package is `/nixpulse-for-SYSTEM`. */
export function appOfFlake(system: string): unknown {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-flake-'));
  try {
    for (const path of ['flake.nix', 'dist/nixos', 'package.json'])
      cpSync(join(project, path), join(place, 'flake', path), { recursive: true });
    mkdirSync(join(place, 'nixpkgs'));
    writeFileSync(join(place, 'nixpkgs/flake.nix'), nixpkgs(system));
    const flags = ['--extra-experimental-features', 'nix-command flakes', '--store', join(place, 'store')];
    const other = ['--override-input', 'nixpkgs', `path:${place}/nixpkgs`, '--no-write-lock-file'];
    const asked = [`path:${place}/flake#apps.${system}.default`, '--json', '--option', 'flake-registry', ''];
    return JSON.parse(output('nix', [...flags, 'eval', ...other, ...asked]));
  } finally {
    rmSync(place, { recursive: true });
  }
}

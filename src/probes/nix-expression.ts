/** Expressions of Nix that are about one NixOS configuration: they work with every nixpkgs that has `extendModules`. */
import { nixString } from '../base/nix-string.ts';
import type { Configuration } from './configuration.ts';

/** What `lib.evalModules` gave: `config`, `extendModules`, and since nixpkgs 25.11 `graph`. */
export function systemExpression(configuration: Configuration): string {
  switch (configuration.kind) {
    case 'flake': {
      const { reference, host } = configuration;
      const attributes = /^(?:nixosConfigurations|colmenaHive)\./.test(host)
        ? host.split('.')
        : ['nixosConfigurations', host];
      return `(builtins.getFlake ${nixString(reference)})${selected(attributes)}`;
    }
    case 'none':
      // Asked for such a flake Nix would copy the whole directory into the store before it says so.
      return `(throw ${nixString(`could not find a flake.nix file in ${configuration.path} or above`)})`;
    case 'channel':
      return `(import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ (${channelFile}) ]; })`;
    case 'file': {
      const { path, attribute } = configuration;
      return `(${fromFile} ${nixString(path)} (file: file${selected(attribute?.split('.') ?? [])}))`;
    }
  }
}

/** nixos/lib/from-env.nix. */
const channelFile =
  'let named = builtins.getEnv "NIXOS_CONFIG"; in if named == "" then <nixos-config> else /. + named';

/** A system or a derivation is what it is; anything else is a module, a configuration.nix. */
const fromFile = `(path: select:
  let
    file = import (/. + path);
    required = builtins.filter (name: !(builtins.functionArgs file).\${name}) (builtins.attrNames (builtins.functionArgs file));
    value = select (if builtins.isFunction file then file { } else file);
    isModule = (builtins.isFunction file && required != [ ]) || !(value ? drvPath || value ? extendModules);
  in if isModule then import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ (/. + path) ]; } else value)`;

/** What building would begin with: all of the configuration is evaluated, and nothing written. */
export function toplevelExpression(system: string): string {
  return `let system = ${system}; in if system ? config then system.config.system.build.toplevel.drvPath else system.drvPath`;
}

/** The derivation itself, to be instantiated. */
export function derivationExpression(system: string): string {
  return `let system = ${system}; in if system ? config then system.config.system.build.toplevel else system`;
}

/**
 * The same without some of its modules: `left` are their keys. What every NixOS must say (a root, a place for the boot
 * loader) is said weakly, so that leaving it out is no other fault.
 */
export function withoutModules(system: string, left: readonly string[]): string {
  const keys = left
    .map((key) => (key.startsWith('/') ? nixString(key) : `{ key = ${nixString(key)}; }`))
    .join(' ');
  return toplevelExpression(`(${system}.extendModules { modules = [ ({ lib, ... }: {
    disabledModules = [ ${keys} ];
    fileSystems."/" = lib.mkOverride 1499 { device = "none"; fsType = "tmpfs"; };
    boot.loader.grub.device = lib.mkOverride 1499 "nodev";
  }) ]; })`);
}

/** Its modules as a tree of `{key, imports}`. */
export function graphExpression(system: string): string {
  return `let system = ${system}; in system.graph or (${graphOfOld} system)`;
}

/**
 * Before nixpkgs 25.11 its files are called here, with what may be used in `imports`. Modules without a file of their
 * own have a key that only lib/modules.nix knows; what they import belongs to who has them.
 */
const graphOfOld = `(system:
  let
    given = (system._module.specialArgs or { }) // {
      lib = system.lib or (import <nixpkgs/lib>);
      config = throw "config";
      options = throw "options";
    };
    bodyOf = module:
      if builtins.isFunction module || module ? __functor
      then module (builtins.mapAttrs (name: _: throw name) (builtins.functionArgs (module.__functor or (_: module) module)) // given)
      else module;
    load = module:
      let
        isFile = !(builtins.isAttrs module || builtins.isFunction module);
        tried = builtins.tryEval ((bodyOf (if isFile then import module else module)).imports or [ ]);
        imports = builtins.concatMap load (if tried.success then tried.value else [ ]);
      in if isFile then [ { key = toString module; inherit imports; } ] else imports;
  in builtins.concatMap load (system._module.args.modules or system.config._module.args.modules))`;

function selected(attributes: readonly string[]): string {
  return attributes.map((name) => `.${nixString(name.replace(/^"(.*)"$/, '$1'))}`).join('');
}

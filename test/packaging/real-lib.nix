# The modules in the module system of nixpkgs itself. `nixpkgs`: a checkout of it, or of its lib alone; the options of NixOS
# that the module sets are declared here, the packages it names are stand-ins.
{
  nixpkgs,
  programs,
  services,
}:
let
  lib = import (nixpkgs + "/lib");
  anything = lib.mkOption {
    type = lib.types.anything;
    default = { };
  };
  nixos.options = {
    environment.systemPackages = lib.mkOption {
      type = lib.types.listOf lib.types.unspecified;
      default = [ ];
    };
    environment.etc = anything;
    security.wrappers = anything;
    users = anything;
    nix.package = lib.mkOption {
      type = lib.types.str;
      default = "/nix/store/nix";
    };
    nix.extraOptions = lib.mkOption {
      type = lib.types.lines;
      default = "";
    };
    systemd.services = anything;
    systemd.slices = anything;
    systemd.timers = anything;
    systemd.mounts = lib.mkOption {
      type = lib.types.listOf lib.types.anything;
      default = [ ];
    };
    systemd.tmpfiles.rules = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
    };
  };
  package = name: {
    type = "derivation";
    inherit name;
    outPath = "/nix/store/${name}";
    meta.mainProgram = name;
  };
  pkgs = {
    coreutils = package "coreutils";
    util-linux = package "util-linux";
    libnotify = package "libnotify";
    openssh = package "openssh";
    callPackage = _file: _overrides: package "nixpulse";
    formats.toml = _settings: {
      type = lib.types.attrsOf lib.types.anything;
      generate = name: value: "${name} ${builtins.toJSON value}";
    };
    runCommand = name: _environment: script: "${name} of ${script}";
  };
  evaluated = lib.evalModules {
    modules = [
      ../../dist/nixos/module.nix
      ../../dist/nixos/nix-build-cache-check.nix
      nixos
      {
        _module.args = { inherit pkgs; };
        programs.nixpulse = programs;
        services.nixpulse = services;
      }
    ];
  };
  ours = builtins.filter (option: option.visible && !option.internal && builtins.match "(programs|services)\\..*" option.name != null) (
    lib.optionAttrSetToDocList evaluated.options
  );
in
{
  options = map (option: {
    inherit (option) name type;
    description = option.description or null;
  }) ours;
  inherit (evaluated.config) systemd;
  etc = evaluated.config.environment.etc;
}

# The outputs of flake.nix with as much of nixpkgs as they use: packages are what was asked for by callPackage, and a NixOS
# is what test/packaging/stand-in.nix makes of the module.
let
  systems = [ "x86_64-linux" "aarch64-linux" ];
  pkgsFor = system: {
    stdenv.hostPlatform = { inherit system; };
    callPackage = file: _overrides: {
      inherit file system;
      outPath = "/nix/store/nixpulse";
    };
    mkShell = shell: shell;
    nodejs_24 = "/nix/store/nodejs";
    writeText = _name: text: text;
  };
  nixpkgs = {
    lib = {
      genAttrs =
        names: made:
        builtins.listToAttrs (
          map (name: {
            inherit name;
            value = made name;
          }) names
        );
      getExe = package: "${package}/bin/nixpulse";
      nixosSystem = { modules }: {
        config = import ./stand-in.nix {
          programs = (builtins.elemAt modules 1).programs.nixpulse // { package = "/nixpulse"; };
          services = (builtins.elemAt modules 1).services.nixpulse;
        };
      };
    };
    legacyPackages = nixpkgs.lib.genAttrs systems pkgsFor;
  };
  flake = import ../../flake.nix;
  self = flake.outputs { inherit self nixpkgs; };
  packageOf = package: {
    file = toString package.file;
    inherit (package) system;
  };
in
{
  outputs = builtins.attrNames self;
  inputs = builtins.attrNames flake.inputs;
  packages = builtins.mapAttrs (_system: builtins.mapAttrs (_name: packageOf)) self.packages;
  inherit (self) apps;
  overlay = packageOf (self.overlays.default { inherit (pkgsFor "x86_64-linux") callPackage; } { }).nixpulse;
  module = toString self.nixosModules.default;
  shells = builtins.mapAttrs (_system: { default }: default.NIXPULSE_NODE) self.devShells;
  checks = builtins.mapAttrs (
    _system:
    { package, module }:
    {
      package = packageOf package;
      module = builtins.fromJSON module;
    }
  ) self.checks;
  withoutFlakes = packageOf (import ../../default.nix { pkgs = pkgsFor "x86_64-linux"; });
}

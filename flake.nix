{
  description = "htop for a Nix rebuild: what is short, which derivation takes it, and since when";

  # Another one: inputs.nixpulse.inputs.nixpkgs.follows = "nixpkgs";
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      package = ./dist/nixos/package.nix;
      forEachSystem =
        made:
        lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: made nixpkgs.legacyPackages.${system});
    in
    {
      packages = forEachSystem (pkgs: rec {
        nixpulse = pkgs.callPackage package { };
        default = nixpulse;
      });

      apps = forEachSystem (pkgs: {
        default = {
          type = "app";
          program = lib.getExe self.packages.${pkgs.stdenv.hostPlatform.system}.default;
          meta.description = "the live dashboard; more with nixpulse --help";
        };
      });

      overlays.default = final: _prev: { nixpulse = final.callPackage package { }; };

      # With the nixpkgs of the machine, unless programs.nixpulse.package says otherwise.
      nixosModules.default = ./dist/nixos/module.nix;
      # Beside it: the options of the module of that name, for checks by nixpulse.
      nixosModules.nix-build-cache-check = ./dist/nixos/nix-build-cache-check.nix;

      devShells = forEachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [ pkgs.nodejs_24 ];
          NIXPULSE_NODE = "${pkgs.nodejs_24}/bin/node";
        };
      });

      checks = forEachSystem (
        pkgs:
        let
          inherit (pkgs.stdenv.hostPlatform) system;
        in
        {
          package = self.packages.${system}.default;
          module = import ./dist/nixos/check-module.nix {
            inherit pkgs;
            nixosSystem = lib.nixosSystem;
            module = self.nixosModules.default;
          };
        }
      );
    };
}

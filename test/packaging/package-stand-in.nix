# As much of nixpkgs as the package uses: what it hands to buildNpmPackage, and which paths its source keeps.
{ node, paths }:

let
  package = import ../../dist/nixos/package.nix {
    lib = {
      importJSON = path: builtins.fromJSON (builtins.readFile path);
      cleanSource = src: src;
      cleanSourceWith = source: source;
      concatMapStringsSep = between: made: words: builtins.concatStringsSep between (map made words);
      licenses.mit = "mit";
      platforms.linux = [ "x86_64-linux" ];
    };
    buildNpmPackage = attributes: attributes;
    importNpmLock = {
      __functor = _self: { packageLock, ... }: packageLock;
      npmConfigHook = "npm-config-hook";
    };
    installShellFiles = "install-shell-files";
    makeBinaryWrapper = "make-binary-wrapper";
    nodejs_24 = node;
    registry = "https://mirror.example";
  };
in
{
  inherit (package) pname version env postInstall;
  mainProgram = package.meta.mainProgram;
  kept = builtins.filter (path: package.src.filter path "directory") paths;
}

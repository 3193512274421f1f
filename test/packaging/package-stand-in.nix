# As much of nixpkgs as the package uses: what it hands to stdenv.mkDerivation, and which paths its source keeps.
# `modules`: where what npm fetches lies.
{
  node,
  paths ? [ ],
  modules ? "/modules",
  system ? "x86_64-linux",
}:

let
  package = import ../../dist/nixos/package.nix {
    lib = {
      importJSON = path: builtins.fromJSON (builtins.readFile path);
      cleanSource = src: src;
      cleanSourceWith = source: source;
      concatMapStringsSep = between: made: words: builtins.concatStringsSep between (map made words);
      optionalString = condition: text: if condition then text else "";
      fetchers.proxyImpureEnvVars = [ "https_proxy" ];
      licenses.mit = "mit";
    };
    stdenv = {
      mkDerivation = attributes: attributes // { outPath = modules; };
      hostPlatform.system = system;
    };
    cacert = "cacert";
    installShellFiles = "install-shell-files";
    makeBinaryWrapper = "make-binary-wrapper";
    nodejs_24 = node;
  };
in
{
  inherit (package)
    pname
    version
    env
    buildPhase
    installPhase
    ;
  modules = { inherit (package.passthru.modules) installPhase outputHash outputHashMode; };
  inherit (package.meta) mainProgram platforms;
  kept = builtins.filter (path: package.src.filter path "directory") paths;
}

# nixpulse as a package, from a checkout. `registry`: what `npm config get registry` prints, without the
# slash at its end.
{
  lib,
  buildNpmPackage,
  importNpmLock,
  makeWrapper,
  nodejs_24,
  registry,
}:

let
  root = ../..;
  manifest = lib.importJSON (root + "/package.json");
  lock = lib.importJSON (root + "/package-lock.json");
in
buildNpmPackage {
  pname = manifest.name;
  inherit (manifest) version;
  src = lib.cleanSource root;

  nodejs = nodejs_24;
  npmDeps = importNpmLock {
    npmRoot = root;
    package = manifest;
    packageLock = import ./lock-with-urls.nix { inherit registry lock; };
  };
  npmConfigHook = importNpmLock.npmConfigHook;
  nativeBuildInputs = [ makeWrapper ];

  # bin/find-node takes the Node of PATH on NixOS.
  postInstall = ''
    wrapProgram $out/bin/nixpulse --prefix PATH : ${lib.makeBinPath [ nodejs_24 ]}
  '';

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "nixpulse";
    platforms = lib.platforms.linux;
  };
}

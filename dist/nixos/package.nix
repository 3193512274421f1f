# nixpulse as a package, from a checkout. `registry`: what `npm config get registry` prints, without the
# slash at its end.
{
  lib,
  buildNpmPackage,
  importNpmLock,
  installShellFiles,
  makeBinaryWrapper,
  nodejs_24,
  registry,
}:

let
  root = ../..;
  manifest = lib.importJSON (root + "/package.json");
  lock = lib.importJSON (root + "/package-lock.json");
  node = "${nodejs_24}/bin/node";

  # What npm and the build put into a checkout: hundreds of MB that are made anew.
  made = map toString [
    (root + "/node_modules")
    (root + "/dist/bundle")
    (root + "/dist/man")
    (root + "/dist/completions")
  ];

  # Whoever sets them decides what Node or the shell of the launcher runs.
  unset = [
    "NODE_OPTIONS"
    "NODE_PATH"
    "NODE_V8_COVERAGE"
    "NODE_COMPILE_CACHE"
    "OPENSSL_CONF"
    "BASH_ENV"
    "ENV"
    "SHELLOPTS"
    "PS4"
    "LD_PRELOAD"
    "LD_AUDIT"
    "LD_LIBRARY_PATH"
  ];
in
buildNpmPackage {
  pname = manifest.name;
  inherit (manifest) version;
  src = lib.cleanSourceWith {
    name = manifest.name;
    src = lib.cleanSource root;
    filter = path: _type: !(builtins.elem (toString path) made);
  };

  nodejs = nodejs_24;
  npmDeps = importNpmLock {
    npmRoot = root;
    package = manifest;
    packageLock = import ./lock-with-urls.nix { inherit registry lock; };
  };
  npmConfigHook = importNpmLock.npmConfigHook;
  nativeBuildInputs = [
    installShellFiles
    makeBinaryWrapper
  ];

  # Here and in the wrapper: the Node that npm brings along is linked for other Linuxes (bin/find-node).
  env.NIXPULSE_NODE = node;

  # The hook has made `node bin/nixpulse`, but that is a shell script. The Node of npm (190 MB) cannot run here.
  postInstall = ''
    rm -rf $out/bin/nixpulse $out/lib/node_modules/nixpulse/node_modules/node-linux-*
    makeBinaryWrapper $out/lib/node_modules/nixpulse/bin/nixpulse $out/bin/nixpulse \
      --set NIXPULSE_NODE ${node} ${lib.concatMapStringsSep " " (name: "--unset ${name}") unset}
    installManPage dist/man/*
    installShellCompletion dist/completions/{nixpulse.bash,_nixpulse,nixpulse.fish}
  '';

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "nixpulse";
    platforms = lib.platforms.linux;
  };
}

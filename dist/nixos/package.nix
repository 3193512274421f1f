# nixpulse as a package, from a checkout. npm fetches what it is built from, from the registry that npm knows; what came is
# compared with the hashes in modules.json. `registry`: the address of another one.
{
  lib,
  stdenv,
  cacert,
  installShellFiles,
  makeBinaryWrapper,
  nodejs_24,
  registry ? null,
}:

let
  root = ../..;
  manifest = lib.importJSON (root + "/package.json");
  node = "${nodejs_24}/bin/node";
  inherit (stdenv.hostPlatform) system;
  cpu =
    {
      x86_64-linux = "x64";
      aarch64-linux = "arm64";
    }
    .${system} or (throw "nixpulse has native parts for x86_64-linux and aarch64-linux, not for ${system}");

  modules = stdenv.mkDerivation {
    pname = "nixpulse-modules";
    inherit (manifest) version;
    nativeBuildInputs = [
      nodejs_24
      cacert
    ];
    dontUnpack = true;
    # No links to programs: npm would make what they name executable, each version of it something else.
    installPhase = ''
      cp ${root + "/package.json"} package.json
      cp ${root + "/package-lock.json"} package-lock.json
      chmod u+w package.json package-lock.json
      node ${./needed-modules.mjs}
      HOME=$PWD npm ci --ignore-scripts --no-bin-links --no-audit --no-fund --loglevel=error \
        --os=linux --libc=glibc --cpu=${cpu} ${lib.optionalString (registry != null) "--registry=${registry}"}
      rm -f node_modules/.package-lock.json
      mv node_modules $out
    '';
    dontFixup = true;
    impureEnvVars = lib.fetchers.proxyImpureEnvVars;
    outputHashMode = "recursive";
    outputHash = (lib.importJSON ./modules.json).hashes.${system};
  };

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
stdenv.mkDerivation {
  pname = manifest.name;
  inherit (manifest) version;
  src = lib.cleanSourceWith {
    name = manifest.name;
    src = lib.cleanSource root;
    filter = path: _type: !(builtins.elem (toString path) made);
  };

  nativeBuildInputs = [
    nodejs_24
    installShellFiles
    makeBinaryWrapper
  ];

  # Here and in the wrapper: on NixOS bin/find-node would look in the PATH.
  env.NIXPULSE_NODE = node;

  buildPhase = ''
    runHook preBuild
    cp -r ${modules} node_modules
    chmod -R u+w node_modules
    HOME=$TMPDIR node scripts/build.mjs
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    home=$out/lib/nixpulse
    mkdir -p $out/bin $home/dist $home/node_modules/@koromix
    cp -r bin $home
    cp -r dist/bundle $home/dist
    cp -r node_modules/koffi $home/node_modules
    cp -r node_modules/@koromix/koffi-linux-${cpu} $home/node_modules/@koromix
    makeBinaryWrapper $home/bin/nixpulse $out/bin/nixpulse \
      --set NIXPULSE_NODE ${node} ${lib.concatMapStringsSep " " (name: "--unset ${name}") unset}
    installManPage dist/man/*
    installShellCompletion dist/completions/{nixpulse.bash,_nixpulse,nixpulse.fish}
    install -D -m 644 -t $out/share/doc/nixpulse THIRD-PARTY dist/config.toml dist/prometheus/nixpulse.rules.yml
    runHook postInstall
  '';

  passthru = { inherit modules; };

  meta = {
    inherit (manifest) description;
    license = lib.licenses.mit;
    mainProgram = "nixpulse";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}

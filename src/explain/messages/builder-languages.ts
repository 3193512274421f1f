/** What the package managers of languages say inside a build: Python, Node, Rust, Go. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen } from './entry.ts';

const newHash = (field: string) =>
  configure('put an empty hash, build, and copy the hash that Nix got', [`${field} = lib.fakeHash;`]);

export const builderLanguages: readonly KnownMessage[] = [
  {
    id: 'python-module-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:ModuleNotFoundError|ImportError): No module named '?(?<module>[\w.]+)'?/,
        "ModuleNotFoundError: No module named 'packaging'",
        'NixOS/nixpkgs#311243',
      ),
    ],
    title: 'Python does not find the module {module}',
    causes: [
      because(
        'it is no dependency of the package, or of the Python that runs',
        'nix eval nixpkgs#python3Packages.{module}.version',
        configure('add it to the package', [
          'dependencies = [ python3Packages.{module} ]; # at run time',
          'build-system = [ python3Packages.setuptools ]; # to build it',
          'nativeCheckInputs = [ python3Packages.pytestCheckHook ]; # for its tests',
        ]),
        configure('for a script: a Python that has it', ['python3.withPackages (ps: [ ps.{module} ])']),
      ),
      because(
        'the module went away in a newer Python (distutils, imp, pkg_resources)',
        null,
        configure('setuptools has some of them still', ['build-system = [ python3Packages.setuptools ];']),
      ),
    ],
    brings: ['make-stopped', 'tests-failed'],
  },
  {
    id: 'pip-nothing-found',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /Could not find a version that satisfies the requirement (?<requirement>[^\s(]+)/,
        'ERROR: Could not find a version that satisfies the requirement packaging<22 (from devpi-common) (from versions: none)',
        'NixOS/nixpkgs#231346',
      ),
    ],
    title: 'pip wants {requirement}, and no other version is there',
    causes: [
      because(
        'nixpkgs has another version than the package allows; pip cannot download inside a build',
        null,
        configure('let the package take the version that is there', [
          'pythonRelaxDeps = [ "NAME" ]; # or true for all',
        ]),
        configure('or add it, where it is missing', ['dependencies = [ python3Packages.NAME ];']),
      ),
    ],
  },
  {
    id: 'python-runtime-deps',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /- (?<module>[A-Za-z\d][\w.-]*)(?:\[[^\]\n]*\])?(?:[<>=!~]\S*)? not satisfied by version (?<version>\S+)/,
        'Checking runtime dependencies for openapi_python_client-0.14.0-py3-none-any.whl\n  - httpx<0.25.0,>=0.15.4 not satisfied by version 0.27.0',
        'nixpkgs, pkgs/development/interpreters/python/hooks/python-runtime-deps-check-hook.py; as people quote it',
        { since: '24.05' },
      ),
      seen(
        /- (?<module>[A-Za-z\d][\w.-]*)(?:\[[^\]\n]*\])?(?:[<>=!~]\S*)? not installed/,
        'Checking runtime dependencies for mdit_py_plugins-0.4.2-py3-none-any.whl\n  - markdown-it-py not installed',
        'nixpkgs, pkgs/development/interpreters/python/hooks/python-runtime-deps-check-hook.py',
        { since: '24.05' },
      ),
      seen(
        /ERROR Missing dependencies: (?<module>[^\n]+)/,
        'ERROR Missing dependencies:\n\tsetuptools<80,>=61',
        'pypa/build, src/build/__main__.py; in versions before those that say unmet',
      ),
      seen(
        /ERROR Unmet dependencies \(checked against [^)\n]*\): ?(?<module>[^\n]+)/,
        'ERROR Unmet dependencies (checked against /usr/bin/python3):\n\tsetuptools<80,>=61\n\t\twanted: <80,>=61\n\t\tfound: 80.9.0',
        'pypa/build, src/build/_util.py format_unmet_dependencies()',
      ),
    ],
    title: 'a dependency that the Python package declares is missing, or is of another version: {module}',
    causes: [
      because(
        'it is not among dependencies, or nixpkgs has another version',
        null,
        configure('add it, or relax its version', [
          'dependencies = [ python3Packages.NAME ];',
          'pythonRelaxDeps = [ "NAME" ];',
        ]),
        configure(
          'or drop what is not needed',
          ['pythonRemoveDeps = [ "NAME" ];'],
          'the program fails where it does need it',
        ),
      ),
    ],
  },
  {
    id: 'npm-hash',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /ERROR: npmDepsHash is out of date/,
        'ERROR: npmDepsHash is out of date',
        'nixpkgs, pkgs/build-support/node/build-npm-package/hooks/npm-config-hook.sh',
      ),
      seen(
        /code ENOTCACHED|cache mode is 'only-if-cached' but no cached response is available/,
        'npm error code ENOTCACHED',
        'npm 11, run; NixOS/nixpkgs#132456',
      ),
    ],
    title: 'package-lock.json names packages that were not downloaded beforehand',
    causes: [
      because(
        'package-lock.json has changed, and npmDepsHash is still the old one',
        null,
        newHash('npmDepsHash'),
        run('or compute it', 'prefetch-npm-deps package-lock.json'),
      ),
      because(
        'package.json and package-lock.json do not fit',
        'npm ci --dry-run',
        run('make the lock file anew', 'npm install --package-lock-only'),
      ),
    ],
    brings: ['npm-failed'],
  },
  {
    id: 'npm-integrity',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:code EINTEGRITY|integrity checksum failed when using (?<kind>\w+))/,
        'npm ERR! code EINTEGRITY',
        'npm/npm#17459',
      ),
    ],
    title: 'a package from npm is not what package-lock.json says',
    causes: [
      because(
        'the lock file has a hash of another registry or of an old upload, or a download was cut short',
        null,
        run(
          'make the lock file anew',
          'rm package-lock.json && npm install --package-lock-only',
          'other versions may be chosen',
        ),
        newHash('npmDepsHash'),
      ),
    ],
    brings: ['npm-failed'],
  },
  {
    id: 'npm-unresolvable',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /code ERESOLVE|ERESOLVE (?:could not resolve|unable to resolve dependency tree)/,
        'npm error code ERESOLVE',
        'npm, lib/utils/error-message.js',
        { since: '7' },
      ),
    ],
    title: 'npm finds no set of versions that fits all packages',
    causes: [
      because(
        'two packages want other versions of the same one',
        'npm ls --all',
        configure('let npm be as lenient as before version 7', ['npmFlags = [ "--legacy-peer-deps" ];']),
        advise('mend package.json, and make the lock file anew'),
      ),
    ],
    brings: ['npm-failed'],
  },
  {
    id: 'npm-failed',
    from: 'builder',
    rank: 'consequence',
    wordings: [
      seen(
        /npm (?:ERR!|error) code (?<code>(?!ERESOLVE|EINTEGRITY|ENOTCACHED|ENOTFOUND)\w+)/,
        'npm error code EUSAGE',
        'npm 11, run (npm ci without a lock file)',
      ),
      seen(/ERROR: `npm (?<step>[^`]+)` failed/, 'ERROR: `npm build` failed', 'NixOS/nixpkgs#261813'),
    ],
    title: 'npm failed',
    causes: [
      because(
        'why stands above this line',
        null,
        advise('read what stands above the first line with npm error'),
      ),
    ],
  },
  {
    id: 'npm-script',
    from: 'builder',
    rank: 'symptom',
    wordings: [
      seen(
        /error:0308010C:digital envelope routines::unsupported/,
        'error:0308010C:digital envelope routines::unsupported',
        'NixOS/nixpkgs#261813',
      ),
    ],
    title: 'an old webpack uses a hash that newer Node no longer allows',
    causes: [
      because(
        'the package was made for Node 16 or older',
        null,
        configure('allow it', ['env.NODE_OPTIONS = "--openssl-legacy-provider";']),
      ),
    ],
    brings: ['npm-failed'],
  },
  {
    id: 'cargo-hash',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:ERROR: )?(?:cargoHash(?: or cargoSha256)?|cargoSha256) is out of date/,
        'ERROR: cargoSha256 is out of date\n\nCargo.lock is not the same in mdzk-0.4.2-vendor.tar.gz',
        'mdzk-rs/mdzk#36',
      ),
      seen(
        /ERROR: The Cargo\.lock file doesn't exist/,
        "ERROR: The Cargo.lock file doesn't exist",
        'yannjor/krabby#8',
      ),
    ],
    title: 'the crates that were downloaded beforehand are not those of Cargo.lock',
    causes: [
      because(
        'the version or Cargo.lock has changed, and cargoHash is still the old one',
        null,
        newHash('cargoHash'),
      ),
      because(
        'a patch changes Cargo.lock, or the source has none',
        null,
        configure('name the lock file', [
          'cargoLock.lockFile = ./Cargo.lock; # and copy it into the source in postPatch',
        ]),
        configure('or patch both', ['cargoPatches = [ ./lock.patch ];']),
      ),
    ],
  },
  {
    id: 'cargo-dependency',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /error: failed to get `(?<crate>[^`]+)` as a dependency of package `(?<package>[^`]+)`/,
        'error: failed to get `anyhow` as a dependency of package `lobsters-best-bot v0.1.0 (/nix/store/g5d7422cxp3v3xdy0hl44h0l3jwsavj2-lobsters-best-bot)`',
        'oxalica/rust-overlay#72',
      ),
      seen(
        /error: no matching package(?: named `(?<crate>[^`]+)`)? found/,
        'error: no matching package found\nsearched package name: `lumis`',
        'code-supply/deps_nix#48',
      ),
      seen(
        /error: the lock file (?<path>\S+) needs to be updated but --(?<flag>locked|frozen|offline) was passed/,
        'error: the lock file /build/source/Cargo.lock needs to be updated but --frozen was passed to prevent this',
        'cargo, src/cargo/ops/lockfile.rs; before those that say cannot update',
      ),
      seen(
        /error: cannot (?:create|update) the lock file (?<path>\S+) because --(?<flag>locked|frozen|offline) was passed/,
        'error: cannot update the lock file /build/source/Cargo.lock because --frozen was passed to prevent this',
        'cargo 1.95, run; src/ops/lockfile.rs',
      ),
    ],
    title: 'cargo wants a crate that was not downloaded beforehand',
    causes: [
      because(
        'Cargo.toml and Cargo.lock do not fit, or the build is no buildRustPackage: it has no network',
        'cargo metadata --locked --offline > /dev/null',
        run('make the lock file fit, and commit it', 'cargo update --workspace'),
        newHash('cargoHash'),
      ),
      because(
        'the crate comes from git, whose hash is not given',
        'grep -n "git+" Cargo.lock',
        configure('give it', [
          'cargoLock = { lockFile = ./Cargo.lock; outputHashes."CRATE-VERSION" = lib.fakeHash; };',
        ]),
      ),
    ],
  },
  {
    id: 'go-vendor',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /go: inconsistent vendoring in (?<path>[^\s:]+):/,
        'go: inconsistent vendoring in /build/source:\n\tgithub.com/stretchr/testify@v1.8.3: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt',
        'ollama/ollama#1615',
      ),
      seen(
        /(?:cannot find module providing package (?<package>[^\s:]+): import lookup disabled by -mod=vendor|no required module provides package (?<wanted>[^\s;:]+))/,
        'main.go:3:8: cannot find module providing package github.com/gin-gonic/gin: import lookup disabled by -mod=vendor',
        'Go, src/cmd/go/internal/modload/import.go; as people quote it',
      ),
    ],
    title: 'the Go modules that were downloaded beforehand are not those of go.mod',
    causes: [
      because('go.mod has changed, and vendorHash is still the old one', null, newHash('vendorHash')),
      because(
        'the source has a vendor directory that is out of date',
        'go mod verify',
        run('make it fit, and commit it', 'go mod tidy && go mod vendor'),
        configure('or do not use it', ['proxyVendor = true;']),
      ),
    ],
  },
  {
    id: 'go-checksum',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /verifying (?<module>\S+): checksum mismatch/,
        'go: verifying github.com/hashicorp/go-rootcerts@v1.0.0: checksum mismatch',
        'Go, as people quote it',
      ),
      seen(
        /missing go\.sum entry for (?:module providing package (?<module>[^\s;]+)|go\.mod file)/,
        'main.go:6:2: missing go.sum entry for module providing package github.com/wailsapp/wails/v2 (imported by gobug); to add:',
        'Go, as people quote it; src/cmd/go/internal/modload/import.go',
      ),
    ],
    title: 'go.sum does not vouch for a module',
    causes: [
      because('go.sum is not complete', 'go mod verify', run('complete it, and commit it', 'go mod tidy')),
      because(
        'the module was published again under the same version, or somebody changed it on the way',
        null,
        advise(
          'find out which before you replace the line in go.sum',
          'a changed module runs in your program',
        ),
      ),
    ],
  },
  {
    id: 'go-too-old',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /go\.mod requires go >= (?<wanted>[\d.]+) \(running go (?<running>[\d.]+)/,
        'go: go.mod requires go >= 1.24.0 (running go 1.23.8; GOTOOLCHAIN=local)',
        'Go 1.23, as people quote it',
        { since: '1.21' },
      ),
    ],
    title: 'the module needs Go {wanted}; this build has {running}',
    causes: [
      because(
        'buildGoModule uses the default Go of nixpkgs',
        'nix eval nixpkgs#go.version',
        configure('use a newer one', [
          'buildGo124Module { … } # or buildGoModule.override { go = go_1_24; }',
        ]),
        advise('take a newer nixpkgs'),
      ),
    ],
  },
  {
    id: 'rust-too-old',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:package|crate) `?(?<crate>[^`\s]+(?: v[\d.]+)?)`? cannot be built because it requires rustc (?<wanted>[\d.]+)/,
        'package `colored v2.1.0` cannot be built because it requires rustc 1.70 or newer, while the currently active rustc version is 1.65.0',
        'cargo, as people quote it; newer ones do not say it any more',
      ),
      seen(
        /(?<crate>\S+@[\d.]+) requires rustc (?<wanted>[\d.]+)/,
        'error: rustc 1.95.0 is not supported by the following package:\n  x@0.1.0 requires rustc 1.999',
        'cargo 1.95, run',
      ),
    ],
    title: '{crate} needs Rust {wanted} or newer',
    causes: [
      because(
        'nixpkgs has an older Rust',
        'nix eval nixpkgs#rustc.version',
        advise('take a newer nixpkgs, or rust-overlay or fenix for this package'),
      ),
    ],
  },
];

/** What configure, CMake, Meson and pkg-config say inside a build. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, seen } from './entry.ts';

const nativeInput = configure('add what is missing to the package', [
  'nativeBuildInputs = [ pkg-config cmake ]; # programs of the build',
  'buildInputs = [ LIBRARY ]; # libraries',
]);

export const builderConfigure: readonly KnownMessage[] = [
  {
    id: 'cmake-too-new',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /Compatibility with CMake < 3\.5 has been removed from CMake/,
        'CMake Error at CMakeLists.txt:1 (cmake_minimum_required):\n  Compatibility with CMake < 3.5 has been removed from CMake.',
        'NixOS/nixpkgs#449383',
        { since: '4.0' },
      ),
    ],
    title: 'the package is written for a CMake older than 3.5, which CMake 4 no longer takes',
    causes: [
      because(
        'nixpkgs of the end of 2025 and later have CMake 4',
        null,
        advise('take a newer nixpkgs, in which the package may be mended'),
        configure('tell CMake to try all the same', [
          'cmakeFlags = [ (lib.cmakeFeature "CMAKE_POLICY_VERSION_MINIMUM" "3.5") ];',
        ]),
      ),
    ],
    brings: ['cmake-failed'],
  },
  {
    id: 'cmake-package-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /CMake Error[^\n]*\n\s*Could NOT find (?<package>\w+)(?: \((?:missing: )?(?<missing>[^)\n]+)\))?/,
        'CMake Error at /usr/share/cmake-3.25/Modules/FindPackageHandleStandardArgs.cmake:230 (message):\n  Could NOT find Boost (missing: Boost_INCLUDE_DIR)',
        'CMake 3.25, run',
      ),
      seen(
        /(?:asked CMake to|Could not) find a package configuration file provided by "(?<package>[^"]+)"/,
        'Could not find a package configuration file provided by "OpenSSLX" with any\n  of the following names:',
        'CMake 3.25, run; Source/cmFindPackageCommand.cxx',
      ),
    ],
    title: 'CMake does not find {package}',
    causes: [
      because(
        'it is no input of the package, or was not asked for and is not needed (then it is no error)',
        'nix-locate --regex "{package}.*[Cc]onfig.cmake$"',
        nativeInput,
      ),
      because(
        'it is found in another version than wanted',
        null,
        advise('look for the words considered but not accepted in the log'),
      ),
    ],
    brings: ['cmake-failed'],
  },
  {
    id: 'pkg-config-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:No package '(?<package>[^']+)' found|Package (?<wanted>\S+) was not found in the pkg-config search path)/,
        'Package libfoo was not found in the pkg-config search path.',
        'pkgconf 1.8, run',
      ),
      seen(
        /Package '(?<package>[^']+)', required by '(?<wanted>[^']*)', not found/,
        "Package 'libfoo', required by 'virtual:world', not found",
        'pkgconf 1.8, run',
      ),
      seen(
        /(?:configure: error: )?Package requirements \((?<package>[^)]+)\) were not met/,
        'configure: error: Package requirements (libxml-2.0 >= 2.9) were not met:',
        'pkg-config, pkg.m4 PKG_CHECK_MODULES',
      ),
      seen(
        /The system library `(?<package>[^`]+)` required by crate `(?<crate>[^`]+)` was not found/,
        'The system library `openssl` required by crate `openssl-sys` was not found.',
        'rust-lang/pkg-config-rs, src/lib.rs',
      ),
    ],
    title: 'pkg-config does not find a library that the package needs',
    causes: [
      because(
        'the library is no input of the package, or pkg-config itself is none',
        'nix-locate --regex "lib/pkgconfig/NAME.pc$"',
        nativeInput,
      ),
    ],
    brings: ['configure-error', 'cmake-failed', 'meson-dependency', 'make-stopped'],
  },
  {
    id: 'meson-dependency',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /ERROR: Dependency "(?<package>[^"]+)" not found/,
        'meson.build:250:15: ERROR: Dependency "gbm" not found, tried pkgconfig',
        'chuangzhu/nixpkgs-gnome-mobile#5',
      ),
      seen(
        /ERROR: (?:Program|Program or command|command|[Pp]kg-config binary) ['"](?<package>[^'"\n]+)['"] not found/,
        "meson.build:12:0: ERROR: Program 'gjs' not found or not executable",
        'Meson, mesonbuild/interpreter/interpreter.py',
      ),
      seen(
        /ERROR: Neither a subproject directory nor a (?<package>\S+)\.wrap file was found/,
        'meson.build:15:0: ERROR: Neither a subproject directory nor a gstreamer.wrap file was found.',
        'PhilippeRo/gst-vosk#2',
      ),
    ],
    title: 'Meson does not find {package}',
    causes: [
      because(
        'it is no input of the package, or pkg-config is none',
        'nix-locate --regex "lib/pkgconfig/{package}.pc$"',
        nativeInput,
      ),
      because(
        'it is optional, and the package asks for all',
        null,
        configure('leave it out', ['mesonFlags = [ (lib.mesonEnable "FEATURE" false) ];']),
      ),
    ],
  },
  {
    id: 'configure-error',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /configure: error: (?<said>[^\n]+)/,
        'configure: error: C compiler cannot create executables',
        'autoconf, lib/autoconf/general.m4 AC_MSG_ERROR',
      ),
      seen(
        /error: possibly undefined macro: (?<said>\S+)/,
        'configure.ac:20: error: possibly undefined macro: AM_INIT_AUTOMAKE',
        'autoconf, as people quote it',
      ),
    ],
    title: 'configure stopped: {said}',
    causes: [
      because(
        'a library or a program that it looks for is no input of the package',
        'nix build --keep-failed --print-build-logs   # then read config.log in the directory that is kept',
        nativeInput,
      ),
      because(
        'the script was made by an older autoconf',
        null,
        configure('make it anew', ['nativeBuildInputs = [ autoreconfHook ];']),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'cmake-failed',
    from: 'builder',
    rank: 'consequence',
    wordings: [
      seen(
        /-- Configuring incomplete, errors occurred!/,
        '-- Configuring incomplete, errors occurred!',
        'NixOS/nixpkgs#451139',
      ),
    ],
    title: 'CMake stopped',
    causes: [
      because(
        'what it misses stands above, behind CMake Error',
        null,
        advise('read the lines behind the first CMake Error'),
      ),
    ],
  },
  {
    id: 'no-network-in-build',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?<!unable to download [^\n]{0,300})(?:curl: \(6\) |curl error: |\[6\] [^\n]*\()?Could ?n[o']t resolve (?:host(?: name)?|proxy):? '?(?<host>[\w.-]+)'?/,
        'curl: (6) Could not resolve host: github.com',
        'curl, run on another name',
      ),
      seen(
        /(?:failed to resolve address for|Temporary failure in name resolution[^\n]*|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)) ?(?<host>[\w.-]+)?/,
        'warning: spurious network error (2 tries remaining): failed to resolve address for github.com: Name or service not known; class=Net (12)',
        'oxalica/rust-overlay#72',
      ),
      seen(
        /npm (?:ERR!|error) code (?:ENOTFOUND|EAI_AGAIN)/,
        'npm ERR! code ENOTFOUND',
        'npm, lib/utils/error-message.js',
      ),
      seen(
        /dial tcp: lookup (?<host>[\w.-]+)[^\n]*: (?:no such host|connection refused|device or resource busy|server misbehaving|Temporary failure in name resolution)/,
        'go: github.com/foo/bar@v1.0.0: Get "https://proxy.golang.org/github.com/foo/bar/@v/v1.0.0.mod": dial tcp: lookup proxy.golang.org on [::1]:53: read udp [::1]:37533->[::1]:53: read: connection refused',
        'Go, src/net/net.go OpError.Error()',
      ),
    ],
    title: 'the build wants to download something, and found no name service',
    causes: [
      because(
        'a build has no network: all it needs must be an input with a known hash',
        'nix config show sandbox',
        advise(
          'have it fetched beforehand: fetchurl, fetchFromGitHub, cargoHash, npmDepsHash, vendorHash, fetchSubmodules = true',
        ),
        advise('or turn that step of the package off (FetchContent, a test that downloads)'),
      ),
      because(
        'it is a download of Nix itself (a fixed-output derivation), and the name service of the machine does not answer',
        'getent hosts cache.nixos.org; resolvectl status',
        advise('mend the name service, and try again'),
      ),
    ],
    brings: [
      'cargo-dependency',
      'pip-nothing-found',
      'npm-failed',
      'make-stopped',
      'cmake-failed',
      'tests-failed',
    ],
  },
];

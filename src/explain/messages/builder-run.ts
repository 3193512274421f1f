/** What scripts, patches, tests and hooks say inside a build. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen, where } from './entry.ts';

export const builderRun: readonly KnownMessage[] = [
  {
    id: 'patch-failed',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:applying patch (?<patch>\S+)(?:(?!applying patch)[\s\S]){0,2000}?)?Hunk #(?<hunk>\d+) FAILED at \d+/,
        'applying patch /nix/store/l7ydv4ifncszmaha510nfr2zwn7l56yq-integration-tests-nix-fix.patch\npatching file tests/main.rs\nHunk #1 FAILED at 8.',
        'nushell/nufmt#71',
      ),
      seen(
        /(?:applying patch (?<patch>\S+)(?:(?!applying patch)[\s\S]){0,2000}?)?Reversed \(or previously applied\) patch detected/,
        'Reversed (or previously applied) patch detected!  Assume -R? [n]',
        'NixOS/nixpkgs#335922',
      ),
    ],
    title: 'a patch does not fit the source',
    causes: [
      because(
        'the source is newer than the patch: the change is in it already, or the place looks different now',
        null,
        advise('if it is your patch: remove it, or make it anew for this version'),
        advise(
          'if it is one of nixpkgs: an overlay of yours changes version or source without dropping the patch',
        ),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'interpreter-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?<script>[^\s:]+): (?<interpreter>\/[^\s:]+): bad interpreter: No such file or directory/,
        '/nix/store/qg8qhrxiab3r87xmaxbq565g1g8bnl57-stdenv-linux/setup: ./configure: /bin/sh: bad interpreter: No such file or directory',
        'NixOS/nixpkgs#124372',
      ),
      seen(
        /(?<script>[^\s:]+): cannot execute: required file not found/,
        '/nix/store/…-stdenv-linux/setup: line 1299: ./configure: cannot execute: required file not found',
        'NixOS/nixpkgs#265738',
      ),
      seen(
        /\/usr\/bin\/env:? ['‘]?(?<interpreter>[\w.-]+)['’]?: No such file or directory/,
        '/usr/bin/env: ‘python’: No such file or directory',
        'coreutils, run with another name',
      ),
    ],
    title: 'a script names an interpreter that a build does not have',
    causes: [
      because(
        'a build has no /usr/bin/env and no /bin/bash: scripts must name programs in the store',
        null,
        configure('let Nix rewrite the first line of scripts before they run', [
          'postPatch = "patchShebangs .";',
          'nativeBuildInputs = [ bash python3 perl ]; # what they name',
        ]),
      ),
      because(
        'outside of a build: the program is made for another distribution, whose loader NixOS does not have',
        'patchelf --print-interpreter PROGRAM',
        configure('run it all the same', ['programs.nix-ld.enable = true;']),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'command-not-found',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:line \d+: |(?:bash|sh|zsh): )(?:\d+: )?(?<command>[\w.+-]+): (?:command )?not found/,
        '/nix/store/lkk0hf9h4x85mb4lrsf2sh25qm2i4n18-stdenv-linux/setup: line 1360: autoPatchelfFile: command not found',
        'NixOS/nixpkgs#166086',
      ),
      seen(
        /error: linker `(?<command>[^`]+)` not found/,
        'error: linker `cc` not found',
        'rustc, as people quote it',
      ),
      seen(
        /make: (?<command>[\w.+-]+): No such file or directory/,
        'make: pkg-config: No such file or directory',
        'GNU make 4.3, run with another name',
      ),
    ],
    title: 'the program {command} is not there',
    causes: [
      where(
        {
          command:
            /^(?:auto[pP]atchelf|wrapProgram|makeWrapper|installShellCompletion|copyDesktopItems|patchelf)/,
        },
        because(
          'it comes with a hook that is no input',
          null,
          configure('add the hook', [
            'nativeBuildInputs = [ autoPatchelfHook makeWrapper installShellFiles copyDesktopItems ];',
          ]),
        ),
      ),
      because(
        'it is no input of the package, or of the unit or script that runs',
        'nix-locate --whole-name --at-root "/bin/{command}"',
        configure('in a package', ['nativeBuildInputs = [ PACKAGE ];']),
        configure('in a service', ['systemd.services.NAME.path = [ pkgs.PACKAGE ];']),
      ),
    ],
    brings: ['make-stopped', 'unit-exited', 'unit-result'],
  },
  {
    id: 'patchelf-unsatisfied',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /auto-patchelf could not satisfy dependency (?<library>\S+) wanted by (?<file>\S+)/,
        'error: auto-patchelf could not satisfy dependency libgcc_s.so.1 wanted by /nix/store/08xwsjbabacbcddfh1nii2y8cjw7qhnw-foundry-0.0.0/bin/.forge-wrapped',
        'shazow/foundry.nix#19',
      ),
    ],
    title: 'a program that was not built here needs {library}, and no input has it',
    causes: [
      where(
        { library: /^lib(?:gcc_s|stdc\+\+)/ },
        because(
          'it is the library of the C compiler',
          null,
          configure('add it', ['buildInputs = [ stdenv.cc.cc.lib ];']),
        ),
      ),
      where(
        { library: /^lib(?:cuda|nvidia)/ },
        because(
          'it comes with the driver of the machine, not with a package',
          null,
          configure('do not look for it', ['autoPatchelfIgnoreMissingDeps = [ "libcuda.so.1" ];']),
        ),
      ),
      because(
        'the package that has it is no input',
        'nix-locate --whole-name "lib/{library}"',
        configure('add it', ['buildInputs = [ PACKAGE ];']),
        configure(
          'or leave it out, if the program does not need it',
          ['autoPatchelfIgnoreMissingDeps = [ "{library}" ];'],
          'the program fails where it does need it',
        ),
      ),
    ],
  },
  {
    id: 'library-missing-at-run',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /error while loading shared libraries: (?<library>[^\s:]+): cannot open shared object file/,
        './foo: error while loading shared libraries: libz.so.1: cannot open shared object file: No such file or directory',
        'glibc 2.36, run: its dynamic loader',
      ),
      seen(
        /version [`'‘](?<version>GLIBC(?:XX)?_[\d.]+)['’] not found/,
        "./foo: /nix/store/…-glibc-2.38/lib/libc.so.6: version `GLIBC_2.39' not found",
        'glibc, as people quote it with other paths',
      ),
    ],
    title: 'a program does not find a library, or finds an older one',
    causes: [
      because(
        'it is made for another distribution',
        'ldd PROGRAM',
        configure('in a package: let Nix set its paths', [
          'nativeBuildInputs = [ autoPatchelfHook ];',
          'buildInputs = [ LIBRARY ];',
        ]),
        configure('outside of one', ['programs.nix-ld = { enable = true; libraries = [ pkgs.LIBRARY ]; };']),
      ),
      because(
        'LD_LIBRARY_PATH mixes libraries of two versions of nixpkgs',
        'echo "$LD_LIBRARY_PATH"',
        run('try it without', 'env -u LD_LIBRARY_PATH PROGRAM'),
      ),
    ],
  },
  {
    id: 'tests-failed',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /FAILED (?<test>[^\s]+::[^\s]+)(?: - (?<said>[^\n]+))?/,
        'FAILED tests/test_net.py::test_download - OSError: network is unreachable',
        'pytest 9, run on another test',
      ),
      seen(
        /(?:\d+)% tests passed, (?<count>[1-9]\d*) tests? failed out of (?<total>\d+)/,
        '98% tests passed, 2 tests failed out of 120',
        'CMake, Source/CTest/cmCTestTestHandler.cxx',
      ),
      seen(
        /--- FAIL: (?<test>\S+) \([\d.]+s\)/,
        '--- FAIL: TestDownload (0.01s)',
        'Go, as people quote it with other names',
      ),
      seen(
        /test result: FAILED\. (?<said>[^\n]+)/,
        'test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.14s',
        'rustc 1.95, run',
      ),
      seen(/# FAIL:\s+(?<count>[1-9]\d*)/, '# FAIL:  2', 'automake, as people quote it with other numbers'),
    ],
    title: 'the package was built, but its tests failed',
    causes: [
      because(
        'the test wants what a build does not have: network, a home directory, a clock, much time',
        'nix log DRV | grep -nE "FAIL|Error" | head -20',
        configure('leave that one test out', [
          'disabledTests = [ "NAME" ]; # Python',
          'checkFlags = [ "--skip=NAME" ]; # Rust',
          'checkFlags = [ "-skip=^NAME$" ]; # Go',
        ]),
        run('see whether it is a matter of chance or load', 'nix build --max-jobs 1'),
      ),
      because(
        'a dependency is of another version than the package was made for',
        null,
        advise('see whether it is known: search the issues of nixpkgs for the name of the package'),
        configure(
          'leave all its tests out',
          ['doCheck = false;'],
          'what the tests would find is found by you',
        ),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'locale-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:hGetContents|commitBuffer|hPutChar|Store\.set): invalid argument \((?:invalid byte sequence|invalid character|cannot (?:en|de)code[^)]*)\)/,
        '[ERROR] ./about.rst: hGetContents: invalid argument (invalid byte sequence)',
        'jaspervdj/hakyll#614',
      ),
      seen(
        /UnicodeDecodeError: 'ascii' codec can't decode byte (?<byte>\S+)/,
        "UnicodeDecodeError: 'ascii' codec can't decode byte 0xe7 in position 12: ordinal not in range(128)",
        'CPython, run at another position',
      ),
    ],
    title: 'a program read text that is not ASCII while the locale is C',
    causes: [
      because(
        'a build sets no locale',
        null,
        configure('set one in the package', ['env.LANG = "C.UTF-8";']),
        configure('a program that wants more of it', [
          'env.LOCALE_ARCHIVE = glibcLocales + "/lib/locale/locale-archive";',
        ]),
      ),
    ],
    brings: ['make-stopped', 'tests-failed'],
  },
  {
    id: 'locale-unknown',
    from: 'builder',
    rank: 'symptom',
    wordings: [
      seen(
        /(?:setlocale: LC_ALL: cannot change locale \((?<locale>[^)]+)\)|Cannot set LC_\w+ to default locale)/,
        'bash: warning: setlocale: LC_ALL: cannot change locale (en_US.UTF-8)',
        'input-output-hk/haskell.nix#344',
      ),
    ],
    title: 'the locale that is set is not there; programs use C instead',
    causes: [
      because(
        'programs of Nix on another distribution look for locales in LOCALE_ARCHIVE',
        'locale -a; echo "$LOCALE_ARCHIVE"',
        run('tell them where', 'export LOCALE_ARCHIVE=/usr/lib/locale/locale-archive'),
        configure('on NixOS: have that locale', ['i18n.supportedLocales = [ "en_US.UTF-8/UTF-8" ];']),
      ),
    ],
  },
  {
    id: 'build-path-kept',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /RPATH of binary (?<file>\S+) contains a forbidden reference to (?<directory>\S+)/,
        'RPATH of binary /nix/store/…-foo/bin/foo contains a forbidden reference to /build/',
        'nixpkgs, pkgs/build-support/setup-hooks/audit-tmpdir.sh',
      ),
      seen(
        /wrapper script (?<file>\S+) contains a forbidden reference to (?<directory>\S+)/,
        'wrapper script /nix/store/…-foo/bin/foo contains a forbidden reference to /build/',
        'nixpkgs, pkgs/build-support/setup-hooks/audit-tmpdir.sh',
      ),
    ],
    title: 'a program that was built looks for libraries in the directory of the build, which goes away',
    causes: [
      because(
        'the build did not install its libraries, or set the path by itself',
        null,
        configure('let CMake set the path', [
          'cmakeFlags = [ (lib.cmakeBool "CMAKE_SKIP_BUILD_RPATH" true) ];',
        ]),
        configure('or cut it afterwards', [
          'preFixup = "patchelf --shrink-rpath --allowed-rpath-prefixes $NIX_STORE $out/bin/*";',
        ]),
      ),
    ],
  },
];

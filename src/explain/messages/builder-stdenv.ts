/** What nixpkgs' own scripts say, and what only happens since a build is walled off. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen } from './entry.ts';

export const builderStdenv: readonly KnownMessage[] = [
  {
    id: 'no-home-in-build',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /\/homeless-shelter[^\n]*(?:[Pp]ermission denied|EACCES|Read-only file system|[Nn]o such file)|(?:EACCES|ENOENT|denied|cannot create|mkdir)[^\n]*\/homeless-shelter/,
        "mkdir: cannot create directory '/homeless-shelter': Permission denied",
        'nixpkgs, pkgs/stdenv/generic/setup.sh; Nix, src/libstore/unix/build/derivation-builder.cc initEnv()',
      ),
    ],
    title: 'the build wants to write into a home directory, and a build has none',
    causes: [
      because(
        'a tool keeps a cache or settings in HOME',
        null,
        configure('give it one', [
          'nativeBuildInputs = [ writableTmpDirAsHomeHook ]; # older: preBuild = "export HOME=$(mktemp -d)";',
        ]),
      ),
    ],
    brings: ['make-stopped', 'npm-failed', 'tests-failed'],
  },
  {
    id: 'installs-outside',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /(?:cannot create|cannot remove|can't create|mkdir:? [^\n'‘"]*|could not create)[^\n'‘"/]*['‘"]?(?<path>\/(?:usr|opt|etc|bin|sbin|lib|var)\/?[^'’"\s:]*)['’"]?: (?:Permission denied|No such file or directory|Read-only file system)/,
        "install: cannot create directory '/usr/local': Permission denied",
        'coreutils 9.1, run on another directory',
      ),
    ],
    title: 'the package installs into {path} instead of its own place in the store',
    causes: [
      because(
        'its Makefile has that path in it, or does not take the prefix',
        null,
        configure('tell it', [
          'makeFlags = [ "PREFIX=$(out)" "DESTDIR=" ];',
          'installFlags = [ "PREFIX=$(out)" ];',
        ]),
        advise('or replace the path in postPatch with substituteInPlace'),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'replaced-nothing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /substituteStream\(\)(?: in derivation (?<name>\S+))?: ERROR: pattern (?<pattern>[^\n]+?) doesn't match anything in (?<file>[^\n]+)/,
        "substituteStream() in derivation python3.12-pillow-10.3.0: ERROR: pattern AVIF_ROOT\\ =\\ None doesn't match anything in file 'setup.py'",
        'nixpkgs, pkgs/stdenv/generic/setup.sh substituteStream(); as people quote it',
        { since: '24.05' },
      ),
      seen(
        /substitute(?:InPlace)?\(\): ERROR: file '(?<file>[^']+)' does not exist/,
        "substitute(): ERROR: file 'Makefile' does not exist",
        'nixpkgs, pkgs/stdenv/generic/setup.sh substitute()',
      ),
    ],
    title: 'what should be replaced in {file} is not there',
    causes: [
      because(
        'the source is another version than this line of the package was written for',
        null,
        advise('look at the file in the source as it is now, and mend or drop the line with --replace-fail'),
        advise('an overlay of yours that changes the version must bring its own patches'),
      ),
    ],
  },
  {
    id: 'unpack-failed',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /do not know how to unpack source archive (?<archive>\S+)/,
        'do not know how to unpack source archive /nix/store/w3njwdqx2pfb7nlnkzafnz0whh7i5kyc-unknown',
        'nixpkgs, pkgs/stdenv/generic/setup.sh unpackFile()',
      ),
      seen(
        /unpacker (?:appears to have produced no directories|produced multiple directories)/,
        'unpacker produced multiple directories',
        'nixpkgs, pkgs/stdenv/generic/setup.sh unpackPhase()',
      ),
      seen(
        /(?:tar: |gzip: |xz: |unzip: |bzip2: )[^\n]*(?:[Uu]nexpected (?:EOF|end of file|end of input)|not in \w+ format|does not look like a tar archive|Compressed file ends unexpectedly|File format not recognized|is not a bzip2 file)|End-of-central-directory signature not found/,
        'gzip: stdin: not in gzip format',
        'gzip, tar, xz, bzip2 and unzip of Debian 12, run',
      ),
    ],
    title: 'the source is not an archive as it was expected',
    causes: [
      because(
        'the server sent a page or a part instead of the file, and its hash was taken over',
        null,
        run('see what it is', 'file "$(nix build --no-link --print-out-paths .#NAME.src)"'),
        configure('then give it an empty hash, so that it is fetched anew', ['src.hash = lib.fakeHash;']),
      ),
      because(
        'it has no directory at its top, or several, or is one file',
        null,
        configure('say which', ['sourceRoot = ".";']),
        configure('a single file: do not unpack it', ['dontUnpack = true;']),
        configure('a zip or a deb: bring the program for it', ['nativeBuildInputs = [ unzip dpkg ];']),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'file-not-there',
    from: 'builder',
    rank: 'symptom',
    wordings: [
      seen(
        /(?:cp|mv|install|ln|chmod|strip|sed|substitute): (?:cannot (?:stat|access|open)|can't read) ['‘"]?(?<path>(?!\/dev\/)[^'’"\n:]+)['’"]?: No such file or directory/,
        "cp: cannot stat 'build/foo': No such file or directory",
        'coreutils 9.1, run on another file',
      ),
    ],
    title: 'a file that a step wants to copy was not made: {path}',
    causes: [
      because(
        'the build puts it elsewhere in this version, or an earlier step did not run',
        null,
        run('look for it in the directory that is kept', 'nix build --keep-failed'),
        advise('mend the path in installPhase or postInstall'),
      ),
    ],
    brings: ['make-stopped'],
  },
  {
    id: 'kvm-missing',
    from: 'builder',
    rank: 'cause',
    wordings: [
      seen(
        /[Cc]ould not access KVM kernel module: (?<said>[^\n]+)/,
        'Could not access KVM kernel module: No such file or directory',
        'QEMU, accel/kvm/kvm-all.c kvm_init()',
      ),
      seen(
        /failed to initialize kvm: (?<said>[^\n]+)/,
        'qemu-system-x86_64: failed to initialize kvm: Permission denied',
        'QEMU, accel/kvm/kvm-all.c kvm_init()',
      ),
    ],
    title: 'a virtual machine in a build does not get /dev/kvm',
    causes: [
      because(
        'virtualisation is off in the firmware, or this machine is a virtual one without it',
        'ls -l /dev/kvm; grep -cE "vmx|svm" /proc/cpuinfo',
        advise('turn it on in the firmware, or for the virtual machine (nested virtualisation)'),
        advise('without it the machine is emulated, and tests take many times as long'),
      ),
      because(
        'the build may not use it: the feature kvm is not offered, or the group kvm may not',
        'nix config show system-features; ls -l /dev/kvm',
        configure('offer it', [
          'nix.settings.system-features = [ "kvm" "nixos-test" "big-parallel" "benchmark" ];',
        ]),
      ),
    ],
    brings: ['make-stopped'],
  },
];

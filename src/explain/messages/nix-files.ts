/** What Nix says of files that an expression reads: not there, not known to git, not allowed. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

const untracked = because(
  'the file is new, and git does not track it: a flake in a git repository sees only what git knows',
  'git status --short',
  run('let git know of it (no commit is needed)', 'git add --intent-to-add FILE'),
);

export const nixFiles: readonly KnownMessage[] = [
  {
    id: 'file-untracked',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: Path '<path>' in the repository '<repository>' is not tracked by Git"),
        'error: Path \'flake.nix\' in the repository "/mx/w/g" is not tracked by Git.',
        'Nix 2.34.8, nix eval .#a',
        { since: '2.28' },
      ),
    ],
    title: 'git does not track {path}, so the flake does not see it',
    causes: [
      because(
        'the file is new: a flake in a git repository sees only what git knows',
        'git -C {repository} status --short',
        run('let git know of it (no commit is needed)', 'git -C {repository} add --intent-to-add {path}'),
      ),
      because(
        'it is in .gitignore (secrets, generated files)',
        'git -C {repository} check-ignore -v {path}',
        run(
          'track it all the same',
          'git -C {repository} add --intent-to-add --force {path}',
          'a secret in it would be pushed, and be readable in /nix/store',
        ),
        run(
          'read the directory as it is, without git',
          'nix build path:.#NAME',
          'all of it is copied to the store, secrets too',
        ),
      ),
    ],
  },
  {
    id: 'search-path-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: file '<file>' was not found in the Nix search path"),
        "error: file 'nixpkgs' was not found in the Nix search path (add it using $NIX_PATH or -I)",
        'Nix 2.8.0 and 2.34.8, import <nixpkgs> {}',
      ),
      seen(
        words("error: cannot look up '<<file>>' in pure evaluation mode"),
        "error: cannot look up '<nixpkgs>' in pure evaluation mode (use '--impure' to override)",
        "Nix 2.8.0 and 2.34.8, nix eval --expr '<nixpkgs>'",
        { since: '2.4' },
      ),
    ],
    title: 'nothing is named <{file}> in NIX_PATH',
    causes: [
      where(
        { file: /^nixos-config$/ },
        because(
          'nixos-rebuild looks for a configuration of channels, and there is only a flake (or it is elsewhere)',
          'ls /etc/nixos',
          run('name the flake', 'nixos-rebuild build --flake /etc/nixos#HOST'),
          run('name the file', 'nixos-rebuild build -I nixos-config=/etc/nixos/configuration.nix'),
        ),
      ),
      where(
        { file: /^home-manager/ },
        because(
          'the channel of home-manager is not there',
          'nix-channel --list',
          run(
            'add it',
            'nix-channel --add https://github.com/nix-community/home-manager/archive/master.tar.gz home-manager && nix-channel --update',
          ),
        ),
      ),
      because(
        'root has no channel, or it was never fetched: sudo uses the channels of root',
        'sudo nix-channel --list; echo "$NIX_PATH"',
        runAsRoot('fetch the channels', 'nix-channel --update'),
        runAsRoot('add one first', 'nix-channel --add https://channels.nixos.org/nixos-unstable nixos'),
      ),
      because(
        'a flake uses <…>, which looks outside of it',
        null,
        advise('take it from the inputs of the flake instead: inputs.nixpkgs, pkgs'),
      ),
    ],
    brings: ['search-path-entry-missing'],
  },
  {
    id: 'search-path-entry-missing',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("warning: Nix search path entry '<path>' does not exist, ignoring"),
        "warning: Nix search path entry '/nix/var/nix/profiles/per-user/root/channels' does not exist, ignoring",
        'nix-community/NixOS-WSL#329',
      ),
    ],
    title: '{path} is in NIX_PATH and not there',
    causes: [
      because(
        'channels were never fetched, or are not used (flakes): then it is harmless',
        'nix-channel --list',
        runAsRoot('fetch the channels', 'nix-channel --update'),
        configure('or do without channels', ['nix.channel.enable = false;']),
      ),
    ],
  },
  {
    id: 'import-from-derivation-denied',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "error: cannot build '<drv>' during evaluation because the option 'allow-import-from-derivation' is disabled",
        ),
        "error: cannot build '/nix/store/pzqxfmyy8ggx5ckj0rx9grkchm6sp8wd-my-codegen-output.drv' during evaluation because the option 'allow-import-from-derivation' is disabled",
        'NixOS/nix tag 2.34.0, src/libexpr/primops.cc',
        { since: '2.4' },
      ),
      seen(
        words(
          "error: attempted to realize '<drv>' during evaluation but 'allow-import-from-derivation' is false",
        ),
        "error: attempted to realize '/nix/store/pzqxfmyy8ggx5ckj0rx9grkchm6sp8wd-my-codegen-output.drv' during evaluation but 'allow-import-from-derivation' is false",
        'NixOS/nix tag 2.3, src/libexpr/primops.cc',
        { until: '2.3' },
      ),
    ],
    title: 'the evaluation needs {drv} built, which is not allowed here',
    causes: [
      because(
        'an expression reads what a build makes (import from derivation), and this command or machine forbids it',
        'nix config show allow-import-from-derivation',
        run('allow it for one command', 'nix build --option allow-import-from-derivation true INSTALLABLE'),
        advise('or generate the file beforehand, and keep it in the repository'),
      ),
    ],
  },
  {
    id: 'impure-path',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: access to (?:absolute )?path ['"‘](?<path>[^\n]+?)['"’] is forbidden in pure eval(?:uation)? mode/,
        "error: access to absolute path '/etc/passwd' is forbidden in pure evaluation mode (use '--impure' to override)",
        'Nix 2.34.8, nix eval --expr \'import /etc/passwd\'; 2.8.0 says "pure eval mode"',
      ),
      seen(
        words("error: in pure evaluation mode, '<path>' requires a '<hash>' argument"),
        "error: in pure evaluation mode, 'fetchTarball' requires a 'sha256' argument",
        'Nix 2.8.0 and 2.34.8',
      ),
    ],
    title: 'a flake may not read {path}: what is outside of it could change',
    causes: [
      where(
        { path: /^fetch/ },
        because(
          'what is fetched needs a hash in a flake',
          null,
          advise('make it an input of the flake, or add its sha256'),
        ),
      ),
      where(
        { path: /^\/nix\/store\// },
        because(
          'it is a file of the store that the flake does not contain: most often git does not track it',
          'git status --short',
          run('let git know of new files (no commit is needed)', 'git add --intent-to-add .'),
        ),
      ),
      because(
        'the expression names an absolute path',
        null,
        advise('move the file into the flake and name it relatively: ./file.nix'),
        run(
          'allow it for one command',
          'nix build --impure INSTALLABLE',
          'the result then depends on the machine',
        ),
      ),
    ],
  },
  {
    id: 'restricted-mode',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: access to (?:(?:absolute )?path|URI) ['"‘](?<path>[^\n]+?)['"’] is forbidden in restricted mode/,
        "error: access to absolute path '/etc/passwd' is forbidden in restricted mode",
        'Nix 2.8.0 and 2.34.8, --option restrict-eval true',
      ),
    ],
    title: 'restrict-eval forbids {path}',
    causes: [
      because(
        'a CI (Hydra) or nix.conf sets restrict-eval: only NIX_PATH, and the addresses in allowed-uris, may be read',
        'nix config show allowed-uris',
        configure('allow the address', ['nix.settings.allowed-uris = [ "ADDRESS" ];']),
        advise('for a path: add it to NIX_PATH of that evaluation'),
      ),
    ],
  },
  {
    id: 'path-not-in-store',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: path '<path>' is not in the Nix store"),
        'error: path "/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x" is not in the Nix store',
        'Nix 2.34.8, nix-store -r with another store directory',
      ),
    ],
    title: '{path} is no path of the store',
    causes: [
      because(
        'a command that wants a store path was given another one, or a link to it is broken',
        'readlink -f {path}',
        advise('give it the path below /nix/store, whole'),
      ),
    ],
  },
  {
    id: 'not-a-derivation',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: expression does not evaluate to a derivation (or a set or list of those)'),
        'error: expression does not evaluate to a derivation (or a set or list of those)',
        'Nix 2.8.0 and 2.34.8, nix-build -E 1',
      ),
      seen(
        words("error: expected flake output attribute '<attribute>' to be a derivation"),
        "error: expected flake output attribute 'a' to be a derivation or path but found a set: { }",
        'Nix 2.34.8, nix build of an empty set',
        { since: '2.23' },
      ),
      seen(
        words("error: flake output attribute '<attribute>' is not a derivation"),
        "error: flake output attribute 'a' is not a derivation",
        'Nix 2.8.0, nix build of an empty set',
      ),
    ],
    title: 'what was named is nothing that can be built',
    causes: [
      because(
        'it is a set of packages or a function: a name is missing behind it',
        'nix flake show',
        advise('name one package: nix-build FILE -A NAME, nix build .#NAME'),
      ),
    ],
  },
  {
    id: 'file-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: path '<path>' does not exist"),
        "error: path '/mx/w/nothere.nix' does not exist",
        'Nix 2.34.8, import ./nothere.nix',
        { since: '2.20' },
      ),
      seen(
        words("error: getting status of '<path>': No such file or directory"),
        "error: getting status of '/mx/w/nothere.nix': No such file or directory",
        'Nix 2.8.0, import ./nothere.nix',
      ),
      seen(
        words("error: opening file '<path>': No such file or directory"),
        "error: opening file '/mx/w/nothere': No such file or directory",
        'Nix 2.8.0, builtins.readFile ./nothere',
      ),
    ],
    title: '{path} is not there',
    causes: [
      where({ path: /^\/nix\/store\/[^/]+\// }, untracked),
      where(
        { path: /^\/nix\/store\/[^/]+\/?$/ },
        because(
          'the store lost it: it was deleted by hand, or its disk has errors',
          'nix-store --verify-path {path}',
          runAsRoot('fetch or build it again', 'nix-store --repair-path {path}'),
          advise('look for errors of the disk before: nixpulse diagnose'),
        ),
      ),
      because(
        'the name is misspelt, or relative to another file than was thought',
        null,
        advise('paths in Nix are relative to the file that they stand in'),
      ),
      because(
        'a directory without default.nix is imported',
        null,
        advise('name the file, or add a default.nix to it'),
      ),
    ],
  },
];

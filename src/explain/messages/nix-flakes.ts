/** What Nix says of flakes: their files, inputs, locks, and the git repositories that they are in. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixFlakes: readonly KnownMessage[] = [
  {
    id: 'flake-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: could not find a flake.nix file'),
        'error: could not find a flake.nix file',
        'Nix 2.8.0 and 2.34.8, nix build .#x',
        { since: '2.6' },
      ),
      seen(
        words("error: path '<path>' is not part of a flake"),
        "error: path '/mx/w' is not part of a flake (neither it nor its parent directories contain a 'flake.nix' file)",
        'NixOS/nix tag 2.34.0, src/libflake/flakeref.cc',
        { since: '2.6' },
      ),
      seen(
        words("error: path '<path>' is not a flake (because it doesn't contain a 'flake.nix' file)"),
        "error: path '/mx/w' is not a flake (because it doesn't contain a 'flake.nix' file)",
        'NixOS/nix tag 2.34.0, src/libflake/flakeref.cc',
        { since: '2.4' },
      ),
    ],
    title: 'there is no flake.nix here, nor in a directory above',
    causes: [
      because(
        'the command ran in another directory, or the flake is elsewhere',
        'ls flake.nix /etc/nixos/flake.nix',
        run('name the directory of the flake', 'nix flake show /etc/nixos'),
      ),
      because(
        'flake.nix is new, and git does not track it yet',
        'git status --short flake.nix',
        run('let git know of it (no commit is needed)', 'git add --intent-to-add flake.nix'),
      ),
    ],
  },
  {
    id: 'flake-attribute-unsupported',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: flake '<flake>' has an unsupported attribute '<attribute>', at <place:line>"),
        "error: flake 'git+file:///mx/w/g' has an unsupported attribute 'frob', at /mx/w/g/flake.nix:1:3",
        'Nix 2.34.8 (2.8.0 names a path of the store)',
        { since: '2.4' },
      ),
    ],
    title: 'flake.nix may not have {attribute} at that place',
    causes: [
      because(
        'a flake has only description, inputs, outputs and nixConfig; everything else belongs into outputs',
        null,
        advise('move it, see {place}; inputs have url, flake, follows and inputs'),
      ),
    ],
  },
  {
    id: 'flake-not-static',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: expected a set but got a thunk at <place:line>'),
        'error: expected a set but got a thunk at /mx/w/g/flake.nix:1:3',
        'Nix 2.34.8 (2.8.0 names a path of the store)',
      ),
      seen(
        words('error: expected a string but got a thunk at <place:line>'),
        'error: expected a string but got a thunk at /nix/store/xl93mvq21hk8ci4ng8ymd34wymz2gl49-source/flake.nix:3:3',
        'NixOS/nix tag 2.8.0, src/libexpr/flake/flake.cc',
      ),
    ],
    title: 'what stands in flake.nix outside of outputs must be plain data',
    causes: [
      because(
        'Nix reads description and inputs without evaluating: no let, no with, no function, no operators, nothing put into text',
        null,
        advise('write the values out, see {place}'),
      ),
    ],
  },
  {
    id: 'flake-registry-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: cannot find flake '<flake>' in the flake registries"),
        "error: cannot find flake 'flake:nixpkgs' in the flake registries",
        'Nix 2.34.8, nix build nixpkgs#x without a registry',
        { since: '2.4' },
      ),
    ],
    title: 'no registry knows {flake}',
    causes: [
      because(
        'a directory was meant: without ./ a name is looked up in the registries',
        'nix registry list',
        advise('write ./NAME or path:NAME'),
      ),
      because(
        'an input of outputs = { self, NAME }: is not declared in inputs',
        null,
        advise('declare it: inputs.NAME.url = "…";'),
      ),
      because(
        'the registry could not be fetched, or is switched off (flake-registry)',
        'nix config show flake-registry',
        run('name the flake in full', 'nix build github:NixOS/nixpkgs/nixos-unstable#NAME'),
      ),
    ],
  },
  {
    id: 'lock-not-writable',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: cannot write modified lock file of flake '<flake>'"),
        "error: cannot write modified lock file of flake 'github:nix-community/home-manager' (use '--no-write-lock-file' to ignore)",
        'NixOS/nix#6541',
        { since: '2.4' },
      ),
    ],
    title: 'the lock file of {flake} would have to change, and it cannot be written',
    causes: [
      because(
        'the flake is read from elsewhere (GitHub, the registry), and its flake.lock lacks inputs or is not there',
        'nix flake metadata {flake}',
        run(
          'go on without writing it',
          'nix build --no-write-lock-file {flake}',
          'inputs that are not locked may change from one time to the next',
        ),
        advise('or lock it where it is kept, and push that'),
      ),
    ],
  },
  {
    id: 'lock-changes-denied',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: flake '<flake>' requires lock file changes but they're not allowed"),
        "error: flake 'path:/mx/w/f' requires lock file changes but they're not allowed due to '--no-update-lock-file'",
        'Nix 2.8.0 and 2.34.8, nix eval --no-update-lock-file',
        { since: '2.4' },
      ),
    ],
    title: 'flake.nix has inputs that flake.lock does not have yet',
    causes: [
      because(
        'an input was added or changed in flake.nix, and flake.lock was not written or not committed',
        'git status --short flake.nix flake.lock',
        run(
          'write it, and commit it',
          'nix flake lock',
          'only inputs that are new or changed are fetched anew',
        ),
      ),
    ],
  },
  {
    id: 'input-unlocked',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: cannot update unlocked flake input '<input>' in pure mode"),
        "error: cannot update unlocked flake input 'nixpkgs' in pure mode",
        'NixOS/nix tag 2.34.0, src/libflake/flake.cc',
        { since: '2.13' },
      ),
      seen(
        /error: in pure evaluation mode, ['"‘](?<fetcher>[^\n]+?)['"’] (?:doesn't|will not) fetch unlocked input ['"‘](?<input>[^\n]+?)['"’]/,
        "error: in pure evaluation mode, 'fetchGit' doesn't fetch unlocked input 'git+file:///mx/w/h?exportIgnore=1'",
        'Nix 2.34.8, builtins.fetchGit without rev',
        { since: '2.21' },
      ),
      seen(
        words("error: in pure evaluation mode, '<input>' requires a locked input"),
        "error: in pure evaluation mode, 'fetchTree' requires a locked input, at (string):1:1",
        'Nix 2.8.0, builtins.fetchGit without rev',
        { since: '2.7', until: '2.20' },
      ),
      seen(
        words("error: cannot call 'getFlake' on unlocked flake reference '<input>'"),
        "error: cannot call 'getFlake' on unlocked flake reference 'git+file:///etc/nixos?narHash=sha256-0000000000000000000000000000000000000000000=', at «none»:0 (use --impure to override)",
        'NixOS/nix#11834',
        { since: '2.7' },
      ),
    ],
    title: '{input} has no revision, so what it is could change',
    causes: [
      because(
        'a flake may only fetch what a revision or a hash pins down',
        null,
        advise('make it an input of the flake, or add rev (and narHash)'),
        run(
          'allow it for one command',
          'nix build --impure INSTALLABLE',
          'the result then depends on when it is built',
        ),
      ),
    ],
  },
  {
    id: 'nar-hash-mismatch',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: NAR hash mismatch in input ['"‘](?<input>[^\n]+?)['"’],? (?:\([^)\n]*\), )?expected ['"‘](?<one>[^\n]+?)['"’](?:,| but) got (?:['"‘](?<other>[^\n]+?)['"’]|none)/,
        "error: NAR hash mismatch in input 'github:commercialhaskell/all-cabal-hashes/82e253f8bf75aec8127af50889725d2e611c96c4' (/nix/store/dm3b0dar6k7zpsrqnswvw492yf3mrv4w-source), expected 'sha256-78GM9GAAzGWon3slfeddEYwDzNiI2/F3UCNViEkIz5Q=', got 'sha256-bmNRwvgv1dBJSceRLmebwrczvcI+0sXj0Vkv3bfmZYg='",
        'alpmestan/ghc.nix#157; 2.34.8 says "but got"',
        { since: '2.4' },
      ),
      seen(
        /error: mismatch in field ['"‘]narHash['"’] of input ['"‘](?<input>[^\n]+?)['"’], got/,
        'error: mismatch in field \'narHash\' of input \'{"__final":true,"lastModified":1742889210,"narHash":"sha256-hw63HnwnqU3ZQfsMclLhMvOezpM7RSB0dMAtD5/sOiw=","owner":"flox","repo":"nixpkgs","rev":"698214a32beb4f4c8e3942372c694f40848b360d","type":"github"}\', got',
        'flox/flox#3038',
        { since: '2.25' },
      ),
    ],
    title: 'what was fetched for {input} is not what flake.lock has the hash of',
    causes: [
      where(
        { input: /^path:/ },
        because(
          'the directory has changed since it was locked',
          'git diff --stat flake.lock',
          run('lock what is there now', 'nix flake update INPUT'),
        ),
      ),
      where(
        { input: /^https?:/ },
        because(
          'the address always serves the newest, so its content has changed',
          null,
          advise('use an address that names a version'),
          run('lock what is there now', 'nix flake update INPUT', 'what it is then has not been seen before'),
        ),
      ),
      because(
        'another version of Nix locked it (submodules, LFS, export-ignore and upper case are treated differently)',
        'nix --version',
        run(
          'lock it anew',
          'nix flake update INPUT',
          'a changed content is trusted thereby: look at the difference first',
        ),
      ),
      because(
        'an old copy is in the cache of fetches',
        'ls ~/.cache/nix',
        run('fetch anew', 'nix flake metadata --refresh'),
      ),
    ],
  },
  {
    id: 'lock-file-unreadable',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: lock file '<file>' has unsupported version <version:number>"),
        "error: lock file '/mx/store/l90nshszgj171v4kvpibggmim3p4ilvh-source/flake.lock' has unsupported version 99",
        'Nix 2.8.0 and 2.34.8 with such a flake.lock',
        { since: '2.4' },
      ),
      seen(
        words("error: Could not parse '<file>': [json.exception.parse_error"),
        "error: Could not parse '/mx/store/ykd0jq3mlbb45rrvdrc2hbs3b3avqmil-source/flake.lock': [json.exception.parse_error.101] parse error at line 1, column 1: syntax error while parsing value - invalid literal; last read: '<'",
        'Nix 2.34.8 with a flake.lock in conflict',
        { since: '2.29' },
      ),
    ],
    title: 'flake.lock cannot be read',
    causes: [
      because(
        'a merge left its marks in it',
        'grep -n "<<<<<<<" flake.lock',
        run(
          'take one side, then lock what it lacks',
          'git checkout --ours flake.lock && nix flake lock',
          'updates of the other side',
        ),
      ),
      because(
        'a newer Nix wrote it',
        'nix --version',
        advise('use a newer Nix, or lock it anew with the one that is there'),
      ),
    ],
  },
];

/** What Nix says of git repositories, and git in its name. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixGit: readonly KnownMessage[] = [
  {
    id: 'git-not-owned',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words(
          "error: opening Git repository '<repository>': repository path '<path>' is not owned by current user",
        ),
        'error: opening Git repository "/mx/w/g": repository path \'/mx/w/g\' is not owned by current user (libgit2 error code = 7)',
        'Nix 2.34.8, nix eval ./g#a as another user',
        { since: '2.20' },
      ),
      seen(
        words("error: repository path '<path>' is not owned by current user"),
        "error:\n       … while fetching the input 'git+file:///etc/nixos'\n\n       error: repository path '/etc/nixos' is not owned by current user",
        'libgit2, src/libgit2/repository.c validate_ownership()',
        { since: '2.20' },
      ),
      seen(
        /fatal: detected dubious ownership in repository at ['"‘](?<path>[^\n]+?)['"’]/,
        "fatal: detected dubious ownership in repository at '/mx/w/g'",
        'Nix 2.8.0 with git 2.47, nix eval ./g#a as another user',
      ),
    ],
    title: '{path} belongs to another user, so git does not read it',
    causes: [
      because(
        'the configuration belongs to a user and the rebuild runs as root (or the other way round)',
        'ls -ld {path} {path}/.git',
        run(
          'build as the owner, and let the tool become root by itself',
          'nixos-rebuild switch --sudo --flake {path}',
        ),
        runAsRoot(
          'tell git that root may read it',
          'git config --global --add safe.directory {path}',
          'git then runs what the hooks and settings of that repository say',
        ),
        advise('or give the directory to root: chown -R root', 'the user can no longer edit it'),
      ),
    ],
    brings: ['git-failed'],
  },
  {
    id: 'git-revision-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: Cannot find Git revision '<revision>' in ref '<ref>' of repository '<repository>'"),
        "error: Cannot find Git revision 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' in ref 'master' of repository '/mx/w/h'! Please make sure that the rev exists on the ref you've specified or add allRefs = true; to fetchGit.",
        'Nix 2.8.0, builtins.fetchGit with such a rev',
        { since: '2.4' },
      ),
      seen(
        words("error: getting Git object '<revision>': object not found"),
        "error: getting Git object 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa': object not found - no match for id (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) (libgit2 error code = 9)",
        'Nix 2.34.8, builtins.fetchGit with such a rev',
        { since: '2.20' },
      ),
      seen(
        words("error: resolving Git reference '<revision>': revspec"),
        "error: resolving Git reference 'nothere': revspec 'nothere' not found (libgit2 error code = 4)",
        'Nix 2.34.8, builtins.fetchGit with such a ref',
        { since: '2.20' },
      ),
    ],
    title: 'the repository has no {revision}',
    causes: [
      because(
        'it was never pushed, or a forced push has removed it',
        'git ls-remote URL',
        advise('push it, or use a revision that is there'),
      ),
      because(
        'it is on another branch, or the repository was fetched shallowly',
        null,
        advise('name the branch (ref), or set allRefs = true; drop shallow=1'),
      ),
    ],
  },
  {
    id: 'git-fetch-failed',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: Failed to fetch git repository '<url>'"),
        "error: Failed to fetch git repository 'https://nothere.invalid/x'",
        'Nix 2.34.8, builtins.fetchGit of such an address',
        { since: '2.31' },
      ),
    ],
    title: 'git could not fetch {url}',
    causes: [
      where(
        { url: /^ssh:|@/ },
        because(
          'the user that fetches has no key for it: under sudo that is root, in a build it is the daemon',
          'git ls-remote {url}',
          run('fetch it as the user before', 'nix flake archive'),
        ),
      ),
      because(
        'the address is wrong, private, or not reachable from here',
        'git ls-remote {url}',
        advise('look at what git said above it'),
        configure('for private repositories over https', ['nix.settings.netrc-file = "/etc/nix/netrc";']),
      ),
    ],
    brings: ['git-failed'],
  },
  {
    id: 'git-failed',
    from: 'nix',
    rank: 'consequence',
    wordings: [
      seen(
        words("error: program 'git' failed with exit code <code:number>"),
        "error: program 'git' failed with exit code 128",
        'Nix 2.8.0, nix eval ./g#a as another user',
      ),
    ],
    title: 'git failed with exit code {code}',
    causes: [
      because('git says why in the lines above', null, advise('read the lines that begin with "fatal:"')),
    ],
  },
  {
    id: 'dirty-tree-denied',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: Git tree '<path>' is dirty"),
        "error: Git tree '/etc/nixos' is dirty",
        'NixOS/nix tag 2.8.0, src/libfetchers/git.cc, with allow-dirty = false',
        { since: '2.4' },
      ),
    ],
    title: '{path} has changes that are not committed, and allow-dirty is off',
    causes: [
      because(
        'the setting allow-dirty = false asks for a commit first',
        'git -C {path} status --short',
        run('commit them', 'git -C {path} commit -a'),
        run(
          'allow it for one command',
          'nix build --option allow-dirty true INSTALLABLE',
          'no revision tells later what was built',
        ),
      ),
    ],
  },
];

/** What Nix says of profiles: packages that collide, names that match nothing, generations. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, seen, where } from './entry.ts';
import { words } from './words.ts';

export const nixProfiles: readonly KnownMessage[] = [
  {
    id: 'profile-conflict',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: An existing package already provides the following file: "?(?<existing>\/\S+?)"? This is the conflicting file from the new package: "?(?<added>\/\S+?)"?$/,
        'error: An existing package already provides the following file:\n\n         /nix/store/67yh68h0zfglrfh5411mwiwiszdwciyq-jj-1.9.2/bin/jj\n\n       This is the conflicting file from the new package:\n\n         /nix/store/dw9k7qnhjjdyjsj0d11ajks4fds21x40-jujutsu-0.22.0/bin/jj\n',
        'NixOS/nix#11632',
        { since: '2.15' },
      ),
      seen(
        /(?:error: )?(?:packages|files) ['"‘](?<existing>[^\n]+?)['"’] and ['"‘](?<added>[^\n]+?)['"’] have the same priority (?<priority>\d+)/,
        "error: packages '/nix/store/g124820p9hlv4lj8qplzxw1c44dxaw1k-hello-2.12/share/info/hello.info' and '/nix/store/bycfqd9pi8ik14dflid8h71ib926icg7-hello-2.10/share/info/hello.info' have the same priority 5; use 'nix-env --set-flag priority NUMBER INSTALLED_PKGNAME' to change the priority of one of the conflicting packages (0 being the highest priority)",
        'NixOS/nix#6406',
        { until: '2.14' },
      ),
    ],
    title: 'two packages of the profile have the same file: {existing} and {added}',
    causes: [
      because(
        'another version of the same package is installed already',
        'nix profile list',
        run('bring the installed one up to date instead', 'nix profile upgrade NAME'),
        run('or remove it before', 'nix profile remove NAME'),
      ),
      because(
        'two different packages have a file of that name (before 2.36 the message may name them the wrong way round)',
        'ls -l {existing} {added}',
        run('let one of them win (a smaller number wins)', 'nix profile install --priority 4 INSTALLABLE'),
      ),
    ],
    brings: [
      'units-failed',
      'unit-exited',
      'unit-result',
      'build-exit',
      'dependency-failed',
      'builds-failed',
    ],
  },
  {
    id: 'environment-conflict',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: two given paths contain a conflicting subpath: [`'"‘](?<existing>\/[^\n]+?)['"’] (?:and|a…) [`'"‘](?<added>\/[^\n]+?)['"’]/,
        "pkgs.buildEnv error: two given paths contain a conflicting subpath:\n  `/nix/store/1z7r1w6h3y6wl1cdbc5j9zpi0lyiww19-whisper-cpp-1.8.5/lib/libggml-cpu-cascadelake.so' and\n  `/nix/store/2x8s9rzy91y30zasqw1yhg4ix9plamvn-handy-0.9.0/lib/libggml-cpu-cascadelake.so'",
        'numtide/llm-agents.nix#6437',
      ),
      seen(
        words("collision between '<existing>' and '<added>'; use 'nix-env --set-flag"),
        'collision between ‘/nix/store/hrws54iz93a1xbknjpvwk0c4qfkqabwn-git-2.12.2/bin/git’ and ‘/nix/store/0fz2gah42mzw7zd61rzdsx5rzik4m5pp-coreEnv/bin/git’; use ‘nix-env --set-flag priority NUMBER PKGNAME’ to change the priority of one of the conflicting packages',
        'luke-clifton/nix-config#1',
      ),
      seen(
        /error: collision between ['"‘`](?<existing>[^\n]+?)['"’] and (?:non-)?(?:directory )?['"‘`](?<added>[^\n]+?)['"’]/,
        "error: collision between '/nix/store/a-x/bin' and non-directory '/nix/store/b-y/bin'",
        'NixOS/nix tag 2.8.0, src/libstore/builtins/buildenv.cc',
      ),
    ],
    title: 'two packages of one environment have the same file: {existing} and {added}',
    causes: [
      because(
        'the same package is in the list twice, in two versions or from two inputs',
        'nix-store --query --references {existing} | head',
        advise('keep one of both in environment.systemPackages or home.packages'),
      ),
      because(
        'two different packages have a file of that name',
        'ls -l {existing} {added}',
        configure('let one of them win', [
          'environment.systemPackages = [ (lib.hiPrio pkgs.NAME) pkgs.OTHER ];',
        ]),
      ),
    ],
    brings: ['build-exit', 'dependency-failed', 'builds-failed'],
  },
  {
    id: 'selector-matches-nothing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: selector '<selector>' matches no derivations"),
        "error: selector 'nothere' matches no derivations",
        'Nix 2.8.0 and 2.34.8, nix-env -q nothere',
      ),
      seen(
        words("warning: selector '<selector>' matched no installed derivations"),
        "warning: selector 'nothere' matched no installed derivations",
        'Nix 2.8.0 and 2.34.8, nix-env -e nothere',
      ),
      seen(
        words("'<selector>' does not match any packages in the profile"),
        "warning: Package name 'nothere' does not match any packages in the profile.",
        'NixOS/nix tag 2.34.0, src/nix/profile.cc',
        { since: '2.7' },
      ),
    ],
    title: 'no package is called {selector} there',
    causes: [
      because(
        'it has another name in the profile, or is installed by the configuration instead',
        'nix-env -q; nix profile list',
        advise('use the name that the list shows'),
      ),
      where(
        { selector: /^[a-z]/ },
        because(
          'the channel does not have it: names of attributes are asked for with -A',
          'nix-channel --list',
          run('ask by attribute', 'nix-env -iA nixpkgs.{selector}'),
        ),
      ),
    ],
  },
  {
    id: 'no-older-generation',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('error: no profile version older than the current (<current:number>) exists'),
        'error: no profile version older than the current (0) exists',
        'Nix 2.8.0 and 2.34.8, nix-env --rollback',
        { since: '2.4' },
      ),
    ],
    title: 'there is no generation older than {current} to go back to',
    causes: [
      because(
        'the older ones were deleted, or this is the first one',
        'ls -l /nix/var/nix/profiles',
        advise('build the configuration as it was instead: check out the older commit, and switch'),
      ),
    ],
  },
];

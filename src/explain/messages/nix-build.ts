/** What Nix says when a build has failed. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, configure, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

const readLog = run('read the whole log, from the first error on', 'nix log {drv}');

export const nixBuild: readonly KnownMessage[] = [
  {
    id: 'builder-missing',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("executing '<builder>': No such file or directory"),
        "error: executing '/nothere': No such file or directory",
        'Nix 2.34.8, a derivation with such a builder',
      ),
    ],
    title: 'the builder {builder} is not there',
    causes: [
      where(
        { builder: /^\/nix\/store\// },
        because(
          'the store lost it, or a file that it is loaded by',
          'nix-store --verify-path "$(echo {builder} | cut -d/ -f1-4)"',
          runAsRoot('fetch or build it again', 'nix-store --repair-path "$(echo {builder} | cut -d/ -f1-4)"'),
        ),
      ),
      because(
        'the derivation names a program outside of the sandbox',
        null,
        advise('use one of the store: bin/bash of pkgs.bash'),
      ),
    ],
    brings: ['build-exit', 'dependency-failed'],
  },
  {
    id: 'build-killed',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: Cannot build '<drv>'. Reason: builder failed due to signal <signal:number> (<name>)"),
        "error: Cannot build '/mx/store/n7xhydjfmm5wbnykkbk2d8mfcmdz8xk6-x.drv'.\n       Reason: builder failed due to signal 9 (Killed).",
        'Nix 2.34.8, a builder that kills itself',
        { since: '2.29' },
      ),
      seen(
        words("builder for '<drv>' failed due to signal <signal:number> (<name>)"),
        "error: builder for '/mx/store/n7xhydjfmm5wbnykkbk2d8mfcmdz8xk6-x.drv' failed due to signal 9 (Killed)",
        'Nix 2.8.0, a builder that kills itself',
        { until: '2.28' },
      ),
    ],
    title: 'a build was ended by signal {signal}',
    causes: [
      where(
        { signal: /^9$/ },
        because(
          'the kernel ran out of memory and killed it',
          'journalctl -k -g "out of memory|oom-kill" -n 20',
          run('build fewer at once, with fewer cores', 'nix build --max-jobs 1 --cores 2 INSTALLABLE'),
          configure('give it swap', ['zramSwap.enable = true;']),
          configure(
            'allow less at once always',
            ['nix.settings.max-jobs = 1;', 'nix.settings.cores = 2;'],
            'builds take longer',
          ),
        ),
      ),
      where(
        { signal: /^9$/ },
        because(
          'somebody ended it: systemd-oomd, earlyoom, an administrator, or nixpulse',
          'journalctl -u systemd-oomd -u earlyoom -n 20',
          advise('build it again'),
        ),
      ),
      where(
        { signal: /^(?:4|11|7|6)$/ },
        because(
          'a program of the build crashed; where it crashes elsewhere each time, memory may be at fault',
          'journalctl -k -g segfault -n 20',
          readLog,
          advise('build it again: if it then fails elsewhere, test the memory (memtest86+)'),
        ),
      ),
      where(
        { signal: /^(?:15|2|1)$/ },
        because('it was told to end, most often at a shutdown', null, advise('build it again')),
      ),
      where(
        { signal: /^(?!(?:1|2|4|6|7|9|11|15)$)/ },
        because('a program of the build was ended by it; its log says what it did', null, readLog),
      ),
    ],
    sameAs: ['signal'],
  },
  {
    id: 'build-killed-from-outside',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("building of '<drv>' from .drv file: killed"),
        "building of '/nix/store/8y53bxszcjdjsj95d7z13pk83nwl10k6-stuck-3.1.drv' from .drv file: killed",
        'NixOS/nix tag 2.8.0, src/libstore/build/worker.cc',
      ),
    ],
    title: 'the build was ended from outside',
    causes: [
      because(
        'the kernel, a guard of memory, an administrator or nixpulse ended it',
        'journalctl -k -g "out of memory|oom-kill" -n 20',
        advise('build it again, with fewer builds at once if memory was short'),
      ),
    ],
    sameAs: ['killed'],
  },
  {
    id: 'build-exit',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words("error: Cannot build '<drv>'. Reason: builder failed with exit code <code:number>"),
        "error: Cannot build '/nix/store/lia4snc4328ylyh7146zx0i25yvm9nbx-llvm-18.1.8.drv'.\n       Reason: builder failed with exit code 3.",
        'recorded stream flake-fail of nixos-rebuild on Nix 2.34.8',
        { since: '2.29' },
      ),
      seen(
        words("builder for '<drv>' failed with exit code <code:number>"),
        "error: builder for '/nix/store/bnn2b55viwnqvlb89f7yyrjmsa2d8s9h-bad-0.9.drv' failed with exit code 2",
        'recorded stream nixbuild-fail of Nix 2.8.0',
        { until: '2.28' },
      ),
    ],
    title: 'a build failed with exit code {code}',
    causes: [
      where(
        { code: /^137$/ },
        because(
          'a program of it was killed (128 + 9): most often memory ran out',
          'journalctl -k -g "out of memory|oom-kill" -n 20',
          run('build fewer at once, with fewer cores', 'nix build --max-jobs 1 --cores 2 INSTALLABLE'),
        ),
      ),
      where(
        { code: /^(?:134|139|132|135)$/ },
        because(
          'a program of it crashed (128 + the signal)',
          'journalctl -k -g segfault -n 20',
          advise('build it again; if it fails elsewhere each time, test the memory'),
        ),
      ),
      where(
        { code: /^127$/ },
        because(
          'a command was not found: a tool is missing in nativeBuildInputs',
          null,
          advise('add the package that has the command to nativeBuildInputs'),
        ),
      ),
      where(
        { code: /^126$/ },
        because(
          'a file could not be executed: a script without mode x, or one whose interpreter is not in the sandbox',
          null,
          advise('run patchShebangs on it before'),
        ),
      ),
      because(
        'a command of the build failed: its own words stand in the log, above the last lines',
        null,
        readLog,
        run('look into its directory after it failed', 'nix build --keep-failed INSTALLABLE'),
        advise(
          'look whether others have it: search the issues of nixpkgs for the name, and hydra.nixos.org for its state',
        ),
      ),
    ],
    followsFrom: ['builder'],
    brings: ['dependency-failed', 'builds-failed'],
    sameAs: ['exit'],
  },
  {
    id: 'build-timed-out',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /(?:building of ['"‘](?<drv>[^\n]+?)['"’] from \.drv file|['"‘](?<path>[^\n]+?\.drv)['"’]|error:) timed out after (?<seconds>\d+) seconds(?<silent> of silence)?/,
        "error: building of '/nix/store/8y53bxszcjdjsj95d7z13pk83nwl10k6-stuck-3.1.drv!out' from .drv file timed out after 2 seconds of silence",
        'recorded stream nixbuild-timeout of Nix 2.8.0; 2.34.8 says only "timed out after 2 seconds"',
      ),
    ],
    title: 'a build was ended by its limit of {seconds} seconds',
    causes: [
      where(
        { silent: /silence/ },
        because(
          'it wrote nothing for so long (max-silent-time): it waits for something, or works in silence',
          'nix config show max-silent-time',
          advise('look what it does the next time, while it is silent: nixpulse'),
          run('allow more for once', 'nix build --max-silent-time 7200 INSTALLABLE'),
        ),
      ),
      because(
        'it took, or was silent for, longer than timeout or max-silent-time allow: it hangs, or the machine is too slow for it',
        'nix config show timeout max-silent-time',
        run('allow more for once', 'nix build --timeout 36000 --max-silent-time 7200 INSTALLABLE'),
        configure(
          'allow more always',
          ['nix.settings.timeout = 36000;', 'nix.settings.max-silent-time = 7200;'],
          'what hangs is noticed later',
        ),
      ),
      because(
        'it waits for the network, which a sandbox does not have',
        null,
        advise('fetch with a fetcher beforehand, and switch tests off that need the network'),
      ),
    ],
    brings: ['dependency-failed', 'builds-failed'],
    sameAs: ['timeout'],
  },
  {
    id: 'log-too-long',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words('killed after writing more than <bytes:number> bytes of log output'),
        "error: building derivation '/mx/store/i8dzgf97mpsmz85vii2xp25a23j3chrp-x.drv' killed after writing more than 1000 bytes of log output",
        'Nix 2.34.8, --option max-build-log-size 1000',
      ),
    ],
    title: 'a build was ended because it wrote more than {bytes} bytes of log',
    causes: [
      because(
        'it writes the same again and again, or is very talkative',
        'nix config show max-build-log-size',
        advise('read the end of its log: a loop is seen there'),
        configure(
          'allow more (0: any)',
          ['nix.settings.max-build-log-size = 0;'],
          'a loop can fill the disk',
        ),
      ),
    ],
    brings: ['dependency-failed', 'builds-failed'],
    sameAs: ['log-limit'],
  },
  {
    id: 'post-build-hook-failed',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: program ['"‘](?<program>\/[^\n]+?)['"’] failed with exit code (?<code>\d+)/,
        'error: program "/bin/false" failed with exit code 1',
        'Nix 2.34.8, --post-build-hook /bin/false',
      ),
    ],
    title: '{program}, which Nix runs, failed with exit code {code}',
    causes: [
      because(
        'the post-build-hook failed, most often at uploading to a cache: the build itself was done',
        'nix config show post-build-hook',
        advise('look at the lines above; let the hook end with 0 where the cache may be away'),
      ),
    ],
  },
  {
    id: 'builds-failed',
    from: 'nix',
    rank: 'consequence',
    wordings: [
      seen(
        /error: build of (?<drvs>['"‘][^\n]+['"’]) failed$/,
        "error: build of '/mx/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x' failed",
        'Nix 2.8.0, nix-store -r',
      ),
    ],
    title: 'what was asked for was not built',
    causes: [because('something above it failed', null, advise('read the first error above'))],
  },
  {
    id: 'dependency-failed',
    from: 'nix',
    rank: 'consequence',
    wordings: [
      seen(
        /error: Cannot build ['"‘](?<drv>[^\n]+?)['"’]\. Reason: (?<count>\d+) dependenc(?:y|ies) failed/,
        "error: Cannot build '/nix/store/9vf46v4cc8x5iwchcp75myrv1z8j4mna-nixos-system-fx-26.05.20260801.abcdef0.drv'.\n       Reason: 1 dependency failed.",
        'recorded stream flake-fail of nixos-rebuild on Nix 2.34.8',
        { since: '2.29' },
      ),
      seen(
        /error: (?<count>\d+) dependenc(?:y|ies) of derivation ['"‘](?<drv>[^\n]+?)['"’] failed to build/,
        "error: 1 dependencies of derivation '/nix/store/vcw1786gcwvkbgz4j0r879jlfrr86cws-top-1.0.drv' failed to build",
        'recorded stream nixbuild-fail of Nix 2.8.0',
        { since: '2.4', until: '2.28' },
      ),
      seen(
        /cannot build derivation ['"‘](?<drv>[^\n]+?)['"’]: (?<count>\d+) dependenc(?:y|ies) couldn't be built/,
        "cannot build derivation '/nix/store/2vx6pm4xi8vsfiwgyy3n62zfsp626j89-baseXEnv.drv': 1 dependencies couldn't be built",
        'luke-clifton/nix-config#1',
        { until: '2.3' },
      ),
    ],
    title: '{drv} was not built because of what it needs',
    causes: [
      because(
        'a build that it needs has failed: the cause stands above',
        null,
        advise('read what stands above the first of these lines'),
      ),
    ],
  },
];

/** What the README says first: what it is, how to start and install it. */
import type { Claim } from './claim.ts';

export const startClaims: readonly Claim[] = [
  {
    says: 'one look tells what the machine is short of (memory, disk, CPU)',
    shownBy: {
      'model/machine/shortages.test.ts': ['words say which line is high'],
      'components/screen.test.tsx': ['overview'],
    },
  },
  {
    says: 'which derivation takes it',
    shownBy: {
      'diagnose/incident.test.ts': [
        'names the linker within five seconds of memory being short, and no other build',
      ],
    },
  },
  {
    says: 'and since when.',
    shownBy: {
      'model/machine/pressure.test.ts': ['of each level it is known since when, whatever came before'],
    },
  },
  {
    says: 'one key and one `y` kill or pause that one build',
    shownBy: {
      'lab/keys.test.ts': [
        'k, y: the build is gone, its siblings go on with --keep-going, the journal has it',
        'p, p: everything of it stands still, with a clock; then it goes on',
      ],
    },
  },
  {
    says: 'cancel its client, roll back, or verify the store.',
    shownBy: {
      'lab/keys.test.ts': ['c cancels the client of the selected build, and it says that it was interrupted'],
      'lab/generations.test.ts': ['switch to generation %d'],
      'lab/store.test.ts': ['flipped, truncated, deleted, deleted with referrers: found, and nothing else'],
    },
  },
  {
    says: 'Where nobody watches a guard does the gentlest of it that helps',
    shownBy: {
      'guard/policy.test.ts': [
        'the next action comes after a rest, and each only once',
        'nothing harsher than it is worth',
      ],
      'lab/guard.test.ts': [
        'what takes too much is paused, then killed; an honest build beside it lives; each is told',
      ],
    },
  },
  {
    says: 'afterwards a report says what happened.',
    shownBy: { 'format/report/report.test.ts': ['says what the demo is about'] },
  },
  {
    says: 'It finds the builds by itself, of every client and every user',
    shownBy: {
      'lab/nix.test.ts': [
        'five parallel builds are named with their users within 2 ticks',
        "a user sees root's builds and his own, with and without sandbox",
        'a direct build is shown below its client (sandbox: %s)',
      ],
    },
  },
  {
    says: 'needs neither a wrapper nor a setting.',
    shownBy: { 'lab/nix.test.ts': ['the launcher says the same, and how the daemon is'] },
  },
  {
    says: 'With the log of a rebuild it also tells phases, downloads, what is planned',
    shownBy: {
      'lab/logs.test.ts': [
        'five parallel builds: each process tree has its own phase and log',
        'a slow cache: bytes and speed are what the server sends',
      ],
      'logs/tree.test.ts': [
        'failed first, then what runs, the longest first, then what waits; the rest is counted',
      ],
    },
  },
  {
    says: 'how long it may still take, and why it failed.',
    shownBy: {
      'lab/logs.test.ts': [
        'how long a rebuild takes is kept, and foretold the next time',
        'every way to fail, with --keep-going',
      ],
    },
  },
  {
    says: 'The overview in an incident: memory full, the disk STALLED, who started what, five builds with their memory and what each does, what happened lately',
    shownBy: {
      'docs/screenshots.test.ts': ['show what they are of', '$name: is current (npm run screenshots)'],
    },
  },
  {
    says: 'A real incident with made-up builds, recorded in the test lab',
    shownBy: {
      'modes/demo.test.ts': [
        'ends both by real kills, whose outcome is an event of the recording',
        'has a storm on the disk, and the disk STALLED for ten seconds, which is critical',
      ],
    },
  },
  {
    says: '`nixpulse demo` replays it.',
    shownBy: {
      'pty/replay.test.ts': ['the demo plays at once, needs nothing, and says at its end what to do next'],
    },
  },
  {
    says: 'On Linux with npm and Node 20 or newer',
    command:
      'd=$(mktemp -d); trap \'rm -rf "$d"\' EXIT; git clone -q . "$d/clone"; cd "$d/clone"; npm ci --silent; npm start --silent -- snapshot --json | grep -q totalBytes; node --version | grep -q "^v2[0-9]"',
  },
  {
    says: 'a newer Node for itself comes along',
    shownBy: {
      'cli/launcher.test.ts': ['its own first, with flags before the bundle and the words after it'],
    },
  },
  {
    says: 'Root sees more',
    shownBy: {
      'lab/nix.test.ts': ["a user sees root's builds and his own, with and without sandbox"],
      'model/forest/derive-forest.test.ts': ['all that the kernel tells, null for the rest'],
    },
  },
  {
    says: 'Without Nix, or to look around first: `bin/nixpulse demo`',
    shownBy: {
      'pty/replay.test.ts': ['the demo plays at once, needs nothing, and says at its end what to do next'],
    },
  },
  {
    says: 'three minutes of a rebuild that runs out of memory and disk.',
    shownBy: {
      'modes/demo.test.ts': [
        'is shown in less than three minutes, its quiet stretches passed over, and is below 1 MB',
        'gets memory critical, so that much of the time is waiting for it, and most of swap is taken',
        'has a storm on the disk, and the disk STALLED for ten seconds, which is critical',
      ],
    },
  },
  {
    says: 'To run the tests:',
    shownBy: { 'docs/readme.test.ts': ['begins with what it is, its picture, and the two commands'] },
  },
  {
    says: 'Every key, every command and option, every setting.',
    shownBy: {
      'docs/readme.test.ts': ['name every command, flag and key'],
      'docs/settings.test.ts': ['has every key as it is (UPDATE_GOLDEN=1 writes them)'],
    },
  },
  {
    says: 'in the checkout: nixpulse-0.1.0.tgz',
    command:
      'npm pack --dry-run --json --ignore-scripts 2>/dev/null | grep -q \'"filename": "nixpulse-0.1.0.tgz"\'',
  },
  {
    says: 'the program and its man pages; nothing is compiled',
    shownBy: {
      'packaging/npm.test.ts': [
        'it looks at this machine',
        'its man pages are where man(1) looks beside its PATH',
        'nothing is installed with it but what is native, and that not where it does not fit',
      ],
    },
  },
  {
    says: 'or a .deb, and a tarball for other systems',
    shownBy: {
      'packaging/debian.test.ts': [
        'it installs where nothing but its dependencies is, and is used',
        'the tarball below /usr/local: it is used, and goes without a trace',
      ],
    },
  },
  {
    says: 'A flake and a module for NixOS',
    shownBy: {
      'packaging/nixos.test.ts': [
        'Nix takes it for a flake, with another nixpkgs',
        'what npm fetches has the hash; from it the program is built, and runs',
      ],
    },
  },
];

/** What the README says of diagnosis, explanations and checks. */
import type { Claim } from './claim.ts';

export const adviceClaims: readonly Claim[] = [
  {
    says: '`6` says it, with the figures it stands on:',
    shownBy: {
      'modes/dashboard/diagnosis.test.tsx': ['%ix%i'],
      'components/diagnosis.test.tsx': ['says that nothing was found, and on what that stands'],
    },
  },
  {
    says: 'The view Diagnosis: a leaking build on top, the hypotheses with what was found, and the path through the questions',
    shownBy: {
      'docs/screenshots.test.ts': ['$name: is current (npm run screenshots)', 'show what they are of'],
    },
  },
  {
    says: 'Every build and client has a verdict: `working`, `slow`, `waiting` (for whom), `STUCK` or `paused`, and since when.',
    shownBy: {
      'format/verdict.test.ts': ['one line'],
      'lab/nix.test.ts': [
        'a builder that waits for a FIFO is stuck, for certain, after two minutes',
        'a loop is told after two minutes, as slow and likely',
      ],
      'diagnose/clients.test.ts': [
        'waits that the log tells',
        'a lock, with its holder',
        'one that gets on is enough; else the best of them decides',
      ],
    },
  },
  {
    says: 'Silence is no proof and CPU is no progress:',
    shownBy: {
      'diagnose/idle.test.ts': ['what must stay silent'],
      'diagnose/busy.test.ts': ['busy without progress', 'a link of forty minutes without a line'],
    },
  },
  {
    says: 'what counts is what moves (CPU, disks, processes, log lines, memory) and where it sleeps.',
    shownBy: {
      'diagnose/idle.test.ts': [
        'begins anew after every sign',
        'is found within two minutes, with where it sleeps',
      ],
      'diagnose/busy.test.ts': ['is likely stuck after a quarter of an hour, never certain'],
    },
  },
  {
    says: 'Eighteen hypotheses, always listed, from a leak over limits, locks, caches and builders to a failing disk and the store.',
    shownBy: {
      'diagnose/cases.test.ts': ['tells of all eighteen, also of a machine of which nothing is known'],
    },
  },
  {
    says: 'What cannot be seen is `untested`, with what it takes, and never `refuted`.',
    shownBy: {
      'components/diagnosis.test.tsx': ['names what of a hypothesis without a finding it takes to see it'],
      'diagnose/decision-path.test.ts': ['never calls refuted what takes a privilege, a log or time to see'],
    },
  },
  {
    says: '`v` shows the evidence for and against, `f` what helps and its risk, `Enter` runs the test that would settle it.',
    shownBy: {
      'modes/dashboard/diagnosis.test.tsx': ['%ix%i'],
      'pty/keys.test.ts': ['why', 'remedies', 'probe'],
      'components/diagnosis.test.tsx': ['why', 'remedies'],
    },
  },
  {
    says: '`nixpulse diagnose` prints all of it and exits with 1 where something is wrong;',
    shownBy: {
      'pty/diagnose.test.ts': [
        'of a recording, at 60 columns: the worst first, a whole tree, no line too long',
      ],
    },
  },
  {
    says: '`--quick` is the first look at a machine: one screen in five seconds.',
    shownBy: {
      'check/quick.test.ts': ['of a sound machine is ok throughout, and fits a screen'],
      'probes/check/quick-facts.test.ts': [
        'is all that answers; what hangs is named, and what was started is ended',
      ],
    },
  },
  {
    says: 'Rules, thresholds with their sources',
    shownBy: {
      'diagnose/work.test.ts': ['every threshold says what it decides and where it comes from'],
      'docs/diagnosis.test.ts': ['has the thresholds as they are (UPDATE_GOLDEN=1 writes them)'],
    },
  },
  {
    says: 'says what an error comes from, the likeliest cause first, each with a command that would confirm it where a short one does',
    shownBy: {
      'explain/pastes.test.ts': ['%s is told first'],
      'explain/messages.test.ts': ['confirms by commands that change nothing'],
      'format/explanation-text.test.ts': ['the first line is the answer'],
      'components/rebuilds.test.tsx': ['followed-failed-why'],
    },
  },
  {
    says: 'the ways out with what they risk.',
    shownBy: {
      'explain/messages.test.ts': ['has a way out of every cause'],
      'explain/remedies.test.ts': [
        'what may be lost by a command that deletes, overwrites, formats or ends is said',
      ],
    },
  },
  {
    says: 'It takes text as people paste it',
    shownBy: {
      'explain/messages.test.ts': ['$name is known in colours, in a quote, of a journal and cut'],
      'explain/explain.test.ts': ['cut in the middle of a word by a terminal of 80 columns'],
    },
  },
  {
    says: 'knows the words of Nix, nixos-rebuild, home-manager, boot loaders, deployment tools, compilers and the kernel.',
    shownBy: {
      'explain/messages.test.ts': ['$name is told as its own message'],
      'explain/deploy-messages.test.ts': ['$id: $example'],
      'docs/explain.test.ts': ['has the messages as they are (UPDATE_GOLDEN=1 writes them)'],
    },
  },
  {
    says: 'Where it knows none it says so and guesses nothing.',
    shownBy: {
      'explain/pastes.test.ts': ['%s is told as that'],
      'modes/explain.test.ts': ['nothing that is known, and nothing at all: 1'],
    },
  },
  {
    says: 'In the dashboard `v` on what failed says the same.',
    shownBy: {
      'components/rebuilds.test.tsx': ['followed-failed-why'],
      'explain/known-messages.test.ts': ['the cause $kind of a log is explained by its fields alone'],
    },
  },
  {
    says: 'All of them: docs/explain.md.',
    shownBy: { 'docs/explain.test.ts': ['has every message'] },
  },
  {
    says: '`nixpulse check rebuild --flake .#host` looks at what a rebuild will meet: evaluation, room for what comes, caches, builders, memory, `/boot`.',
    shownBy: {
      'lab/check-rebuild.test.ts': [
        'a sound machine: every item is well, and what will be built is counted',
        'an error of the configuration is explained, and a rebuild would fail',
        'no room for builds',
        'a dead cache, one that is none, and a sound one',
        'a builder without the feature that its line promises, one that is not there, and a line that is none',
        'little memory, and no swap',
        'a small /boot with kernels of deleted generations',
      ],
    },
  },
  {
    says: '`nixpulse watch --check -- CMD` looks first, and runs the command where nothing failed.',
    shownBy: {
      'lab/check-rebuild.test.ts': [
        'without a terminal it refuses where an item failed, and --yes runs it all the same',
        'on a terminal it asks',
      ],
    },
  },
  {
    says: '`nixpulse check-cache` tries caches and builders out, for a person or for Prometheus: docs/check-cache.md.',
    shownBy: {
      'lab/check-cache.test.ts': [
        'each cache is what it is',
        'a package is fetched from the local cache and removed; what was there stays',
        'a real node_exporter reads the file, and promtool has nothing to say against it',
      ],
    },
  },
  {
    says: '`nixpulse check deploy HOST --flake .#host` looks at the target of a deployment over ssh: root, disks, memory, boot loader, keys, caches.',
    shownBy: {
      'lab/check-deploy.test.ts': [
        'a sound target has no warning, and all is looked at',
        'as it is typed: all is ok, and 0',
        '%s',
      ],
    },
  },
  {
    says: 'Each item is `ok`, `warning`, `FAILED` with the way out, or `unknown` with why;',
    shownBy: { 'check/words.test.ts': ['at %i columns'] },
  },
  {
    says: 'exit code 1 where one failed.',
    shownBy: {
      'lab/check-rebuild.test.ts': ['an error of the configuration is explained, and a rebuild would fail'],
      'lab/check-deploy.test.ts': ['as it is typed, with a name that is not there: told as that, and 1'],
    },
  },
  {
    says: 'Nothing is built, fetched or changed; a dry run writes derivations into the store, as that of Nix does.',
    shownBy: {
      'lab/check-rebuild.test.ts': [
        'nothing is built or fetched: all that is new in the store are derivations',
      ],
    },
  },
  {
    says: 'Every item, and what it cannot see: docs/check.md.',
    shownBy: { 'docs/check.test.ts': ['has the items as they are (UPDATE_GOLDEN=1 writes them)'] },
  },
];

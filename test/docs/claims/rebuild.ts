/** What the README says of following a rebuild. */
import type { Claim } from './claim.ts';

export const rebuildClaims: readonly Claim[] = [
  {
    says: "What a process table cannot tell stands in Nix's own log.",
    shownBy: {
      'lab/logs.test.ts': [
        'five parallel builds: each process tree has its own phase and log',
        'every way to fail, with --keep-going',
      ],
    },
  },
  {
    says: 'runs the command with the dashboard beside it.',
    shownBy: { 'pty/watch.test.ts': ['the dashboard beside the command, then its stdout and a summary'] },
  },
  {
    says: 'A password prompt gets the terminal, and the dashboard comes back after it;',
    shownBy: {
      'pty/watch.test.ts': [
        'at once',
        'in the middle: the screen is given back, and comes again',
        'a password twice, without an end of the line',
      ],
    },
  },
  {
    says: 'Ctrl-C goes to the command;',
    shownBy: {
      'pty/watch.test.ts': ['Ctrl-C goes to the command, which ends by itself'],
      'lab/watch-command.test.ts': ['Ctrl-C: Nix ends its builds by itself'],
    },
  },
  {
    says: "stdout, exit code and signals stay the command's.",
    shownBy: {
      'pty/watch.test.ts': [
        'the dashboard beside the command, then its stdout and a summary',
        'plain lines on stderr, stdout untouched, the exit code',
        'exit code %i',
        'a signal is 128 and its number',
        '%s goes to the command',
      ],
    },
  },
  {
    says: 'Its stderr goes to a file in memory and not to a pipe',
    shownBy: {
      'platform/nameless-file.test.ts': [
        'what is appended is read from the beginning, in pieces; no name of it is left',
      ],
      'platform/stream-files.test.ts': ['in memory, what is taken out is zeros and takes no room'],
    },
  },
  {
    says: 'so that a stopped or swapped-out nixpulse never makes a build wait.',
    shownBy: { 'pty/watch.test.ts': ['10 MB while we are stopped'] },
  },
  {
    says: 'At the end stand a summary and a score card of how gently that went',
    shownBy: {
      'pty/watch.test.ts': ['the dashboard beside the command, then its stdout and a summary'],
      'lab/watch-command.test.ts': [
        'five builds: their phases are seen, and the summary has them with their memory',
      ],
      'format/score-card.test.ts': ['the score card for people'],
    },
  },
  {
    says: 'where a `FAIL` is no failed rebuild.',
    shownBy: { 'pty/watch-guard.test.ts': ['what fails on the score card fails no command'] },
  },
  {
    says: '`CMD |& nixpulse watch` reads a stream, `nixpulse watch --log FILE` a file',
    shownBy: {
      'pty/watch.test.ts': [
        'a stream on stdin',
        'a stream on stdin: 1 where something failed, else 0',
        'is followed until q, which asks nothing',
      ],
    },
  },
  {
    says: 'Without any wrapper, for every client of the machine: Nix 2.30 and newer can write the log of all builds (`json-log-path`), and dashboard and recorder follow it by themselves',
    shownBy: {
      'lab/newest/log-path.test.ts': [
        'three clients at once: each rebuild is its client’s, each build has its phase, and they end',
        'a recorder that stands still stops no build, and goes on with the rest',
      ],
      'commands/help-logs.test.ts': ['off, it says how to switch it on, where this Nix can'],
    },
  },
  {
    says: '`2` is then the tree of derivations: what failed, runs, waits and moves is open, the rest is counted.',
    shownBy: {
      'logs/tree.test.ts': [
        'failed first, then what runs, the longest first, then what waits; the rest is counted',
        'what is closed is counted, what is opened is shown',
      ],
      'components/tree.test.tsx': ['real streams'],
    },
  },
  {
    says: '`l` shows the log of the selected build, live and searchable.',
    shownBy: {
      'pty/log.test.ts': [
        'the log of a build that failed is opened, searched and left',
        'of a build that runs its end is followed, on a text console too',
      ],
    },
  },
  {
    says: 'How long: builds that are done are remembered',
    shownBy: { 'lab/logs.test.ts': ['how long a rebuild takes is kept, and foretold the next time'] },
  },
  {
    says: 'a rebuild says `about 14-20 min`, or that it is unknown',
    shownBy: {
      'format/estimate.test.ts': ['an estimate in words', 'is unknown where there is none'],
      'logs/estimate.test.ts': ['is unknown where more than half was never built, or nobody said what comes'],
    },
  },
  {
    says: 'Why it failed: out of memory, no space, hash, time-out',
    shownBy: {
      'lab/logs.test.ts': [
        'a build that the kernel killed at the limit of its control group',
        'a build directory that is full, of bytes or of inodes',
        'every way to fail, with --keep-going',
        'a time-out is told from silence, and is of the build that it ended',
      ],
    },
  },
  {
    says: 'a cache or a builder that does not answer;',
    shownBy: {
      'lab/logs.test.ts': [
        'a cache that is dead, silent or broken is the one cause, and one that lacks a path is none',
      ],
      'logs/causes.test.ts': ['is the machine that did not answer, where it would have had what is missing'],
    },
  },
  {
    says: 'one cause for all that failed of it.',
    shownBy: { 'logs/causes.test.ts': ['is one finding for forty failures'] },
  },
];

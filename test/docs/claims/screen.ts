/** What the README says of the screen. */
import type { Claim } from './claim.ts';

export const screenClaims: readonly Claim[] = [
  {
    says: 'The machine, Nix and its daemon;',
    shownBy: {
      'components/screen.test.tsx': ['overview'],
      'lab/nix.test.ts': ['the launcher says the same, and how the daemon is'],
    },
  },
  {
    says: "the share of time in which tasks waited for memory, disk or CPU (the kernel's PSI);",
    shownBy: { 'model/machine/pressure.test.ts': ['share of the last tick'] },
  },
  {
    says: 'who runs `nixos-rebuild`, `nix build` and the like',
    shownBy: {
      'model/forest/derive-forest.test.ts': ['command, user, terminal, age, whom it keeps going for'],
      'model/forest/names.test.ts': ['tools'],
    },
  },
  {
    says: 'whether it evaluates, builds, copies',
    shownBy: {
      'model/forest/derive-forest.test.ts': ['phase of %s'],
      'lab/nix.test.ts': ['an evaluation is shown with its memory'],
      'lab/newest/newest.test.ts': ['`nix copy` is copying'],
    },
  },
  {
    says: "waits for somebody's lock;",
    shownBy: { 'lab/nix.test.ts': ['a second client waits for the first one ($title)'] },
  },
  {
    says: 'each derivation by its name with user, age, CPU',
    shownBy: {
      'lab/nix.test.ts': ['five parallel builds are named with their users within 2 ticks'],
      'model/forest/derive-forest.test.ts': ['CPU of a build and in all'],
    },
  },
  {
    says: 'the memory of its whole process tree',
    shownBy: { 'lab/nix.test.ts': ['summed resident memory is within 5 % of /proc at the same time'] },
  },
  {
    says: 'how fast that grows, disk traffic',
    shownBy: {
      'lab/nix.test.ts': ["a leak's growth is within 10 % of the truth"],
      'model/forest/process-rates.test.ts': ['I/O'],
    },
  },
  {
    says: 'what its busiest processes do right now;',
    shownBy: { 'model/forest/now.test.ts': ['compilers', 'scripts and tools', 'states'] },
  },
  {
    says: 'disks as `iostat -x` reckons them',
    shownBy: { 'lab/iostat.test.ts': ['the same figures within 5 %'] },
  },
  {
    says: 'STALLED when requests wait and none comes back;',
    shownBy: {
      'model/machine/disks.test.ts': ['accumulates while nothing finishes, ends with the first that does'],
      'lab/hardship/disk-found.test.ts': ['a disk that stops answering'],
    },
  },
  {
    says: 'what happened lately.',
    shownBy: { 'components/screen.test.tsx': ['overview'], 'format/events.test.ts': ['%s'] },
  },
  {
    says: '`–` means unknown, never zero;',
    shownBy: {
      'format/json.test.ts': ['says unknown as null, and why a part failed'],
      'format/columns.test.ts': ['has no column for reads and writes that cannot be seen'],
      'model/forest/derive-forest.test.ts': ['what hidepid hides is unknown: not idle, not on demand, not 0'],
    },
  },
  {
    says: 'where something cannot be read, the screen says what and why.',
    shownBy: {
      'components/screen.test.tsx': ['does not call builds that cannot be seen none'],
      'model/forest/derive-forest.test.ts': ['hidepid is a problem that says so'],
    },
  },
  {
    says: '`Enter` shows one build in detail, `+` its processes, `2` the tree of builds and who started them, `4` charts',
    shownBy: {
      'pty/keys.test.ts': ['details', 'unfold', 'builds', 'history'],
      'components/screen.test.tsx': ['details', 'builds'],
    },
  },
  {
    says: 'of the last minutes, the hour and the day:',
    shownBy: {
      'components/history.test.tsx': ['over %s'],
      'pty/history.test.ts': ['%ix%i: range, cursor and back'],
    },
  },
  {
    says: 'The view Builds: firefox unfolded to its make and compilers, clients and workers below',
    shownBy: {
      'docs/screenshots.test.ts': ['show what they are of', '$name: is current (npm run screenshots)'],
    },
  },
  {
    says: 'It is made for a narrow pane beside the rebuild (from 40x8 on), for a terminal of 80x24',
    shownBy: {
      'pty/sizes.test.ts': [
        'however often it is resized, the screen is that of a fresh start at that size',
        'below 40x8 one line says what is wrong; it comes back when there is room',
      ],
      'components/bounds.test.tsx': ['%s stays inside every terminal'],
    },
  },
  {
    says: 'for a text console without Unicode when nothing else is left.',
    shownBy: { 'pty/sizes.test.ts': ['on the kernel’s console: ASCII only, its function keys, 8 colours'] },
  },
];

/** What the README says of the guard, of freezes and of the emergency procedures. */
import type { Claim } from './claim.ts';

export const guardClaims: readonly Claim[] = [
  {
    says: 'guards this machine until Ctrl-C; at first it only tells',
    shownBy: {
      'lab/guard.test.ts': [
        'a dry run says the same and does nothing',
        'one that ends well undoes what it did, and while it is held it does nothing',
      ],
    },
  },
  {
    says: 'what it would have done, when, and what it would have cost',
    shownBy: { 'modes/guard/simulate.test.ts': ['says when, by which figures, and what it would have cost'] },
  },
  {
    says: 'The guard acts where a rebuild is about to take the machine: memory that runs out, a leak, a disk that hardly answers, space, time, a unit that is down.',
    shownBy: {
      'guard/rules.test.ts': [
        'lowers, then pauses the youngest of the heavy, while pressure is high and little is left',
        'is told, and paused before memory is short',
        'lowers who writes, and pauses him where the disk gets next to nothing done',
        'pauses who fills it, before it is full',
        'a rebuild may go on for so long: any on the machine, or the one that was started',
        'is started again after 10, 60 and 300 s, and then only told of',
      ],
    },
  },
  {
    says: 'It lowers, pauses, kills or cancels what Nix builds, the gentlest first',
    shownBy: {
      'guard/policy.test.ts': ['the next action comes after a rest, and each only once'],
      'lab/guard.test.ts': [
        'what takes too much is paused, then killed; an honest build beside it lives; each is told',
      ],
      'lab/watch-guard.test.ts': [
        'a build beyond memory-delta is told, paused and cancelled, and nothing of it is left',
      ],
    },
  },
  {
    says: 'lets it go on once there is room.',
    shownBy: {
      'guard/undo.test.ts': [
        'a build goes on only where there is room for what it held, beside others that run',
      ],
      'guard/properties.test.ts': [
        'lets everything go on in the end that it had paused, and restores what it had changed',
      ],
    },
  },
  {
    says: 'An activation it never touches',
    shownBy: {
      'guard/properties.test.ts': [
        'acts, and never on an activation, on what it builds, or on another machine',
      ],
      'guard/rules.test.ts': [
        'touches neither an activation nor what it builds, nor builds of other machines',
      ],
    },
  },
  {
    says: 'nor what is none of Nix.',
    shownBy: {
      'guard/properties.test.ts': [
        'acts, and never on an activation, on what it builds, or on another machine',
      ],
      'actions/kill.test.ts': ['no signal goes to anything else'],
    },
  },
  {
    says: 'A fresh install only tells what it would do:',
    shownBy: {
      'settings/parse-settings.test.ts': [
        'nothing: the usual settings, which are those of guard and diagnose',
      ],
      'perform/guard-acting.test.ts': ['a dry run tells everything and does nothing'],
      'packaging/nixos.test.ts': ['and the guard, with reload and the limits of its starts'],
      'pty/settings.test.ts': ['guard --check says what is wrong, and what is in force'],
    },
  },
  {
    says: '`dry-run = false` under `[guard]` in `/etc/nixpulse/config.toml` arms it.',
    shownBy: {
      'lab/guard.test.ts': [
        'what takes too much is paused, then killed; an honest build beside it lives; each is told',
      ],
      'modes/settings.test.ts': ['the user has the last word, key by key'],
    },
  },
  {
    says: 'It stands at the top of every view',
    shownBy: { 'components/guard.test.tsx': ['at the top of the screen'] },
  },
  {
    says: '`H` has it leave everything alone for an hour',
    shownBy: {
      'pty/guard.test.ts': ['it is seen, held for an hour, and no longer'],
      'perform/guard-acting.test.ts': ['while somebody holds it nothing is done; afterwards it is'],
    },
  },
  {
    says: 'when it ends, or is killed, what it paused goes on.',
    shownBy: {
      'lab/guard.test.ts': [
        'one that ends well undoes what it did, and while it is held it does nothing',
        'kill -9 in or after a %s: within seconds all is as before',
      ],
    },
  },
  {
    says: 'As a service: `nixpulse-guard.service`, on NixOS `services.nixpulse.guard.enable = true`.',
    shownBy: {
      'packaging/systemd.test.ts': [
        'the guard may do what it does, and is started anew and undone whatever became of it',
      ],
      'packaging/nixos.test.ts': ['and the guard, with reload and the limits of its starts'],
    },
  },
  {
    says: '`watch --guard` guards one command by its limits: beyond one it lowers or pauses where that helps, and cancels as Ctrl-C would.',
    shownBy: {
      'lab/watch-guard.test.ts': [
        'a build beyond memory-delta is told, paused and cancelled, and nothing of it is left',
        'through a script, and by its time',
      ],
      'pty/watch-guard.test.ts': ['a command beyond its time is told, and cancelled as by Ctrl-C'],
    },
  },
  {
    says: '`--calm` runs it last in line',
    shownBy: {
      'pty/watch-guard.test.ts': ['--calm: nice 19 and idle I/O, and what it starts inherits them'],
      'lab/watch-guard.test.ts': ['--calm: the command and its builds are last in line while they run'],
    },
  },
  {
    says: '`--safe` builds one at a time with two cores.',
    shownBy: { 'lab/watch-safe.test.ts': ['watch --safe'] },
  },
  {
    says: 'Beside a leak on a machine of 1000 MB it paused the leak alone, and the honest build was built (measured);',
    shownBy: {
      'guard/worlds.test.ts': [
        '%s: they are built, and it alone is lost',
        'is paused for as long as it harms nobody, and no build waits for it',
      ],
    },
  },
  {
    says: 'of builds that need more than there is together one is lost',
    shownBy: {
      'guard/worlds.test.ts': [
        'two honest links: one of them comes to its end, and the other has lost no more than with nobody',
        'eight honest links: all but one come to their end, one after the other',
      ],
    },
  },
  {
    says: 'a build that alone holds half of memory and still grows is taken for the leak.',
    shownBy: {
      'guard/undo.test.ts': [
        'one that grew to more than half of memory is killed for others that stand still',
      ],
    },
  },
  {
    says: 'nixpulse is made for that moment: it starts no program and reads no disk to watch and to kill',
    shownBy: {
      'lab/quiet.test.ts': ['watching and killing is quiet'],
      'freeze/freeze.test.ts': ['every kill succeeds'],
    },
  },
  {
    says: 'locks itself in memory, comes first',
    shownBy: {
      'pty/harden.test.ts': ['is locked in memory, says so, and ends as ever'],
      'platform/harden.test.ts': ['every thread is first in line, what it starts is not'],
    },
  },
  {
    says: 'says when it was late itself.',
    shownBy: {
      'components/screen.test.tsx': ['says when the program itself is late, and when a part is'],
      'watch/loop.test.ts': ['missed ticks are skipped, counted, and the lateness is told'],
    },
  },
  {
    says: 'Where no dashboard is open, a text console and `sudo bin/nixpulse rescue` show the ten heaviest builds on one plain screen:',
    shownBy: {
      'modes/rescue/rescue-keys.test.ts': [
        'the ten heaviest have a number, builds of other machines come last',
      ],
      'pty/rescue.test.ts': [
        '%s %dx%d: a number picks, k asks, another key says no',
        'TERM=dumb: text only, below each other',
      ],
    },
  },
  {
    says: 'a number picks, `k` or `K` (the heaviest) asks, `y` kills.',
    shownBy: {
      'lab/rescue.test.ts': ['TERM=%s: k and y end it, and only it'],
      'modes/rescue/rescue-keys.test.ts': ['K asks about the heaviest and says why, C about everything'],
    },
  },
  {
    says: 'the emergency procedures, and which of them fits now',
    shownBy: {
      'lab/recover-daemon.test.ts': ['is proposed where the daemon does not answer'],
      'recover/space.test.ts': ['it fits where the store is full'],
      'recover/rollback.test.ts': [
        'where the default is not sound, a switch was cut off, or another one was booted',
      ],
    },
  },
  {
    says: 'what one would do, and nothing is done',
    shownBy: {
      'recover/run.test.ts': ['is planned up to the step that would end it'],
      'lab/recover-caches.test.ts': [
        'tells of each cache whether it can be used, what is left to build, and the command',
      ],
    },
  },
  {
    says: 'A full disk (`space`)',
    shownBy: {
      'lab/recover-space.test.ts': ['frees it step by step, killed at each, and nothing is done twice'],
    },
  },
  {
    says: 'a daemon that hangs (`daemon`)',
    shownBy: {
      'lab/recover-daemon.test.ts': ['ends all that runs, and the worker that hangs, killed at each step'],
    },
  },
  {
    says: 'a damaged store (`store`)',
    shownBy: {
      'lab/recover-store.test.ts': [
        'flipped, cut off, deleted, with more in it, unknown to the database, rows only in its log',
        'broken pages, killed in every step: replaced once, nothing lost, the broken one kept',
      ],
    },
  },
  {
    says: 'a machine that is not to build itself (`caches`)',
    shownBy: {
      'lab/recover-caches.test.ts': [
        'goes on where it was killed, writes once, and never over a file that is there',
      ],
    },
  },
  {
    says: 'the last good generation (`rollback`)',
    shownBy: {
      'lab/recover-rollback.test.ts': [
        'goes on where it was killed, and does nothing twice',
        'with another kernel waits for the next boot, and sees to the boot menu',
      ],
    },
  },
  {
    says: 'a configuration that boots at all (`minimal-config`).',
    shownBy: {
      'lab/recover-minimal-config.test.ts': [
        'goes on where it was killed: written once, built once, one generation more',
      ],
    },
  },
  {
    says: 'Each step says what it would do, asks, does it and looks whether it was done;',
    shownBy: {
      'recover/run.test.ts': [
        'does what is to be done, sees that it was done, and leaves nothing behind',
        'ends where a step is not wanted, and goes on from there',
        'says that a step failed which says that it was done, and is not',
      ],
    },
  },
  {
    says: 'after a crash it goes on where it stood',
    shownBy: {
      'recover/run.test.ts': [
        'begins again a step that was under way when it was killed, and no step that cannot show it was done',
      ],
      'lab/recover-space.test.ts': ['frees it step by step, killed at each, and nothing is done twice'],
    },
  },
];

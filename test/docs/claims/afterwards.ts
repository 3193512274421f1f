/** What the README says of recordings, reports, bundles, metrics, and of what it costs. */
import type { Claim } from './claim.ts';

export const afterwardsClaims: readonly Claim[] = [
  {
    says: 'your own recordings, from ten minutes before their end',
    shownBy: { 'pty/replay.test.ts': ['without a path: the last ten minutes of what one recorded'] },
  },
  {
    says: 'the last incident that was recorded here',
    shownBy: { 'modes/report/span.test.ts': ['is the last incident, from five minutes before to two after'] },
  },
  {
    says: 'all that a maintainer asks for, in one archive',
    shownBy: {
      'bundle/archive.test.ts': ['holds what was added, as plain files of nobody at one time'],
      'bundle/sources.test.ts': ['tells what `nix-info -m` tells, of what was gathered'],
      'docs/collect.test.ts': ['docs/collect.md has the sources as they are (UPDATE_GOLDEN=1 writes them)'],
    },
  },
  {
    says: 'the dashboard has recorded what it saw',
    shownBy: {
      'pty/record.test.ts': [
        'records from its first sample to q, privately, and says REC',
        'killed: what was written is read back',
      ],
    },
  },
  {
    says: '`b` goes back in time while it goes on recording.',
    shownBy: {
      'pty/replay.test.ts': [
        'b goes back and Esc returns: sampling and recording went on, nothing is missing',
      ],
    },
  },
  {
    says: 'A recording plays like a film, in the same views;',
    shownBy: {
      'pty/replay.test.ts': [
        'plays to its end, says so, and begins again',
        'cannot be acted on, and has views, journal and captions of its time',
      ],
      'modes/replay/player.test.ts': ['at recorded distances; slower and faster; pause'],
      'lab/record.test.ts': ['recording real builds'],
    },
  },
  {
    says: 'no key can kill anything there',
    shownBy: {
      'pty/replay.test.ts': ['cannot be acted on, and has views, journal and captions of its time'],
    },
  },
  {
    says: 'A replay: the dashboard as it was, a caption, and the time line with pressure and events',
    shownBy: {
      'docs/screenshots.test.ts': ['$name: is current (npm run screenshots)', 'show what they are of'],
    },
  },
  {
    says: '`nixpulse report` writes what happened as Markdown:',
    shownBy: { 'modes/report/report-command.test.ts': ['prints Markdown of a recording, or data'] },
  },
  {
    says: 'what it cost, the root cause and how sure it is, one timeline of all sources, what was done and came back, what would prevent it.',
    shownBy: {
      'format/report/report.test.ts': [
        'is as the golden file has it',
        'says what the demo is about',
        'tells conclusions from facts, and what speaks against them',
        'has a line for every kind of event',
      ],
    },
  },
  {
    says: 'The report of the demo is one;',
    shownBy: {
      'docs/report.test.ts': ['has the report of the demo as it is written now: npm run examples demo'],
    },
  },
  {
    says: "`nixpulse collect` gathers counters, processes, settings, logs and the last half hour's recording",
    shownBy: {
      'bundle/gather.test.ts': ['goes by stages: counters before processes, before files, before programs'],
      'bundle/open-bundle.test.ts': [
        'is of the last half hour alone, and of what was looked at where nobody records',
      ],
      'pty/collect.test.ts': ['B asks, says where to, and leaves an archive there that nobody else may read'],
    },
  },
  {
    says: 'within a minute, also where disks hang',
    shownBy: {
      'bundle/gather.test.ts': [
        'ends within a minute where everything hangs but the kernel: disks, processes, programs',
      ],
      'lab/hardship/collect.test.ts': [
        'a bundle where the disk stalls',
        'a bundle while /nix hangs, of root and of a user',
      ],
    },
  },
  {
    says: 'takes secrets out;',
    shownBy: {
      'bundle/secrets.test.ts': ['has none of them, in no file and in no sample'],
      'redact/redactor.test.ts': ['secrets of every kind in every place'],
    },
  },
  {
    says: 'for Prometheus: 127.0.0.1:19977/metrics',
    shownBy: {
      'lab/export.test.ts': [
        'finds every family over HTTP and in the file, with builds by state and by name',
      ],
      'modes/export/outlets.test.ts': [
        'where it is not told otherwise it serves on 127.0.0.1:19977, at /metrics',
      ],
    },
  },
  {
    says: "for node_exporter's textfile collector",
    shownBy: {
      'lab/export.test.ts': [
        'finds every family over HTTP and in the file, with builds by state and by name',
      ],
      'modes/export/metrics-file.test.ts': [
        'is written with the first look, then every so often, for everybody, and removed at the end',
      ],
    },
  },
  {
    says: 'What the last look found: pressure, memory, disks, builds by state, rebuilds and how long they take, findings, what the guard did;',
    shownBy: {
      'format/metrics/metrics.test.ts': [
        'of a machine in trouble',
        'is exported, list by list, or a reason stands beside its name',
      ],
      'format/metrics/event-counts.test.ts': [
        'knows every kind of event, every killer, cause, action and rule that comes',
      ],
      'lab/export.test.ts': [
        'has the progress of a rebuild, and how long it and its builds took',
        'a crowd of scrapes makes nobody look more often',
      ],
    },
  },
  {
    says: 'names of derivations only with `--top N`',
    shownBy: {
      'format/metrics/metrics.test.ts': [
        'names builds only where somebody asks for some, those that hold the most first',
      ],
    },
  },
  {
    says: 'Alert rules, for caches and builders too, are in dist/prometheus',
    shownBy: {
      'lab/export.test.ts': ['takes the rules, whose own tests pass, and evaluates each'],
      'lab/alerting.test.ts': ['what is critical comes once, together; what follows from it does not come'],
    },
  },
  {
    says: 'what to do about each in docs/alerts.md',
    shownBy: {
      'docs/alerts.test.ts': ['has a section, which it names', 'no section is left of an alert that is gone'],
    },
  },
  {
    says: 'a dashboard in docs/grafana.md',
    shownBy: { 'lab/export.test.ts': ['the dashboard has data in every panel'] },
  },
  {
    says: 'units in dist/systemd.',
    shownBy: {
      'packaging/systemd.test.ts': [
        'who exports says so, may be reached over the network, and is not started again for what stays wrong',
        'who checks caches may not write elsewhere, comes last, and has not failed where a cache has',
      ],
    },
  },
  {
    says: '`nixpulse fleet --prometheus URL` has one row a machine, who needs help first;',
    shownBy: {
      'pty/fleet.test.ts': ['shows who needs help first, for eight questions whose answers are bounded'],
    },
  },
  {
    says: '`Enter` opens its dashboard over ssh',
    shownBy: { 'pty/fleet.test.ts': ['opens the dashboard of the machine, and comes back from it'] },
  },
  {
    says: 'Its cost follows the Nix forest and not the machine: a process that is not of Nix is never looked at again once it has settled.',
    shownBy: {
      'samplers/build-tree.test.ts': [
        'the same with 2000 strangers',
        'calm: the socket and the locks, nothing else',
      ],
    },
  },
  {
    says: 'It starts no program to watch, waits for no disk in its main thread',
    shownBy: { 'lab/quiet.test.ts': ['watching and killing is quiet'] },
  },
  {
    says: 'writes only the cells that changed.',
    shownBy: {
      'terminal/frame-writer.test.ts': [
        'only the changed cells are written',
        'an unchanged frame writes nothing',
      ],
      'components/work-per-tick.test.ts': [
        'nothing that is shown changed: nothing is taken apart, nothing written',
      ],
    },
  },
  {
    says: 'It runs on Linux with Nix 2.8 and 2.34 in its tests;',
    shownBy: {
      'lab/nix.test.ts': ['five parallel builds are named with their users within 2 ticks'],
      'lab/newest/newest.test.ts': ['builds have names and users, for root and for everybody'],
      'lab/newest/log-path.test.ts': [
        'three clients at once: each rebuild is its client’s, each build has its phase, and they end',
      ],
    },
  },
];

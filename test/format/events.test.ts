/** Every kind of event and of cause has its words. */
import { describe, expect, test } from 'vitest';
import { eventClause, eventText, recordedText } from '../../src/format/events.ts';
import { foundTitles } from '../../src/format/found-titles.ts';
import { causeText } from '../../src/format/shortages.ts';
import type { KilledEvent } from '../../src/model/machine/kill-events.ts';
import type { ModelEvent, ShortageCause } from '../../src/model/model.ts';
import { everyEvent } from '../support/every-event.ts';
import { journalEntry } from '../support/journal-entry.ts';

const GiB = 1024 ** 3;
const texts: Readonly<Record<ModelEvent['kind'], string>> = {
  'oom-kill': 'out of memory: the kernel killed 2 processes',
  'oom-limit':
    'out of memory at the limit of nix-daemon.service (8.0 GB): the kernel killed 1 process, firefox-130.0 ended',
  killed:
    'systemd-oomd killed systemd-resolved.service (6.0 MB); cause: firefox-130.0 (30.0 GB, +24.0 GB a minute)',
  'hung-task': 'ld (9) of firefox-130.0 did not run for 2 min',
  limit: 'memory warning: some 40%, nix-daemon.service at its limit of 8.0 GB',
  pressure: 'memory critical: full 63%',
  stall: 'io critical: nvme0n1 STALLED 2.1s',
  space: 'space warning: /nix 96% used, 4.0 GB free',
  inodes: 'space critical: /nix 0% of inodes free',
  'shortage-ended': '/nix ok again after 4 s',
  suspend: 'the machine was suspended for 3 h 12 min',
  'clock-jump': 'the clock was set back by 90 s',
  'build-started': 'started firefox-130.0',
  'build-ended': 'ended firefox-130.0 after 4 min (nixbld3)',
  'client-ended': 'ended nix build',
  'build-failed': 'firefox-130.0 failed after 4 min: exit code 2: make: *** [all] Error 1',
  'rebuild-ended': 'nixos-rebuild switch failed after 47 min: 34 built, 1 failed, 22 not built because of it',
  finding: 'likely: firefox-130.0 is stuck',
  guard: 'guard: paused firefox-130.0: memory pressure 42%, limit 20%, for 6 seconds',
  foreign: 'ended glibc-2.40 after 3 min',
};

test.each(everyEvent.map((event) => [event.kind, event] as const))('%s', (kind, event) => {
  expect(eventText(event)).toBe(texts[kind]);
  expect(recordedText({ kind: 'alert', timeMs: 0, event })).toBe(texts[kind]);
});

describe('a finding', () => {
  const finding = everyEvent.find(({ kind }) => kind === 'finding') as ModelEvent;
  const text = (over: object) => eventText({ ...finding, state: 'confirmed', ...over } as ModelEvent);

  test.each([
    [{ found: 'disk-stalled', about: 'nvme0n1' }, 'nvme0n1 finishes no request'],
    [{ found: 'lock-held', about: null }, 'a lock is held'],
    [{ found: 'limit-kill', about: 'nix-daemon.service' }, 'killed by a limit of memory: nix-daemon.service'],
    [{ found: 'evaluation-loop', about: null }, 'a client evaluates without end'],
    [{ found: 'demons', about: 'firefox-130.0' }, 'A build is stuck or loops: firefox-130.0'],
    [{ found: 'toString', about: null }, 'A build is stuck or loops'],
  ])('%o', (over, said) => expect(text(over)).toBe(said));

  test.each(Object.keys(foundTitles))('%s fits beside its time, with a name', (found) => {
    const title = text({ found, about: 'firefox-130.0' });
    expect(title.length).toBeLessThanOrEqual(72);
    expect(text({ found, about: null })).not.toMatch(/null|undefined|^ | $/);
  });
});

test('beside its kind a build or client is told by its name alone', () => {
  const clauses = Object.fromEntries(everyEvent.map((event) => [event.kind, eventClause(event)]));
  expect(clauses).toMatchObject({
    'build-started': 'firefox-130.0',
    'client-ended': 'nix build',
    foreign: 'glibc-2.40 after 3 min',
    pressure: texts.pressure,
  });
});

const killedEvent = everyEvent.find((event) => event.kind === 'killed');
test.each<[Partial<KilledEvent>, string]>([
  [{ killer: 'timeout', lengthSec: 7200 }, 'Nix ended firefox-130.0: it took more than 2 h (timeout)'],
  [
    { killer: 'max-silent-time', lengthSec: 3600 },
    'Nix ended firefox-130.0: no line for 60 min (max-silent-time)',
  ],
  [
    { killer: 'max-build-log-size', limitBytes: 2 ** 20 },
    'Nix ended firefox-130.0: its log has more than 1.0 MB (max-build-log-size)',
  ],
  [
    { killer: 'nix', lengthSec: 3600 },
    'Nix ended firefox-130.0: a limit of 60 min (timeout or max-silent-time)',
  ],
  [{ killer: 'nixpulse', builds: 1 }, 'nixpulse ended firefox-130.0'],
  [{ killer: 'nixpulse guard', builds: 1 }, 'the guard ended firefox-130.0'],
  [{ killer: 'nixpulse', builds: 0, pid: 8 }, 'nixpulse killed process 8 of firefox-130.0'],
  [
    { killer: 'nixpulse', build: null, command: 'nixos-rebuild switch', pid: 7 },
    'nixpulse ended nixos-rebuild switch',
  ],
])('what Nix or nixpulse ended: %j', (event, words) => {
  const whom = { pid: null, cgroup: null, build: 'firefox-130.0', builds: 1 };
  expect(eventText({ ...killedEvent, ...whom, ...event } as ModelEvent)).toBe(words);
});

test.each<[Partial<ModelEvent>, string]>([
  [
    {
      ...everyEvent.find(({ kind }) => kind === 'killed'),
      ...{
        killer: 'limit',
        pid: 7,
        comm: 'ld.lld',
        residentBytes: 3 * GiB,
        cgroup: '/a/nix-daemon.service',
        limitBytes: 8 * GiB,
      },
      ...{ build: 'firefox-130.0', builds: 1, causeGrowthBytesPerMin: null },
    },
    'out of memory at the limit of nix-daemon.service (8.0 GB): the kernel killed ld.lld (3.0 GB) of firefox-130.0; it had 30.0 GB',
  ],
  [
    {
      ...everyEvent.find(({ kind }) => kind === 'killed'),
      ...{
        killer: 'kernel',
        pid: 7,
        comm: 'nix',
        residentBytes: null,
        command: 'nixos-rebuild switch --flake .#box',
      },
      ...{ causeBuild: null, causeResidentBytes: null, causeGrowthBytesPerMin: null },
    },
    'out of memory: the kernel killed nix of nixos-rebuild switch',
  ],
  [
    {
      ...everyEvent.find(({ kind }) => kind === 'killed'),
      ...{ cgroup: '/system.slice/nix-daemon.service', residentBytes: null, builds: 5 },
      ...{ causeBuild: null, causeResidentBytes: null, causeGrowthBytesPerMin: null },
    },
    'systemd-oomd killed nix-daemon.service with 5 builds in it',
  ],
  [{ kind: 'oom-kill', count: 1 }, 'out of memory: the kernel killed 1 process'],
  [{ kind: 'shortage-ended', resource: 'memory', path: null, lengthSec: 4 }, 'memory ok again after 4 s'],
  [
    { kind: 'clock-jump', bySec: 3600, unsure: true },
    'the clock was set forward by 60 min, or the machine slept',
  ],
  [{ kind: 'build-started', name: null, user: 'nixbld1', pid: 7 }, 'started unnamed build of nixbld1'],
  [{ kind: 'build-ended', name: null, user: null, pid: 7, ageSec: null }, 'ended unnamed build of pid 7'],
])('%j', (facts, text) => {
  expect(eventText({ timeMs: 0, level: 'ok', ...facts } as ModelEvent)).toBe(text);
});

test.each<[ShortageCause, string]>([
  [{ kind: 'pressure', resource: 'irq', line: 'full', percent: 79.6 }, 'interrupts full 80%'],
  [{ kind: 'stall', device: null, stalledSec: null }, 'a disk stalled'],
  [{ kind: 'space', path: '/nix', usedPercent: 99.9, availableBytes: GiB / 2 }, '/nix 99% used, 512 MB free'],
])('%j', (cause, text) => {
  expect(causeText(cause)).toBe(text);
});

test('what else a recording has', () => {
  const entry = journalEntry({ user: 'alice', summary: 'killed x' });
  const gap = { kind: 'gap', timeMs: 9, fromMs: 1, samples: 12, why: 'disk too slow' } as const;
  expect(recordedText({ kind: 'action', timeMs: 0, entry })).toBe('alice: killed x');
  expect(recordedText(gap)).toBe('12 samples lost: disk too slow');
  expect(recordedText({ kind: 'note', timeMs: 0, text: 'calm' })).toBe('calm');
});

/** What the probe `stack` saw of what stands still: for it, against it, and what says nothing. */
import { describe, expect, test } from 'vitest';
import { settlingProbes } from '../../../src/diagnose/settling-probes.ts';
import { evidenceText } from '../../../src/format/evidence.ts';
import { likelySubject } from '../../../src/model/diagnosis/likely-subject.ts';
import type { ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import type { ProcessRaw, SampleParts } from '../../../src/model/sample.ts';
import { client, daemon, process, worker } from '../../support/forest-raw.ts';
import { foundIn } from '../found.ts';
import { around, asleepIn, below, dayMs, type Scene, shell, tell } from '../story.ts';

type Places = ProbeValues['stack']['places'];

/** Of `300:…`, the build's root, unless said. */
function probedAt(
  second: number,
  places: Places,
  more: { subject?: string; samples?: number } = {},
): SampleParts {
  const startedMs = dayMs + second * 1000;
  const { subject = `300:${shell().startTime}`, samples = 20 } = more;
  return {
    probes: {
      ok: true,
      atMs: 1_000_000 + (second + 2) * 1000,
      value: {
        running: [],
        results: [
          {
            id: 'stack',
            subject,
            startedMs,
            endedMs: startedMs + 2000,
            ok: true,
            value: { places, samples, stack: null },
          },
        ],
      },
    },
  };
}

const at = (wchan: string, times = 20, pid = 300) => ({ wchan, times, pid, comm: 'bash' });

const stuckAfter = (
  seconds: number,
  processes: (second: number) => readonly ProcessRaw[],
  parts: SampleParts,
  probedSec = 200,
) => {
  const scene = (second: number): Scene => ({
    processes: processes(second),
    ...(second === probedSec + 2 && { parts }),
  });
  const { model } = tell(seconds, scene);
  const finding = foundIn(model, 'build-stuck') ?? foundIn(model, 'unreaped-child');
  return { model, finding, words: finding?.evidence.map((one) => evidenceText(one, model)) ?? [] };
};

const fifo = (second: number) => around([shell(asleepIn('wait_for_partner', second))]);
/** Where it sleeps was not seen at any look. */
const blind = () => around([shell(), below('cmake')]);

describe('a build that idles', () => {
  test('asleep in one place each time: told with it', () => {
    const { finding, words } = stuckAfter(210, fifo, probedAt(200, [at('wait_for_partner')]));
    expect(finding).toMatchObject({ level: 'critical', state: 'confirmed' });
    expect(words.at(-1)).toMatch(/^sleeps at each look in wait_for_partner, since /);
  });

  test.each([
    ['one that runs', [at('wait_for_partner', 19), at('running', 1)]],
    ['two places in turn', [at('wait_for_partner', 12), at('pipe_read', 8)]],
  ])('%s speaks against it, and makes it less certain', (_, places) => {
    const { finding } = stuckAfter(210, fifo, probedAt(200, places));
    expect(finding).toMatchObject({ level: 'critical', state: 'likely' });
    expect(finding?.evidence.at(-1)).toMatchObject({ for: false, field: 'probe.stack.moves' });
  });

  test('what was likely and is seen to move is no alarm of the first rank', () => {
    const { finding } = stuckAfter(1900, blind, probedAt(1850, [at('running')]), 1850);
    expect(finding).toMatchObject({ level: 'warning', state: 'possible' });
  });

  test('what was likely for want of its place is certain where it waits for somebody else', () => {
    const likely = stuckAfter(1900, blind, {});
    expect(likely.finding).toMatchObject({ level: 'critical', state: 'likely' });
    // It would settle it.
    expect(settlingProbes(likely.model).map(({ probe }) => probe)).toContain('stack');
    const places = [at('anon_pipe_read', 20, 301)];
    expect(stuckAfter(1900, blind, probedAt(1850, places), 1850).finding).toMatchObject({
      state: 'confirmed',
    });
    // A poll may end by itself.
    const polls = [...places, at('do_epoll_wait', 20, 302)];
    expect(stuckAfter(1900, blind, probedAt(1850, polls), 1850).finding).toMatchObject({ state: 'likely' });
  });

  test.each([
    ['before it stood still', 2, [at('running')], {}],
    ['of a process that had the pid before', 200, [at('running')], { subject: '300:1' }],
    ['ended after a few looks', 200, [at('running', 3)], { samples: 3 }],
    ['longer ago', 200, [at('running')], {}, 1300],
  ])('a probe %s says nothing', (_, second, places, more, seconds = 210) => {
    const moves = (now: number) =>
      around([shell({ ...asleepIn('wait_for_partner', now), userTicks: Math.min(now, 20) * 90 })]);
    const { finding } = stuckAfter(seconds, moves, probedAt(second, places, more), second);
    expect(finding).toMatchObject({ state: 'confirmed' });
    expect(finding?.evidence.filter(({ field }) => field.startsWith('probe.'))).toEqual([]);
  });

  test('one that was not seen at some looks, and a build with more places than are told: no word for or against', () => {
    for (const places of [
      [at('pipe_read', 7)],
      Array.from({ length: 16 }, (_, one) => at('pipe_read', 20, one)),
    ]) {
      const { finding } = stuckAfter(210, fifo, probedAt(200, places));
      expect(finding?.state).toBe('confirmed');
      expect(finding?.evidence.some(({ field }) => field.startsWith('probe.'))).toBe(false);
    }
  });
});

describe('a build that computes', () => {
  const loops = (second: number) =>
    around([shell(asleepIn('do_wait', second)), below('python3', { state: 'R', userTicks: second * 100 })]);

  test('seen to run: for it, and it stays likely', () => {
    const { finding, words } = stuckAfter(1900, loops, probedAt(1850, [at('running', 20, 301)]), 1850);
    expect(finding).toMatchObject({ level: 'critical', state: 'likely', found: { how: 'spinning' } });
    expect(words.at(-1)).toMatch(/^runs, since /);
  });

  test('asleep each time: against it', () => {
    const { finding } = stuckAfter(1900, loops, probedAt(1850, [at('pipe_read', 20, 301)]), 1850);
    expect(finding).toMatchObject({ level: 'warning', state: 'possible' });
    expect(finding?.evidence.at(-1)).toMatchObject({ for: false, field: 'probe.stack.still' });
  });
});

test('a child that is not reaped: who should do so waits in one place', () => {
  const unreaped = (second: number) =>
    around([
      shell(asleepIn('do_wait', second)),
      below('cmake', asleepIn('do_epoll_wait', second)),
      below('ninja', { pid: 302, ppid: 301, state: 'Z', residentBytes: 0, facts: {} }),
    ]);
  const { finding } = stuckAfter(210, unreaped, probedAt(200, [at('do_epoll_wait', 20, 301)]));
  expect(finding).toMatchObject({ state: 'confirmed', found: { kind: 'unreaped-child' } });
  expect(finding?.evidence.at(-1)).toMatchObject({ for: true, value: 'do_epoll_wait' });
});

test('a hook: its own process is what is looked at', () => {
  const scene =
    (places: Places) =>
    (second: number): Scene => ({
      processes: [
        daemon(),
        client(150),
        worker(200, 150),
        process({
          pid: 400,
          ppid: 200,
          session: 200,
          comm: 'upload.sh',
          facts: { argv: ['/bin/sh', '/etc/nix/upload.sh'] },
          ...asleepIn('do_wait', second),
        }),
      ],
      ...(second === 302 && { parts: probedAt(300, places, { subject: `400:${startOf400}` }) }),
    });
  const startOf400 = process({ pid: 400 }).startTime;
  const told = tell(310, scene([at('do_wait', 20, 400)]));
  const hook = foundIn(told.model, 'hook-waits');
  expect(likelySubject('stack', hook ?? null, told.model)).toBe(`400:${startOf400}`);
  expect(hook).toMatchObject({ state: 'likely', level: 'warning' });
  expect(hook?.evidence.at(-1)).toMatchObject({ for: true, field: 'probe.stack.still' });
  const moves = foundIn(tell(310, scene([at('running', 20, 400)])).model, 'hook-waits');
  expect(moves).toMatchObject({ state: 'possible' });
});

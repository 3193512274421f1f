/** The bundled incident: what is in it is what its captions say, by the Models that are derived from it. */
import { statSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { steps } from '../../scripts/demo/story.ts';
import type { DerivedSample } from '../../src/diagnose/derive-sample.ts';
import { signalOf } from '../../src/model/machine/derive-pressure.ts';
import type { Build, Model } from '../../src/model/model.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { expectGolden } from '../support/golden.ts';
import { demoFile, openScreen } from '../support/recorded-screen.tsx';

const samples: Sample[] = [];
const models: Model[] = [];
let events: readonly RecordedEvent[] = [];

beforeAll(async () => {
  const opened = await openRecording(createRecordingFiles(), demoFile);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const recording = opened.value;
  let derived: DerivedSample | null = null;
  for (const chunk of recording.chunks) {
    for (const sample of await chunk.load()) {
      derived = deriveRecorded(sample, derived);
      samples.push(sample);
      models.push(derived.model);
    }
  }
  events = recording.events;
  expect(recording.damage).toEqual([]);
});

const note = (begin: string) => {
  const found = events.find((event) => event.kind === 'note' && event.text.startsWith(begin));
  if (found === undefined) throw new Error(`no caption begins with ${begin}`);
  return found.timeMs;
};
const between = (from: string, to: string) =>
  models.filter(({ timeMs }) => timeMs >= note(from) && timeMs < note(to));
const build = ({ builds }: Model, pname: string): Build | undefined =>
  builds.find((one) => one.pname === pname);
/** A replay passes over a gap of more than ten seconds in one. */
const shownMs = (shown: readonly Model[]) =>
  shown.slice(1).reduce((sum, { timeMs }, at) => {
    const ms = timeMs - (shown[at]?.timeMs ?? 0);
    return sum + (ms > 10_000 ? 1000 : ms);
  }, 0);
const level = ({ pressure }: Model) => pressure.memory.level;
const most = (values: readonly (number | null | undefined)[]) =>
  Math.max(...values.map((value) => value ?? 0));
const MB = 1 << 20;

describe('the demo', () => {
  it('is shown in less than three minutes, its quiet stretches passed over, and is below 1 MB', () => {
    expect(statSync(demoFile).size).toBeLessThan(1_000_000);
    const shown = shownMs(models);
    expect(shown).toSatisfy((ms) => ms > 120_000 && ms < 180_000);
    const gaps = models.slice(1).map(({ timeMs }, at) => timeMs - (models[at]?.timeMs ?? 0));
    expect(gaps.filter((ms) => ms >= 3000 && ms < 10_000)).toEqual([]);
  });

  it('has something critical within twenty seconds', () => {
    const critical = models.findIndex(({ shortages }) => shortages.some(({ level }) => level === 'critical'));
    expect(shownMs(models.slice(0, critical + 1))).toBeLessThan(20_000);
  });

  it('has the captions of its story in their order, each short enough for a line of 80', () => {
    const told = events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
    expect(told).toEqual(steps.flatMap(({ caption }) => caption ?? []));
    for (const text of told) expect(text.length).toBeLessThanOrEqual(76);
    const times = events.flatMap((event) => (event.kind === 'note' ? [event.timeMs] : []));
    const readMs = times.slice(1).map((toMs, at) => {
      return shownMs(models.filter(({ timeMs }) => timeMs >= (times[at] ?? 0) && timeMs < toMs));
    });
    // Long enough to be read.
    expect(Math.min(...readMs)).toBeGreaterThan(8000);
  });

  it('begins with five builds of a rebuild, and nothing short but the CPUs', () => {
    const calm = between('A rebuild', 'Memory is full').slice(0, 6);
    expect(
      calm
        .at(-1)
        ?.builds.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['firefox-130.0', 'linux-6.12', 'postgresql-16.4', 'texlive-2024', 'webkitgtk-2.46.1']);
    expect(calm.at(-1)?.clients.map(({ tool }) => tool)).toEqual(['nixos-rebuild']);
    const short = calm.flatMap(({ shortages }) => shortages.map(({ resource }) => resource));
    expect(new Set(short)).toSatisfy((found: Set<string>) => [...found].every((what) => what === 'cpu'));
  });

  it('shows a leak: webkitgtk grows until memory is gone', () => {
    const grown = between('A rebuild', 'Memory critical').map((model) => build(model, 'webkitgtk'));
    expect(grown[0]?.residentBytes).toBeLessThan(100 * MB);
    expect(most(grown.map((one) => one?.residentBytes))).toBeGreaterThan(400 * MB);
  });

  it('gets memory critical, so that much of the time is waiting for it, and most of swap is taken', () => {
    const worst = between('Memory critical', 'Killed, as');
    expect(level(worst[0] as Model)).toBe('critical');
    const shares = worst.map(({ memory }) => (memory.swapUsedBytes ?? 0) / (memory.swapTotalBytes ?? 1));
    expect(most(shares)).toBeGreaterThan(2 / 3);
    const waiting = worst.map(({ pressure }) => signalOf(pressure.memory.some)).toSorted((a, b) => a - b);
    expect(waiting[Math.floor(waiting.length / 2)]).toBeGreaterThan(25);
    expect(worst.some(({ memory }) => (memory.swapInBytesPerSec ?? 0) > MB)).toBe(true);
    expect(worst.some(({ memory }) => (memory.availableBytes ?? 0) < 16 * MB)).toBe(true);
  });

  it('has a storm on the disk, and the disk STALLED for ten seconds, which is critical', () => {
    const storm = between('Memory is full', 'STALLED').map(
      (model) => build(model, 'texlive')?.writeBytesPerSec,
    );
    expect(most(storm)).toBeGreaterThan(4 * MB);
    const stalled = between('STALLED', 'It answers again');
    const disks = stalled.flatMap(({ disks }) => disks.filter(({ stalledSec }) => stalledSec !== null));
    expect(most(disks.map(({ stalledSec }) => stalledSec))).toBeGreaterThan(10);
    expect(disks.every(({ carries }) => carries.includes('/tmp') && carries.includes('swap'))).toBe(true);
    expect(disks.every(({ inFlight }) => (inFlight ?? 0) > 0)).toBe(true);
    expect(stalled.at(-1)?.pressure.io.level).toBe('critical');
    expect(models.at(-1)?.disks.every(({ stalledSec }) => stalledSec === null)).toBe(true);
  });

  it('has a stuck build: no CPU time and no I/O for minutes', () => {
    const stuck = between('postgresql: minutes', 'Killed as well').map((model) => build(model, 'postgresql'));
    expect(most(stuck.map((one) => one?.idleSec))).toBeGreaterThan(120);
    expect(most(stuck.map((one) => one?.cpuPercent))).toBeLessThan(1);
  });

  it('ends both by real kills, whose outcome is an event of the recording', () => {
    const actions = events.flatMap((event) => (event.kind === 'action' ? [event] : []));
    expect(actions.map(({ entry }) => [entry.title, entry.status])).toEqual([
      ['kill webkitgtk-2.46.1', 'done'],
      ['kill postgresql-16.4', 'done'],
    ]);
    const [first] = actions;
    expect(first?.entry.intent).toMatchObject({ type: 'kill', reason: { by: 'memory', grows: true } });
    for (const { entry, timeMs } of actions) {
      const name = entry.title.replace('kill ', '');
      const running = (model: Model | undefined) => model?.builds.some((one) => one.name === name);
      expect(running(models.findLast((model) => model.timeMs < timeMs - (entry.durationMs ?? 0)))).toBe(true);
      expect(running(models.find((model) => model.timeMs > timeMs + 2000))).toBe(false);
    }
  });

  it('recovers: memory comes back, the others go on, and at the end nothing is short', () => {
    const after = between('The memory is back', 'What the eye');
    expect(most(after.map(({ memory }) => memory.availableBytes))).toBeGreaterThan(300 * MB);
    expect(build(after.at(-1) as Model, 'firefox')?.cpuPercent).toBeGreaterThan(0);
    expect(level(after.at(-1) as Model)).toBe('ok');
    expect(models.at(-1)?.shortages.filter(({ resource }) => resource !== 'cpu')).toEqual([]);
    expect(models.at(-1)?.memory.oomKills).toBe(0);
  });

  it('follows the rebuild: five builds with their phases, and what failed by the kills', ({ skip }) => {
    // One that was recorded before streams were followed.
    skip(models.every(({ rebuilds }) => rebuilds.length === 0));
    const early = between('A rebuild', 'Memory is full').at(-1);
    expect(early?.rebuilds).toMatchObject([{ command: 'nixos-rebuild switch --keep-going', over: false }]);
    expect(early?.builds.map(({ phase }) => phase)).not.toContain(null);
    expect(build(between('Memory critical', 'STALLED').at(-1) as Model, 'webkitgtk')?.phase).toBe(
      'linkPhase',
    );
    const failed = [...(models.at(-1)?.rebuilds[0]?.rebuild.failed.values() ?? [])];
    expect(failed.map(({ name }) => name).toSorted()).toEqual(['postgresql-16.4', 'webkitgtk-2.46.1']);
  });

  it('tells nothing of whoever recorded it', () => {
    const found = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value === 'string') found.add(value);
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    };
    collect([samples, events]);
    const paths = [...found].filter((text) => text.startsWith('/'));
    const ours =
      /^\/(?:|nix|nix\/.*|tmp|build|bin\/bash|dev\/\w+|proc\/(?:pressure|\d+)\/\w+|srv\/nix\/(?:bin|workloads)\/\S+)$/;
    expect(paths.filter((path) => !ours.test(path))).toEqual([]);
    expect(new Set(models.map(({ host }) => host.name))).toEqual(new Set(['lab']));
    const users = models.flatMap(({ builds, clients }) => [...builds, ...clients].map(({ user }) => user));
    expect([...new Set(users)].filter((user) => !/^(?:root|uid 0|nixbld\d+)$/.test(user ?? 'root'))).toEqual(
      [],
    );
  });

  const moments = { calm: 'A rebuild', stalled: 'STALLED', recovered: 'The memory is back' };
  const sizes = [
    [120, 40],
    [80, 24],
  ] as const;
  it.each(Object.entries(moments))('looks as it should: %s', async (name, after) => {
    for (const [columns, rows] of sizes) {
      const terminal = { columns, rows, unicode: true, color: false };
      const screen = await openScreen({ file: demoFile, after, plusSec: 6, live: false, terminal });
      expectGolden(`demo-${name}-${columns}x${rows}`, screen.frame());
      screen.close();
    }
  });
});

/** What a tick and a key cost, counted, not timed: rows composed, lines taken apart, layouts, frames and bytes. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { followStreams, noStreams, type Streams } from '../../src/logs/streams.ts';
import type { Client, Model } from '../../src/model/model.ts';
import { joinClients } from '../../src/model/rebuild/join-processes.ts';
import { usualLooks } from '../../src/model/ui/tones.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { applyStep } from '../../src/state/apply-step.ts';
import { subjectOfBuild } from '../../src/state/log-page.ts';
import { applySettings } from '../../src/state/screen-settings.ts';
import type { State } from '../../src/state/state.ts';
import { initialUi } from '../../src/state/ui.ts';
import { InkStdout } from '../../src/terminal/ink-stdout.ts';
import { diagnosed } from '../support/diagnosed-model.ts';
import { drawScreen } from '../support/drawn-screen.tsx';
import { box, boxFirefox, followedOf, withRebuilds } from '../support/followed-fixture.ts';
import { eventsUpTo } from '../support/followed-streams.ts';
import { buildOf, busy, idle, pressureOf, processOf, waiting } from '../support/model-fixture.ts';
import { build, drvOf, line, RebuildLog, say } from '../support/rebuild-log.ts';
import { followed } from '../support/rebuild-models.ts';

const count = vi.hoisted(() => ({ composed: 0, parsed: 0, laidOut: 0 }));

vi.mock(import('../../src/format/row.ts'), async (original) => {
  const actual = await original();
  const composeRow: typeof actual.composeRow = (...given) => {
    count.composed += 1;
    return actual.composeRow(...given);
  };
  return { ...actual, composeRow };
});

vi.mock(import('../../src/terminal/line.ts'), async (original) => {
  const actual = await original();
  const parseLine: typeof actual.parseLine = (...given) => {
    count.parsed += 1;
    return actual.parseLine(...given);
  };
  return { ...actual, parseLine };
});

/** As `busy`, with so many builds of a few processes each. */
function withBuilds(builds: number): Model {
  return {
    ...busy,
    builds: Array.from({ length: builds }, (_, i) =>
      buildOf({
        pid: 5000 + 10 * i,
        name: `package-${i}-1.${i}`,
        residentBytes: (builds - i) * 2 ** 26,
        tree: [processOf({ pid: 5000 + 10 * i }), processOf({ pid: 5001 + 10 * i, depth: 1 })],
      }),
    ),
  };
}

/** Some ms later; of the same second unless more passed. */
function later(model: Model, ms: number): Model {
  return { ...model, timeMs: model.timeMs + ms, monotonicMs: model.monotonicMs + ms };
}

function withPressure(model: Model, percent: number): Model {
  const pressure = { ...model.pressure, memory: pressureOf(percent, percent / 2) };
  return { ...later(model, 500), pressure, readAtMs: { ...model.readAtMs, pressure: percent } };
}

/** Every build has other numbers. */
function allBuildsMoved(model: Model): Model {
  const moved = (value: number | null) => (value ?? 0) + 37;
  return {
    ...later(model, 1000),
    builds: model.builds.map((build) => ({
      ...build,
      ageSec: moved(build.ageSec),
      cpuPercent: moved(build.cpuPercent),
      residentBytes: (build.residentBytes ?? 0) + 3 * 2 ** 20,
    })),
    readAtMs: { ...model.readAtMs, forest: moved(model.readAtMs.forest ?? 0) },
  };
}

/** Each frame that Ink has laid out. */
const { write } = InkStdout.prototype;
vi.spyOn(InkStdout.prototype, 'write').mockImplementation(function (this: InkStdout, ...given) {
  count.laidOut += 1;
  return write.apply(this, given);
});

let close = () => {};
afterEach(() => close());

async function open(model: Model, options: Parameters<typeof drawScreen>[1] = {}) {
  const screen = await drawScreen(model, options);
  close = screen.close;
  return {
    state: screen.state,
    async workOf(change: (state: State) => State) {
      const before = { ...count, ...screen.written };
      await screen.change(change);
      return {
        composed: count.composed - before.composed,
        parsed: count.parsed - before.parsed,
        laidOut: count.laidOut - before.laidOut,
        frames: screen.written.frames - before.frames,
        bytes: screen.written.bytes - before.bytes,
      };
    },
  };
}

const tick = (model: Model) => (state: State) => applyModel(state, model);

/** Composed where the list stands besides its rows: title, pressure, client, summary, titles, the row under the cursor. */
const around = 10;

test('pressure alone: title and pressure are composed, not the builds', async () => {
  const screen = await open(withBuilds(200), { rows: 100 });
  const work = await screen.workOf(tick(withPressure(screen.state().model, 42)));
  expect(work.composed).toBeLessThanOrEqual(6);
  expect(work).toMatchObject({ parsed: 1, laidOut: 0, frames: 1 });
  expect(work.bytes).toBeLessThan(250);
});

test('Ink lays out when rows get another place, not when other rows stand there', async () => {
  const screen = await open(withBuilds(200), { rows: 100 });
  const moved = await screen.workOf(tick(allBuildsMoved(screen.state().model)));
  expect(moved).toMatchObject({ laidOut: 0, frames: 1 });
  const view = await screen.workOf((state) => applyStep(state, { type: 'view', view: 'disks' }));
  expect(view.laidOut).toBeGreaterThan(0);
  expect(view.frames).toBe(1);
});

test('nothing that is shown changed: nothing is taken apart, nothing written', async () => {
  const screen = await open(withBuilds(200), { rows: 100 });
  const work = await screen.workOf(tick(later(screen.state().model, 10)));
  expect(work.composed).toBeLessThanOrEqual(6);
  expect(work).toMatchObject({ parsed: 0, frames: 0, bytes: 0 });
});

test.each([
  ['overview', 30],
  ['overview', 200],
  ['builds', 30],
  ['builds', 200],
] as const)(
  '%s: every one of %i builds changed: only rows on the screen are composed',
  async (view, builds) => {
    const screen = await open(withBuilds(builds), { ui: { view } });
    const { listRows } = screen.state().layout;
    const work = await screen.workOf(tick(allBuildsMoved(screen.state().model)));
    expect(work.composed).toBeLessThanOrEqual(listRows + around);
    expect(work.parsed).toBeGreaterThanOrEqual(Math.min(builds, listRows));
    expect(work.parsed).toBeLessThanOrEqual(listRows + around);
    expect(work.frames).toBe(1);
    expect(work.bytes).toBeLessThan(1000);
  },
);

test('columns of one’s own cost what the usual ones do', async () => {
  const columns = ['resident', 'phase', 'clientPid', 'now'] as const;
  const screen = await open(withBuilds(200), { ui: { columns } });
  const { listRows } = screen.state().layout;
  const work = await screen.workOf(tick(allBuildsMoved(screen.state().model)));
  expect(work.composed).toBeLessThanOrEqual(listRows + around);
  expect(work).toMatchObject({ frames: 1 });
});

test('settings that say nothing of the screen draw nothing again', async () => {
  const screen = await open(withBuilds(200), { rows: 100 });
  const { color, unicode } = screen.state().terminal;
  const { sort, inverted, columns } = initialUi;
  const usual = { sort, inverted, columns, color, unicode, looks: usualLooks, intervalScale: 1 };
  const work = await screen.workOf((state) => applySettings(state, usual, initialUi));
  expect(work.composed).toBeLessThanOrEqual(6);
  expect(work).toMatchObject({ parsed: 0, frames: 0, bytes: 0 });
});

test('of five hundred clients below the builds only those on the screen are composed', async () => {
  const clients = Array.from({ length: 500 }, (_, i): Client => {
    return { ...waiting, pid: 9000 + i, processes: [{ pid: 9000 + i, startTime: 1 }] };
  });
  const screen = await open({ ...withBuilds(5), clients }, { ui: { view: 'builds' } });
  const { listRows } = screen.state().layout;
  const work = await screen.workOf(tick(allBuildsMoved(screen.state().model)));
  expect(work.composed).toBeLessThanOrEqual(listRows + around);
  expect(work.parsed).toBeLessThanOrEqual(around);
});

test('a cursor that moves composes its row, and two are taken apart', async () => {
  const screen = await open(withBuilds(200), { rows: 100 });
  const down = (state: State) => applyStep(state, { type: 'move', by: 1 });
  await screen.workOf(down);
  const work = await screen.workOf(down);
  expect(work.composed).toBeLessThanOrEqual(3);
  expect(work).toMatchObject({ parsed: 2, frames: 1 });
  expect(work.bytes).toBeLessThan(500);
});

test('of the diagnosis what says the same is not composed again', async () => {
  const screen = await open(diagnosed, { ui: { view: 'diagnosis' } });
  const still = await screen.workOf(tick(later(screen.state().model, 10)));
  expect(still.composed).toBeLessThanOrEqual(6);
  expect(still).toMatchObject({ frames: 0, bytes: 0 });
  // The times of what was found, of what runs, and what stands above the list.
  const second = await screen.workOf(tick(later(screen.state().model, 1000)));
  expect(second.composed).toBeLessThanOrEqual(around + diagnosed.findings.length + 2);
  expect(second.frames).toBe(1);
});

test('of 5,000 derivations only those on the screen are composed, and of an idle tick none', async () => {
  const log = new RebuildLog().at(
    busy.timeMs - 60_000,
    say('these 5000 derivations will be built:'),
    ...Array.from({ length: 5000 }, (_, index) => say(`  ${drvOf(`p${index}`)}`)),
    ...Array.from({ length: 10 }, (_, index) => build(100 + index, `p${index}`)),
  );
  const model = withRebuilds(idle, [followedOf(log.rebuild)]);
  const screen = await open(model, { ui: { view: 'builds' } });
  const lines = Array.from({ length: 10 }, (_, index) => line(100 + index, 'cc'));
  const next = withRebuilds(later(idle, 1000), [followedOf(log.at(busy.timeMs + 1000, ...lines).rebuild)]);
  const work = await screen.workOf(tick(next));
  expect(screen.state().rows).toHaveLength(12);
  expect(work.composed).toBeLessThanOrEqual(12 + around);
  expect(work.parsed).toBeLessThanOrEqual(12 + around);
  const still = await screen.workOf(tick({ ...next, timeMs: next.timeMs + 10 }));
  expect(still).toMatchObject({ parsed: 0, frames: 0, bytes: 0 });
});

describe('rebuilds that are followed', () => {
  /** Whole seconds, so that the next half second is of the same one. */
  const start = { ...followed, timeMs: Math.floor(followed.timeMs / 1000) * 1000 };
  const rowsOfRebuilds = 6;

  test('pressure alone: none of their rows is composed', async () => {
    const screen = await open(start);
    const work = await screen.workOf(tick(withPressure(screen.state().model, 42)));
    expect(work.composed).toBeLessThanOrEqual(6);
    expect(work.parsed).toBe(1);
  });

  test('nothing that is shown changed: nothing is written, and no row of theirs composed', async () => {
    const screen = await open(start);
    const heard = followed.rebuilds.map((one) => ({
      ...one,
      rebuild: { ...one.rebuild, unread: { ...one.rebuild.unread, talkative: 7 } },
    }));
    const work = await screen.workOf(tick({ ...later(screen.state().model, 10), rebuilds: heard }));
    expect(work).toMatchObject({ parsed: 0, frames: 0, bytes: 0 });
    expect(work.composed).toBeLessThanOrEqual(6);
  });

  test('a second later only the rows whose words changed are composed', async () => {
    const screen = await open({ ...start, builds: [] });
    const work = await screen.workOf(tick(later(screen.state().model, 1000)));
    expect(work.parsed).toBeGreaterThan(0);
    expect(work.composed).toBeLessThan(rowsOfRebuilds + 4);
  });

  test('thousands of events a tick cost what the screen shows', async () => {
    const origin = { kind: 'command', words: ['nix', 'build'], pid: 800 } as const;
    const events = eventsUpTo('nix-2.34/nixbuild-many', null).slice(0, -1);
    const follow = (before: Streams, timeMs: number) =>
      followStreams(before, { streams: [{ id: 'a', origin, writers: 'one', events }] }, timeMs);
    const first = follow(noStreams, start.timeMs);
    const next = follow(first, start.timeMs + 500);
    const modelOf = (streams: Streams, ms: number): Model => ({
      ...later(withBuilds(5), ms),
      timeMs: start.timeMs + ms,
      rebuilds: joinClients(streams.rebuilds, busy, 'now', []),
    });
    const screen = await open(modelOf(first, 0));
    const work = await screen.workOf(tick(modelOf(next, 500)));
    const { listRows } = screen.state().layout;
    expect(work.composed).toBeLessThanOrEqual(listRows + around);
  });
});

test('of an open log only new lines are composed, with the line above them', async () => {
  const selected = identityKey(boxFirefox);
  const screen = await open(box, { ui: { view: 'builds', selected } });
  await screen.workOf((state) => applyStep(state, { type: 'log', of: subjectOfBuild(boxFirefox) }));
  expect(screen.state().log?.kept.total).toBe(120);
  const work = await screen.workOf(tick(withPressure(screen.state().model, 42)));
  expect(work.composed).toBeLessThanOrEqual(3);
  expect(work.parsed).toBeLessThanOrEqual(2);
});

import { describe, expect, it } from 'vitest';
import { createIncidentFold } from '../../src/incident/fold.ts';
import type { Incident } from '../../src/model/incident/incident.ts';
import type { Model, ModelEvent } from '../../src/model/model.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import {
  endedAt,
  incidentFromMs,
  leakAt,
  leaking,
  modelAt,
  shortageAt,
  startedAt,
} from '../support/incident-models.ts';
import { journalEntry } from '../support/journal-entry.ts';

function incidentOf(
  models: readonly Model[],
  events: readonly RecordedEvent[] = [],
  options: Parameters<typeof createIncidentFold>[0] = {},
): Incident {
  const fold = createIncidentFold(options);
  for (const event of events) fold.tell(event);
  for (const model of models) fold.add(model);
  const incident = fold.incident({ chosenBy: 'incident' });
  if (incident === null) throw new Error('nothing folded');
  return incident;
}

function seconds(from: number, to: number, over: (sec: number) => Partial<Model> = () => ({})): Model[] {
  return Array.from({ length: to - from }, (_, at) => modelAt(from + at, over(from + at)));
}

/** Events pile up, as in a Model. */
function withEvents(models: readonly Model[], events: readonly ModelEvent[]): Model[] {
  return models.map((model) => {
    const events_ = events.filter(({ timeMs }) => timeMs <= model.timeMs);
    return { ...model, events: events_ };
  });
}

const kill = (sec: number, over: Parameters<typeof journalEntry>[0] = {}): RecordedEvent => {
  const target = { root: { pid: 7, startTime: 70 }, uid: 1, name: 'webkitgtk-2.46.1', user: 'nixbld5' };
  const intent = { type: 'kill', targets: [target], reason: null } as const;
  const time = new Date(incidentFromMs + sec * 1000).toISOString();
  const title = 'kill webkitgtk-2.46.1';
  return {
    kind: 'action',
    timeMs: incidentFromMs + sec * 1000,
    entry: journalEntry({ user: 'ada', time, intent, title, ...over }),
  };
};

const short = (from: number, to: number, builds: Model['builds'] = []) =>
  seconds(from, to, () => ({
    shortages: [shortageAt('memory', 'critical', from)],
    findings: [leakAt(from)],
    builds,
    memory: { ...modelAt(0).memory, availableBytes: 5 * 2 ** 20 },
  }));

describe('an incident', () => {
  it('of a machine that is well is none', () => {
    const incident = incidentOf(seconds(0, 30));
    expect(incident).toMatchObject({
      critical: null,
      severity: { level: 'none', rule: 'calm' },
      rootCause: { kind: 'none' },
      recovery: null,
      suspects: [],
      timeline: [],
      samples: 30,
    });
  });

  it('is nothing before the first look', () => {
    expect(createIncidentFold().incident({ chosenBy: 'recent' })).toBeNull();
  });

  it('goes from what was critical to what was well again, with what helped', () => {
    const events = [startedAt(5, 'webkitgtk-2.46.1', 7), endedAt(41)];
    const models = withEvents([...seconds(0, 10), ...short(10, 41, [leaking]), ...seconds(41, 60)], events);
    const incident = incidentOf(models, [kill(40)]);
    expect(incident.critical).toMatchObject({
      fromMs: incidentFromMs + 10_000,
      toMs: incidentFromMs + 41_000,
      lengthSec: 31,
      shortages: ['memory'],
    });
    expect(incident.severity).toEqual({ level: 'major', rule: 'lost' });
    expect(incident.impact.lost).toEqual([
      expect.objectContaining({ name: 'webkitgtk-2.46.1', by: 'ada', killer: 'nixpulse', ageSec: 120 }),
    ]);
    expect(incident.recovery).toMatchObject({
      afterMs: incidentFromMs + 40_000,
      calmMs: incidentFromMs + 41_000,
      worst: { availableBytes: 5 * 2 ** 20 },
      last: { availableBytes: 800 * 2 ** 20 },
    });
    expect(incident.rootCause).toEqual({ kind: 'likely', suspect: 0 });
    expect(incident.suspects[0]).toMatchObject({ about: 'webkitgtk-2.46.1', toMs: incidentFromMs + 41_000 });
    // Its end is told by who ended it.
    expect(incident.timeline.map(({ source, what }) => [source, what.kind])).toEqual([
      ['sample', 'comings'],
      ['sample', 'shortage'],
      ['action', 'action'],
    ]);
  });

  it('without an action tells no help, and what is only possible is no cause', () => {
    const found = leakAt(10, { state: 'possible', level: 'warning' });
    const models = [
      ...seconds(0, 10),
      ...seconds(10, 30, () => ({ shortages: [shortageAt('io', 'critical', 10)], findings: [found] })),
      ...seconds(30, 40),
    ];
    const incident = incidentOf(models);
    expect(incident.rootCause).toEqual({ kind: 'unknown', suspect: 0 });
    expect(incident.recovery).toMatchObject({ after: null, afterMs: null });
    expect(incident.severity).toEqual({ level: 'minor', rule: 'critical' });
  });

  it('tells of guards: what they did, to whom, and that it helped', () => {
    const guard = (sec: number, over: Partial<Extract<ModelEvent, { kind: 'guard' }>>): ModelEvent => ({
      ...{
        timeMs: incidentFromMs + sec * 1000,
        level: 'critical',
        kind: 'guard',
        rule: 'memory',
        action: 'kill',
      },
      ...{
        names: ['webkitgtk-2.46.1'],
        dryRun: false,
        status: 'done',
        value: 40,
        limit: 20,
        unit: 'percent',
      },
      ...{ heldSec: 5, summary: 'killed webkitgtk-2.46.1', ...over },
    });
    const rehearsed = guard(15, { dryRun: true, status: null, summary: null, level: 'warning' });
    const events = [rehearsed, guard(18, {}), endedAt(19)];
    const entry = journalEntry({
      via: 'guard',
      user: 'root',
      time: new Date(incidentFromMs + 18_000).toISOString(),
    });
    const action: RecordedEvent = { kind: 'action', timeMs: incidentFromMs + 18_100, entry };
    const models = withEvents([...short(10, 20, [leaking]), ...seconds(20, 30)], events);
    const incident = incidentOf(models, [action]);
    expect(incident.impact.lost).toMatchObject([{ name: 'webkitgtk-2.46.1', by: 'guard' }]);
    expect(incident.recovery).toMatchObject({
      afterMs: incidentFromMs + 18_000,
      after: { event: { rule: 'memory' } },
    });
    const guards = incident.timeline.filter(({ source }) => source === 'guard');
    // The journal's entry of the same act is not told again.
    expect(guards.map(({ what }) => what.kind)).toEqual(['event', 'event']);
  });

  it('has no cause in what is found beside it, and one in what its log says', () => {
    const beside = leakAt(0, { hypothesis: 'lock', state: 'confirmed', level: 'warning' });
    const models = [...short(0, 20).map((model) => ({ ...model, findings: [beside] })), ...seconds(20, 30)];
    expect(incidentOf(models).rootCause).toEqual({ kind: 'unknown', suspect: null });
    const failed: ModelEvent = {
      ...{
        timeMs: incidentFromMs + 15_000,
        level: 'warning',
        kind: 'build-failed',
        rebuild: 'a',
        command: null,
      },
      ...{
        drv: null,
        name: 'hello-2.12',
        phase: null,
        ageSec: 3,
        said: 'x',
        cause: { kind: 'exit', code: 2 },
      },
    };
    const logged = incidentOf(withEvents(models, [failed]));
    expect(logged.rootCause).toEqual({ kind: 'log', lost: 0 });
    expect(logged.suspects).toHaveLength(1);
  });

  it('that ends in a freeze is severe, and a report that was cut there is not', () => {
    const fold = createIncidentFold();
    for (const model of [...seconds(0, 5), ...short(5, 20)]) fold.add(model);
    expect(fold.incident({ chosenBy: 'incident' })?.severity.rule).toBe('unended');
    expect(fold.incident({ chosenBy: 'asked' })?.severity.rule).toBe('critical');
    expect(fold.incident({ chosenBy: 'incident' })?.critical?.toMs).toBeNull();
  });

  it('of ten minutes is severe, of one major', () => {
    expect(incidentOf([...short(0, 601), ...seconds(601, 610)]).severity.rule).toBe('lasting');
    expect(incidentOf([...short(0, 61), ...seconds(61, 70)]).severity.rule).toBe('minute');
  });

  it('in which somebody else was killed is severe', () => {
    const killed: ModelEvent = {
      ...{ timeMs: incidentFromMs + 5000, level: 'critical', kind: 'killed', killer: 'kernel', pid: 44 },
      ...{
        comm: 'postgres',
        uid: 70,
        residentBytes: 1,
        cgroup: null,
        limitBytes: null,
        build: null,
        drv: null,
      },
      ...{ builds: 0, command: null, causeBuild: 'webkitgtk-2.46.1', causeCommand: null },
      ...{ causeResidentBytes: 1, causeGrowthBytesPerMin: null },
    };
    const incident = incidentOf(withEvents(seconds(0, 10), [killed]));
    expect(incident.severity).toEqual({ level: 'severe', rule: 'bystander' });
    expect(incident.impact.kills).toBe(1);
    expect(incident.timeline).toMatchObject([{ source: 'kernel', level: 'critical' }]);
  });

  it('makes one line of a level that flaps', () => {
    const flapping = seconds(0, 300, (sec) =>
      sec % 20 < 10 ? { shortages: [shortageAt('memory', 'warning', sec - (sec % 20))] } : {},
    );
    const { timeline } = incidentOf(flapping);
    expect(timeline).toMatchObject([
      { what: { kind: 'shortage', resource: 'memory', times: 15, toMs: incidentFromMs + 290_000 } },
    ]);
  });

  it('has two lines of what was well for long between', () => {
    const models = seconds(0, 600, (sec) =>
      sec < 10 || sec > 500 ? { shortages: [shortageAt('io', 'warning', sec < 10 ? 0 : 501)] } : {},
    );
    const { timeline } = incidentOf(models);
    expect(timeline.map(({ what }) => what.kind === 'shortage' && [what.times, what.toMs === null])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it('adds the time up in which everything waited, over a hole, too', () => {
    const half = (sec: number): Partial<Model> => {
      const line = { avg10: 0, avg60: 0, avg300: 0, tickPercent: 50 };
      const { pressure } = modelAt(sec);
      return { pressure: { ...pressure, memory: { ...pressure.memory, full: line } } };
    };
    const incident = incidentOf([...seconds(0, 11, half), ...seconds(40, 51, half)]);
    expect(incident.impact.stalledSec.memory).toBeCloseTo(25);
    expect(incident.impact.stalledSec.io).toBeNull();
    expect(incident.timeline).toMatchObject([{ what: { kind: 'silence', lost: null } }]);
  });

  it('says why the recorder lost Samples, once', () => {
    const gap: RecordedEvent = {
      ...{ kind: 'gap', timeMs: incidentFromMs + 40_000, fromMs: incidentFromMs + 10_000, samples: 60 },
      why: 'disk too slow',
    };
    const { timeline } = incidentOf([...seconds(0, 11), ...seconds(40, 45)], [gap]);
    expect(timeline).toMatchObject([
      { source: 'recorder', what: { kind: 'silence', lost: 'disk too slow' } },
    ]);
  });

  it('knows by recorded events what happened while Samples were lost', () => {
    const timeMs = incidentFromMs + 20_000;
    const event: ModelEvent = { timeMs, level: 'critical', kind: 'oom-kill', count: 2 };
    const models = [...seconds(0, 11), ...seconds(40, 45)];
    expect(incidentOf(models, [{ kind: 'alert', timeMs, event }]).impact.kills).toBe(2);
    // What Models tell, too, is told once.
    const told = withEvents(models, [event]);
    expect(incidentOf(told, [{ kind: 'alert', timeMs, event: { ...event } }]).impact.kills).toBe(2);
  });

  it('tells of nothing that was before its begin', () => {
    const before = endedAt(-100);
    const models = withEvents(seconds(0, 10), [before, endedAt(5, 'hello-2.12', 9)]);
    const { timeline } = incidentOf(models, [kill(-90)], { fromMs: incidentFromMs });
    expect(timeline).toMatchObject([{ what: { kind: 'comings', names: ['hello-2.12'] } }]);
  });

  it('keeps the order of what happened where the clock was set back', () => {
    const back = (sec: number) => ({ ...modelAt(sec), timeMs: incidentFromMs + (sec - 3600) * 1000 });
    const jump: ModelEvent = {
      ...{ timeMs: incidentFromMs + (10 - 3600) * 1000, level: 'warning', kind: 'clock-jump' },
      ...{ bySec: -3600, unsure: false },
    };
    const late: ModelEvent = { timeMs: jump.timeMs + 1000, level: 'critical', kind: 'oom-kill', count: 1 };
    const first: ModelEvent = {
      timeMs: incidentFromMs + 5000,
      level: 'critical',
      kind: 'oom-kill',
      count: 3,
    };
    const models = [
      ...withEvents(seconds(0, 10), [first]),
      { ...back(10), events: [first, jump] },
      { ...back(11), events: [first, jump, late] },
    ];
    const { timeline, columns } = incidentOf(models);
    expect(timeline.map(({ what }) => what.kind === 'event' && what.event.kind)).toEqual([
      'oom-kill',
      'clock-jump',
      'oom-kill',
    ]);
    expect(columns.length).toBeLessThanOrEqual(60);
  });

  it('stays short and tells what counts where hundreds of builds come and go', () => {
    const events: ModelEvent[] = Array.from({ length: 400 }, (_, at) =>
      at % 2 === 0 ? startedAt(at, `package-${at}`, at) : endedAt(at, `package-${at - 1}`, at - 1),
    );
    const models = withEvents(seconds(0, 420), events).map((model) => {
      return model.timeMs === incidentFromMs + 200_000
        ? { ...model, shortages: [shortageAt('memory', 'critical', 200)] }
        : model;
    });
    const { timeline, omitted } = incidentOf(models, [kill(201)], { mostEntries: 40 });
    expect(timeline.length).toBeLessThanOrEqual(40);
    expect(timeline.some(({ what }) => what.kind === 'action')).toBe(true);
    expect(timeline.some(({ what }) => what.kind === 'shortage')).toBe(true);
    expect(omitted + timeline.length).toBeGreaterThan(1);
  });

  it('scores what Nix did, by the limits that are given', () => {
    const models = seconds(0, 30, () => ({ builds: [leaking] }));
    const item = (limits: Parameters<typeof createIncidentFold>[0]) =>
      incidentOf(models, [], limits).score?.items.find(({ id }) => id === 'memory');
    expect(item({})).toMatchObject({ state: 'pass', limit: 50 });
    const scoreLimits = { time: 600, memory: 10, await: 100, cpu: 80 };
    expect(item({ scoreLimits })).toMatchObject({ state: 'fail', limit: 10 });
    expect(incidentOf(seconds(0, 5)).score).toBeNull();
  });

  it('keeps no more than it needs of a day', () => {
    const fold = createIncidentFold();
    const events: ModelEvent[] = [];
    for (let at = 0; at < 5000; at += 1) {
      const timeMs = incidentFromMs + at * 1000;
      events.push({
        timeMs,
        level: 'warning',
        kind: 'hung-task',
        pid: at,
        comm: 'ld',
        lengthSec: 120,
        build: null,
        drv: null,
        command: null,
      });
      fold.add(modelAt(at, { events: events.slice(-200) }));
    }
    const incident = fold.incident({ chosenBy: 'status' });
    expect(incident?.timeline.length).toBe(60);
    expect((incident?.omitted ?? 0) + 60).toBe(4999);
    expect(incident?.columns.length).toBeLessThanOrEqual(60);
  });
});

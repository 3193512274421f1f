import { describe, expect, it } from 'vitest';
import type { DerivedSample } from '../../src/diagnose/derive-sample.ts';
import { deriveSample } from '../../src/diagnose/derive-sample.ts';
import { createDurationHistory } from '../../src/followers/duration-history.ts';
import { createLogFacts } from '../../src/followers/log-facts.ts';
import type { Model, ModelEvent } from '../../src/model/model.ts';
import type { LogsRaw, StreamOrigin, StreamRaw } from '../../src/model/rebuild/followed.ts';
import { createFakePorts, type FakePorts, settled } from '../support/fake-ports.ts';
import { eventsOf } from '../support/logs.ts';
import { bare, build, drvOf, progress, say, stop } from '../support/rebuild-log.ts';

const own = '/state/durations.csv';
const header = 'hostname,derivation name,utc time,build seconds\n';
const drvText = (pname: string, ...inputs: readonly string[]) =>
  `Derive([],[${inputs.map((one) => `("${drvOf(one)}",["out"])`).join(',')}],[],"s","b",[],[("pname","${pname}")])`;
const startMs = Date.UTC(2026, 10, 29, 11, 0, 0);

/** What the watcher does: facts into the Sample, the Model back to the facts. */
class World {
  readonly ports: FakePorts;
  readonly history;
  readonly facts;
  readonly samples: LogsRaw[] = [];
  derived: DerivedSample | null = null;
  origin: StreamOrigin = { kind: 'stdin' };
  private ended = false;

  constructor(tree: Readonly<Record<string, string>> = {}, csv: string | null = null) {
    this.ports = createFakePorts({ tree });
    if (csv !== null) this.ports.ownFiles.texts.set(own, csv);
    this.history = createDurationHistory(this.ports, { own, others: [] });
    this.facts = createLogFacts(this.ports, this.history);
  }

  at(sec: number, ...documents: readonly object[]): this {
    const text = documents.map((one) => `@nix ${JSON.stringify(one)}\n`).join('');
    const events = eventsOf(text).filter(({ kind }) => kind !== 'end');
    const stream: StreamRaw = { id: 's', origin: this.origin, writers: 'one', events };
    const streams = documents.length === 0 || this.ended ? [] : [stream];
    const logs: LogsRaw = { streams, ...this.facts.take(streams) };
    this.samples.push(logs);
    const monotonicMs = sec * 1000;
    const sample = { version: 1, timeMs: startMs + monotonicMs, monotonicMs } as const;
    this.derived = deriveSample(
      { ...sample, logs: { ok: true, value: logs, atMs: monotonicMs } },
      this.derived,
    );
    this.facts.looked?.(this.derived.model);
    return this;
  }

  get model() {
    if (this.derived === null) throw new Error('nothing was looked at');
    return this.derived.model;
  }

  async written(): Promise<string | undefined> {
    await this.history.flush();
    return this.ports.ownFiles.texts.get(own);
  }
}

const plan = (...names: readonly string[]) => [
  say(`these ${names.length} derivations will be built:`),
  ...names.map((name) => say(`  ${drvOf(name)}`)),
];
const begin = [bare(10, 102), bare(11, 104)];
const done = (id: number, count: number) => [progress(11, count, 9, 0, 0), stop(id)];

describe('what is read beside streams', () => {
  it('nothing, while they name nothing', async () => {
    const world = new World({ '/etc/nix/nix.conf': 'max-jobs = 4\n' }, header).at(1).at(2, say('hello'));
    await settled();
    world.at(3);
    expect(world.samples.every((one) => Object.keys(one).join() === 'streams')).toBe(true);
    expect(world.ports.files.count('readSlow')).toBe(0);
  });

  it('derivations, earlier durations by pname or by name, and max-jobs: each once', async () => {
    const world = new World(
      {
        '/etc/nix/nix.conf': 'cores = 2\nmax-jobs = 3\n!include nix.custom.conf\n',
        '/etc/nix/nix.custom.conf': 'max-jobs = auto # all\n',
        '/sys/devices/system/cpu/online': '0-5\n',
        [drvOf('firefox-130.0b1')]: drvText('firefox', 'curl-8.1'),
      },
      `${header},firefox,2026-11-29 09:00:00,3600\n,curl,2026-11-29 09:00:00,40\n,other,2026-11-29 09:00:00,1\n`,
    ).at(1, ...plan('firefox-130.0b1', 'curl-8.1'));
    await settled();
    world.at(2);
    await settled();
    world.at(3).at(4);
    expect(world.samples.slice(1)).toEqual([
      {
        streams: [],
        derivations: [
          { drv: drvOf('firefox-130.0b1'), inputs: [drvOf('curl-8.1')], pname: 'firefox', system: 's' },
        ],
        durations: [
          { name: 'curl', hosts: [{ host: '', seconds: [40] }] },
          { name: 'firefox', hosts: [{ host: '', seconds: [3600] }] },
        ],
        maxJobs: 6,
      },
      { streams: [] },
      { streams: [] },
    ]);
    expect([...world.model.durations.keys()]).toEqual(['curl', 'firefox']);
    expect(world.derived?.streams.maxJobs).toBe(6);
  });
});

describe('what is kept of builds that are done', () => {
  it('how long they took, by pname, name and builder', async () => {
    const world = new World({ [drvOf('linux-6.12')]: drvText('linux_lts') })
      .at(0, ...begin)
      .at(1, ...plan('linux-6.12', 'curl-8.1'));
    await settled();
    world
      .at(2, build(1, 'linux-6.12'))
      .at(5, build(2, 'curl-8.1', 'ssh-ng://u@big-arm?x'))
      .at(30, ...done(2, 1))
      .at(90, ...done(1, 2));
    expect(await world.written()).toBe(
      `${header}big-arm,curl,2026-11-29 11:00:30,25\n,linux_lts,2026-11-29 11:01:30,88\n`,
    );
  });

  it('not of those that failed, were cut off, stood still or slept', async () => {
    const world = new World()
      .at(0, ...begin)
      .at(1, build(1, 'stopped'), build(2, 'paused'), build(3, 'slept'), build(4, 'ok'))
      .at(9, ...done(4, 1))
      .at(10, stop(1));
    const { model } = world;
    const slept: ModelEvent = { kind: 'suspend', lengthSec: 60, level: 'ok', timeMs: startMs + 11_000 };
    const log = { rebuild: 's stream', drv: drvOf('paused'), phaseSinceMs: null, lines: 0 };
    const paused = { paused: true, log: { ...log, lastLineMs: null, usual: null } };
    world.facts.looked?.({ ...model, builds: [paused as unknown as (typeof model.builds)[number]] });
    world.at(20, ...done(2, 2));
    if (world.derived !== null)
      world.derived = { ...world.derived, model: { ...world.model, events: [slept] } };
    world.at(30, ...done(3, 3));
    expect(await world.written()).toBe(`${header},ok,2026-11-29 11:00:09,8\n`);
  });

  it('when their processes went, where an old Nix says only at the end that they are done', async () => {
    const names = ['a', 'b', 'c'];
    const world = new World().at(0, ...begin, ...names.map((name, i) => build(i + 1, name)));
    const look = (sec: number, ...alive: readonly string[]) => {
      const builds = alive.map((name) => {
        const log = { rebuild: 's stream', drv: drvOf(name), phaseSinceMs: null, lines: 0 };
        return { paused: false, log: { ...log, lastLineMs: null, usual: null } };
      });
      const timeMs = startMs + sec * 1000;
      world.facts.looked?.({ ...world.model, timeMs, builds: builds as unknown as Model['builds'] });
    };
    look(1, 'a', 'b');
    look(29, 'a', 'b');
    look(30, 'b');
    look(59, 'b');
    look(60);
    world.at(61, progress(11, 2, 3, 1, 0));
    // Nobody saw the third one's processes: when it ended is not known.
    world.at(90, progress(11, 3, 3, 0, 0), stop(3), stop(2), stop(1));
    expect((await world.written())?.split('\n').sort()).toEqual(
      ['', ',a,2026-11-29 11:00:30,30', ',b,2026-11-29 11:01:00,60', header.trim()].sort(),
    );
  });

  it('at the end too, at once', async () => {
    const world = new World().at(0, ...begin, build(1, 'a')).at(9, ...done(1, 1));
    world.facts.close?.();
    await settled();
    expect(world.ports.ownFiles.texts.get(own)).toBe(`${header},a,2026-11-29 11:00:09,9\n`);
  });

  it('not of what a file of many clients held before we came', async () => {
    const world = new World();
    world.origin = { kind: 'file', path: '/run/nix.json' };
    world
      .at(0, ...begin, build(1, 'old'))
      .at(20, build(2, 'new'))
      .at(50, ...done(1, 1), ...done(2, 2));
    expect(await world.written()).toBe(`${header},new,2026-11-29 11:00:50,30\n`);
  });
});

import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { Sample, SampleParts } from '../../src/model/sample.ts';
import type { SourceId } from '../../src/model/source-table.ts';
import type { Source } from '../../src/samplers/source.ts';
import { createLoop, type Tick } from '../../src/watch/loop.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const memory = { atMs: 0, ...fail('denied', 'memory') } as const;

function setUp(
  ids: readonly SourceId[] = ['pressure', 'residentMemory', 'iostat', 'buildTree'],
  options: {
    intervalScale?: number;
    readMs?: number;
    sample?: Partial<Record<SourceId, () => SampleParts>>;
  } = {},
) {
  const clock = createFakeClock({ monotonic: 5000 });
  const ticks: { at: number; sample: Sample; tick: Tick }[] = [];
  const closed: SourceId[] = [];
  const sources = ids.map(
    (id): Source => ({
      id,
      sample: () => {
        if (options.readMs) clock.stall(options.readMs);
        return options.sample?.[id]?.() ?? {};
      },
      close: () => closed.push(id),
    }),
  );
  const loop = createLoop({
    sources,
    clock,
    ...(options.intervalScale ? { intervalScale: options.intervalScale } : {}),
    onSample: (sample, tick) => ticks.push({ at: sample.monotonicMs - 5000, sample, tick }),
  });
  /** `0 pressure+iostat`: when, and what was read together. */
  const seen = () => ticks.map(({ at, tick }) => `${at} ${tick.read.join('+')}`);
  return { clock, loop, ticks, seen, closed };
}

describe('schedule', () => {
  test('reads at once, then on the grid, and what is due together makes one sample', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.want('iostat', 1000);
    loop.want('buildTree', 1000);
    loop.start();
    clock.advance(2000);
    expect(seen()).toEqual([
      '0 pressure+iostat+buildTree',
      '500 pressure',
      '1000 pressure+iostat+buildTree',
      '1500 pressure',
      '2000 pressure+iostat+buildTree',
    ]);
  });

  test('nothing is read before start, nothing without a wish, and no timer is left', () => {
    const { clock, loop, seen } = setUp();
    const release = loop.want('pressure', 500);
    clock.advance(3000);
    expect(seen()).toEqual([]);
    loop.start();
    release();
    clock.advance(3000);
    expect(seen()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('one timer, whatever is wanted', () => {
    const { clock, loop } = setUp();
    loop.start();
    for (const id of ['pressure', 'iostat', 'buildTree', 'residentMemory'] as const) loop.want(id, 700);
    expect(clock.pending).toBe(1);
    clock.advance(1);
    expect(clock.pending).toBe(1);
  });

  test('a wish in mid-course is read at once and then joins the grid, not within a quarter of it', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.start();
    clock.advance(900);
    loop.want('iostat', 1000);
    clock.advance(1600);
    expect(seen()).toEqual([
      '0 pressure',
      '500 pressure',
      '900 iostat',
      '1000 pressure',
      '1500 pressure',
      '2000 pressure+iostat',
      '2500 pressure',
    ]);
  });

  test('the most frequent wish counts; released, the other one goes on', () => {
    const { clock, loop, seen } = setUp();
    loop.want('iostat', 1000);
    loop.start();
    clock.advance(0);
    const release = loop.want('iostat', 250);
    clock.advance(1000);
    release();
    release();
    clock.advance(2000);
    expect(seen().map((line) => Number.parseInt(line, 10))).toEqual([
      0, 250, 500, 750, 1000, 1250, 2000, 3000,
    ]);
  });

  test('released and wanted again, it is not read again before its time', () => {
    const { clock, loop, seen } = setUp();
    loop.start();
    loop.want('pressure', 500)();
    for (let passed = 0; passed < 1200; passed += 10) {
      const release = loop.want('pressure', 500);
      clock.advance(10);
      if (passed < 1190) release();
    }
    clock.advance(400);
    expect(seen()).toEqual(['0 pressure', '500 pressure', '1000 pressure', '1500 pressure']);
  });

  test('all intervals are scaled by one factor', () => {
    const { clock, loop, seen } = setUp(undefined, { intervalScale: 4 });
    loop.want('pressure', 500);
    loop.want('iostat', 1000);
    loop.start();
    clock.advance(4000);
    expect(seen()).toEqual(['0 pressure+iostat', '2000 pressure', '4000 pressure+iostat']);
  });

  test('slowed down from the next reading on, and back; the others as ever', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 1000);
    loop.want('buildTree', 1000);
    loop.start();
    clock.advance(500);
    loop.slowDown('buildTree', 4);
    clock.advance(5000);
    loop.slowDown('buildTree', 1);
    clock.advance(4500);
    loop.slowDown('iostat', 2);
    expect(seen().filter((line) => line.includes('buildTree'))).toEqual([
      '0 pressure+buildTree',
      '1000 pressure+buildTree',
      '4000 pressure+buildTree',
      '8000 pressure+buildTree',
      '9000 pressure+buildTree',
      '10000 pressure+buildTree',
    ]);
    expect(seen()).toHaveLength(11);
  });

  test('a source that this system does not have is never read', () => {
    const { clock, loop, seen } = setUp(['pressure']);
    const release = loop.want('buildTree', 1000);
    loop.start();
    clock.advance(5000);
    release();
    expect(seen()).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('stop holds the wishes, start takes them up again with a new grid', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.start();
    loop.start();
    clock.advance(700);
    loop.stop();
    clock.advance(5000);
    expect(clock.pending).toBe(0);
    loop.start();
    clock.advance(500);
    expect(seen()).toEqual(['0 pressure', '500 pressure', '5700 pressure', '6200 pressure']);
  });

  test('close stops and closes every source', () => {
    const { clock, loop, closed } = setUp();
    loop.want('pressure', 500);
    loop.start();
    loop.close();
    expect(clock.pending).toBe(0);
    expect(closed).toEqual(['pressure', 'residentMemory', 'iostat', 'buildTree']);
  });
});

describe('time', () => {
  test('an hour of slow reads does not drift', () => {
    const { clock, loop, ticks } = setUp(['pressure'], { readMs: 7 });
    loop.want('pressure', 500);
    loop.start();
    clock.advance(3_600_000);
    expect(ticks).toHaveLength(7201);
    expect(ticks.at(-1)?.at).toBe(3_600_000);
  });

  test('a tick that comes a little early does not come twice', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.want('iostat', 997);
    loop.start();
    clock.advance(1000);
    expect(seen()).toEqual(['0 pressure+iostat', '500 pressure', '997 pressure+iostat']);
  });

  test('missed ticks are skipped, counted, and the lateness is told', () => {
    const { clock, loop, ticks, seen } = setUp();
    loop.want('pressure', 500);
    loop.start();
    clock.advance(500);
    clock.stall(3250);
    clock.advance(0);
    clock.advance(1000);
    expect(seen()).toEqual(['0 pressure', '500 pressure', '3750 pressure', '4000 pressure', '4500 pressure']);
    expect(ticks.map(({ tick }) => tick.latenessMs)).toEqual([0, 0, 2750, 0, 0]);
    expect(ticks.map(({ tick }) => tick.missed)).toEqual([0, 0, 5, 0, 0]);
  });

  test('after a stall the next reading is not within a quarter of the interval', () => {
    const { clock, loop, seen } = setUp();
    loop.want('iostat', 1000);
    loop.start();
    clock.advance(0);
    clock.stall(1900);
    clock.advance(2100);
    expect(seen()).toEqual(['0 iostat', '1900 iostat', '3000 iostat', '4000 iostat']);
  });

  test('the wall clock may jump either way', () => {
    const { clock, loop, ticks } = setUp();
    loop.want('pressure', 500);
    loop.start();
    clock.advance(500);
    clock.jump(-86_400_000);
    clock.advance(500);
    clock.jump(2 * 86_400_000);
    clock.advance(500);
    expect(ticks.map(({ at }) => at)).toEqual([0, 500, 1000, 1500]);
    const wall = ticks.map(({ sample }) => sample.timeMs);
    expect(wall[2]).toBeLessThan(wall[1] ?? 0);
  });

  test('how long the sources took is told', () => {
    const { clock, loop, ticks } = setUp(undefined, { readMs: 30 });
    loop.want('pressure', 500);
    loop.want('iostat', 500);
    loop.start();
    clock.advance(0);
    expect(ticks[0]?.tick.readMs).toBe(60);
  });
});

describe('samples', () => {
  test('are in the order of the sources, the later of two parts stays', () => {
    const first = { forest: { atMs: 1, ...fail('gone', 'first') } } as const;
    const second = { forest: { atMs: 2, ...fail('gone', 'second') }, memory } as const;
    const { clock, loop, ticks } = setUp(['buildTree', 'residentMemory'], {
      sample: { buildTree: () => first, residentMemory: () => second },
    });
    loop.want('residentMemory', 1000);
    loop.want('buildTree', 1000);
    loop.start();
    clock.advance(0);
    expect(ticks[0]?.sample).toEqual({
      version: 1,
      timeMs: expect.any(Number),
      monotonicMs: 5000,
      ...second,
    });
  });

  test('a source that throws is a problem of its parts, and the others are read', () => {
    const { clock, loop, ticks } = setUp(undefined, {
      sample: {
        pressure: () => {
          throw new TypeError('x is undefined');
        },
        residentMemory: () => ({ memory }),
      },
    });
    loop.want('pressure', 1000);
    loop.want('residentMemory', 1000);
    loop.start();
    clock.advance(1000);
    const broken = {
      atMs: expect.any(Number),
      ok: false,
      problem: { kind: 'malformed', where: 'pressure', cause: 'x is undefined' },
    };
    expect(ticks).toHaveLength(2);
    for (const { sample, tick } of ticks) {
      expect(sample.pressure).toEqual(broken);
      expect(sample.cpu).toEqual(broken);
      expect(sample.memory).toBe(memory);
      expect(tick.errors.map(({ source }) => source)).toEqual(['pressure']);
    }
  });

  test('what another source has read of a broken part stays', () => {
    const good = { atMs: 1, ...ok([]) } as const;
    const { loop } = setUp(['iostat', 'pressure'], {
      sample: {
        iostat: () => {
          throw 'a string';
        },
        pressure: () => ({ disks: good }),
      },
    });
    const sample = loop.sampleNow();
    expect(sample.disks).toBe(good);
    expect(sample.storage).toMatchObject({ ok: false, problem: { where: 'iostat', cause: 'a string' } });
  });

  test('sampleNow reads what is wanted, or everything, out of turn', () => {
    const { clock, loop, seen } = setUp();
    loop.sampleNow();
    loop.want('iostat', 1000);
    loop.start();
    clock.advance(200);
    loop.sampleNow();
    clock.advance(800);
    expect(seen()).toEqual([
      '0 pressure+residentMemory+iostat+buildTree',
      '0 iostat',
      '200 iostat',
      '1000 iostat',
    ]);
  });

  test('a look out of turn right before a tick takes its place: no rate over next to no time', () => {
    const { clock, loop, seen } = setUp();
    loop.want('iostat', 1000);
    loop.want('pressure', 500);
    loop.start();
    clock.advance(995);
    loop.sampleNow();
    clock.advance(1005);
    expect(seen()).toEqual([
      '0 pressure+iostat',
      '500 pressure',
      '995 pressure+iostat',
      '1500 pressure',
      '2000 pressure+iostat',
    ]);
  });

  test('another interval holds from the next reading on, on its own grid', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.want('iostat', 1000);
    loop.start();
    clock.advance(1000);
    loop.rescale(4);
    clock.advance(4000);
    loop.rescale(1);
    clock.advance(1000);
    expect(seen()).toEqual([
      '0 pressure+iostat',
      '500 pressure',
      '1000 pressure+iostat',
      '2000 pressure',
      '4000 pressure+iostat',
      '5500 pressure',
      '6000 pressure+iostat',
    ]);
  });

  test('another interval before the start, or the same one, reads nothing more', () => {
    const { clock, loop, seen } = setUp();
    loop.want('pressure', 500);
    loop.rescale(2);
    loop.start();
    clock.advance(900);
    loop.rescale(2);
    clock.advance(100);
    expect(seen()).toEqual(['0 pressure', '1000 pressure']);
  });

  test('who listens may release, want, stop and close', () => {
    const clock = createFakeClock();
    let calls = 0;
    const loop = createLoop({
      sources: [{ id: 'pressure', sample: () => ({}), close: () => {} }],
      clock,
      onSample() {
        calls += 1;
        release();
        release = loop.want('pressure', 100);
        if (calls === 3) loop.close();
      },
    });
    let release = loop.want('pressure', 500);
    loop.start();
    clock.advance(5000);
    expect(clock.monotonic()).toBe(6000);
    expect(calls).toBe(3);
    expect(clock.pending).toBe(0);
  });

  test('a listener that throws is heard, and the next tick comes all the same', () => {
    const clock = createFakeClock();
    let calls = 0;
    const loop = createLoop({
      sources: [{ id: 'pressure', sample: () => ({}), close: () => {} }],
      clock,
      onSample() {
        calls += 1;
        if (calls === 1) throw new Error('drawing broke');
      },
    });
    loop.want('pressure', 500);
    loop.start();
    expect(() => clock.advance(0)).toThrow('drawing broke');
    clock.advance(500);
    expect(calls).toBe(2);
  });
});

/** A stream that goes on for ever, or that somebody made up to fill the memory. */
import { describe, expect, it } from 'vitest';
import { bounds } from '../../src/logs/bounds.ts';
import { packState } from '../../src/logs/checkpoint.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Activity, WaitFor } from '../../src/model/rebuild/activity.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { heapBytes } from '../support/heap.ts';
import { bare, build, drvOf, line, progress, RebuildLog, result, stop } from '../support/rebuild-log.ts';

function began(id: string, activity: Activity): LogEvent {
  return { kind: 'start', id, parent: null, activity, level: null, text: '' };
}

/** Builds of lines for people, each over before the next begins. */
function buildOrStop(i: number): LogEvent {
  const drv = `/b${Math.floor(i / 2)}.drv`;
  return i % 2 === 0 ? began(drv, { type: 'build', drv, host: null }) : { kind: 'stop', id: drv };
}

describe('a stream without end', () => {
  it('keeps a bounded number of activities with one id', () => {
    const log = new RebuildLog().at(1, ...Array.from({ length: 5_000 }, () => build(1, 'a')));
    let depth = 0;
    for (let one = log.state.memories.get('stream')?.activities.get('1'); one; one = one.covered ?? undefined)
      depth += 1;
    expect(depth).toBe(bounds.covered);
    expect(JSON.stringify(packState(log.state)).length).toBeLessThan(20_000);
  });

  it('keeps the sum of what is expected, not each part of it for ever', () => {
    const log = new RebuildLog();
    for (let id = 1; id <= 3 * bounds.counters; id++)
      log.at(id, bare(id, 102), result(id, 106, 101, 5), result(id, 106, 100, 7), stop(id));
    expect(log.rebuild.expected).toEqual({
      builds: null,
      downloadBytes: 15 * bounds.counters,
      unpackedBytes: 21 * bounds.counters,
    });
    expect(log.state.memories.get('stream')?.expected.size).toBe(bounds.counters);
  });

  it('keeps a bounded number of writers and of builds that no words have named', () => {
    const log = new RebuildLog();
    for (let pid = 1; pid <= 2 * bounds.counters; pid++) {
      const id = (n: number) => pid * 2 ** 32 + n;
      log.at(
        pid,
        bare(id(1), 104),
        build(id(2), `p${pid}`),
        progress(id(1), 0, 1, 0, 1),
        stop(id(2)),
        stop(id(1)),
      );
    }
    const { unclaimed, counters, wordless } = log.state.memories.get('stream') ?? {};
    expect([unclaimed?.size, counters?.size, wordless?.length]).toEqual(Array(3).fill(bounds.counters));
    expect(log.rebuild.failed.size).toBe(2 * bounds.counters);
  });

  it('keeps a bounded number of what is open, planned and over, and counts the rest', () => {
    const each = (count: number, make: (i: number) => LogEvent): readonly LogEvent[] =>
      Array.from({ length: count }, (_, i) => make(i));
    const waiting: WaitFor = { kind: 'garbage-collection' };
    const log = new RebuildLog()
      .events(1, ...each(bounds.open + 5, (i) => began(`w${i}`, { type: 'wait', for: waiting })))
      .events(2, ...each(2 * (bounds.finished + 7), (i) => buildOrStop(i)))
      .events(3, { kind: 'plan', list: 'builds', downloadBytes: null, unpackedBytes: null })
      .events(3, {
        kind: 'planned',
        paths: Array.from({ length: bounds.planned + 9 }, (_, i) => `/p${i}.drv`),
      });
    expect(log.rebuild.waits.size).toBe(bounds.open);
    expect([log.rebuild.finished.size, log.rebuild.forgotten]).toEqual([bounds.finished, 7]);
    expect(totalsOf(log.rebuild).done).toBe(bounds.finished + 7);
    expect(log.rebuild.planned.size).toBe(bounds.planned);
  });

  it('keeps the last lines, not the long ones they were cut from', () => {
    const begun = Array.from({ length: 16 }, (_, i) => build(i + 1, `p${i}`));
    const log = new RebuildLog().at(1, ...begun);
    const before = heapBytes();
    for (let i = 0; i < 500; i++) log.at(i, line(1 + (i % 16), `${i} ${'x'.repeat(200_000)}`));
    expect(log.rebuild.running.size).toBe(16);
    expect(heapBytes() - before).toBeLessThan(20e6);
  });

  it('keeps what it names, not the 64 kB it stood in', () => {
    const fill = `${'x'.repeat(64_000)}\n`;
    const log = new RebuildLog();
    const before = heapBytes();
    for (let i = 0; i < 500; i++) log.at(i, `first\nbuilding '${drvOf(`p${i}`)}'...\n${fill}`);
    for (let i = 1; i <= 500; i++) {
      const id = 30_000 * 2 ** 32 + i;
      const counted = `@nix {"action":"result","fields":[1,1,0,0],"id":${id},"type":105}`;
      log.at(i, bare(id, 104), counted, fill.trim(), stop(id));
    }
    expect(log.rebuild.running.size).toBe(500);
    expect(log.state.memories.get('stream')?.counters.size).toBe(500);
    expect(heapBytes() - before).toBeLessThan(10e6);
  });

  it('may hold events of a newer version', () => {
    const log = new RebuildLog().at(1, build(1, 'a'));
    const { rebuild } = log.events(2, { kind: 'new' } as unknown as LogEvent);
    expect(rebuild.running.size).toBe(1);
  });
});

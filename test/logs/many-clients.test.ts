/** json-log-path: what all clients of a daemon do, in one file. */
import { describe, expect, it } from 'vitest';
import { bounds } from '../../src/logs/bounds.ts';
import { totalsOf } from '../../src/logs/totals.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { bare, build, drvOf, line, progress, RebuildLog, say, stop } from '../support/rebuild-log.ts';

const a = drvOf('a');

describe('a file of all clients', () => {
  const pid = (writer: number, counter: number) => writer * 2 ** 32 + counter;
  const byKey = (log: RebuildLog, key: string): Rebuild | undefined =>
    log.state.rebuilds.find((rebuild) => rebuild.key === key);

  it('is one rebuild a worker, whatever the order of their lines', () => {
    const log = new RebuildLog('many').at(
      1,
      build(pid(100, 1), 'a'),
      build(pid(200, 1), 'b'),
      line(pid(100, 1), 'of a'),
      line(pid(200, 1), 'of b'),
      line(pid(200, 1), 'of b'),
    );
    expect(byKey(log, '100')?.running.get(a)?.lines).toBe(1);
    expect(byKey(log, '200')?.running.get(drvOf('b'))).toMatchObject({ lines: 2, writer: 200 });
    log.at(2, stop(pid(100, 1)), line(pid(200, 1), 'x'));
    log.at(3, say(`error: Cannot build '${a}'.\n       Reason: builder failed with exit code 3.`, 0));
    expect(byKey(log, '100')?.failed.size).toBe(1);
    expect(byKey(log, '200')?.failed.size).toBe(0);
  });

  it('knows who wrote what it has no start of: the log begins in the middle', () => {
    const log = new RebuildLog('many').at(
      1,
      line(pid(100, 1), 'of a build that began before'),
      stop(pid(100, 1)),
    );
    expect(byKey(log, '100')?.writers).toEqual([100]);
    log.at(2, build(pid(100, 2), 'a'));
    expect(byKey(log, '100')?.writers).toEqual([100]);
  });

  it('gives words to who builds what they name, whoever spoke last', () => {
    const log = new RebuildLog('many').at(1, build(pid(100, 1), 'a'), build(pid(200, 1), 'b'));
    log.at(2, say(`error: builder for '${a}' failed with exit code 3`, 0));
    expect(byKey(log, '100')?.running.get(a)?.failure).toMatchObject({ failure: { kind: 'exit', code: 3 } });
    expect(byKey(log, '200')?.failed.size).toBe(0);
    const once = new RebuildLog('many').at(
      1,
      build(pid(100, 1), 'a'),
      build(pid(200, 1), 'b'),
      say(`error: builder for '${a}' failed with exit code 3`, 0),
    );
    expect(byKey(once, '100')?.running.get(a)?.failure).toMatchObject({ failure: { code: 3 } });
    log.at(3, stop(pid(100, 1)), line(pid(200, 1), 'x'));
    log.at(4, say(`error: builder for '${a}' failed with exit code 4`, 0));
    expect(byKey(log, '100')?.failed.get(a)?.failure).toMatchObject({ failure: { kind: 'exit', code: 4 } });
    expect(byKey(log, '200')?.failed.size).toBe(0);
  });

  it('has no plan: how much is to be built is what the counter expects', () => {
    const tree = pid(100, 1);
    const log = new RebuildLog('many').at(1, bare(tree, 104), progress(tree, 0, 10, 0, 0));
    log.at(2, build(pid(100, 2), 'a'), progress(tree, 0, 10, 1, 0));
    const totals = () => totalsOf(byKey(log, '100') as Rebuild);
    expect(totals()).toMatchObject({ builds: 10, waiting: 9, running: 1 });
    log.at(3, progress(tree, 1, 10, 0, 0), stop(pid(100, 2)));
    log.at(4, build(pid(100, 3), 'b'), progress(tree, 1, 9, 0, 1), stop(pid(100, 3)));
    expect(totals()).toMatchObject({ builds: 10, waiting: 8, done: 1, failed: 1 });
    // The other side of ssh-ng counts the same builds; a plan names them.
    log.at(5, bare(pid(100, 4), 104, tree), progress(pid(100, 4), 0, 10, 0, 0));
    expect(totals().builds).toBe(10);
    log.at(6, stop(pid(100, 4)), stop(tree), bare(pid(100, 5), 104), progress(pid(100, 5), 0, 3, 0, 0));
    expect(totals().builds).toBe(13);
  });

  it('is over for all of them at once', () => {
    const log = new RebuildLog('many').at(1, build(pid(100, 1), 'a'), build(pid(200, 1), 'b'));
    log.events(2, { kind: 'end', exitCode: null });
    expect(log.state.rebuilds.map(({ ended, running }) => [ended?.atMs, running.size])).toEqual([
      [2, 0],
      [2, 0],
    ]);
    expect(new RebuildLog('many').events(1, { kind: 'end', exitCode: null }).state.rebuilds).toEqual([]);
  });

  it('keeps a bounded number of them, the ones that were heard last', () => {
    const log = new RebuildLog('many');
    for (let i = 0; i < 2 * bounds.rebuilds; i++) log.at(i, build(pid(1000 + i, 1), `p${i}`));
    expect(log.state.rebuilds).toHaveLength(bounds.rebuilds);
    expect(log.state.memories.size).toBe(bounds.rebuilds);
    expect(log.state.rebuilds.at(-1)?.key).toBe(String(1000 + 2 * bounds.rebuilds - 1));
  });
});

/** How a build ended: the counter, words, a maker's results, and the end of the stream. */
import { describe, expect, it, test } from 'vitest';
import { totalsOf } from '../../src/logs/totals.ts';
import { bare, build, drvOf, error, line, progress, RebuildLog, say, stop } from '../support/rebuild-log.ts';

const a = drvOf('a');
const running = (log: RebuildLog, drv = a) => log.rebuild.running.get(drv);

describe('how a build ended', () => {
  const failed = (name: string) =>
    error(`Cannot build '${drvOf(name)}'.\nReason: builder failed with exit code 1.`);

  it('is told by the counter that goes up before its stop', () => {
    const log = new RebuildLog()
      .at(1, bare(9, 104), build(1, 'a'), build(2, 'b'), build(3, 'c'))
      .at(2, progress(9, 1, 3, 2, 0), stop(1), progress(9, 1, 3, 1, 1), stop(2), stop(3));
    expect(log.rebuild.finished.get(a)?.state).toBe('done');
    expect(log.rebuild.failed.get(drvOf('b'))?.failure).toMatchObject({ known: 'counter' });
    expect(log.rebuild.finished.get(drvOf('c'))?.state).toBe('ended');
  });

  test.each([
    ['before the stops', true],
    ['after them', false],
  ])('old versions stop in any order: words %s decide', (_, before) => {
    const log = new RebuildLog().at(1, bare(9, 104), build(1, 'a'), build(2, 'bad'));
    log.at(2, progress(9, 0, 2, 1, 1));
    if (before) log.at(3, failed('bad'));
    log.at(4, stop(1), stop(2));
    if (!before) log.at(5, failed('bad'));
    expect([...log.rebuild.failed.keys()]).toEqual([drvOf('bad')]);
    expect(log.rebuild.finished.get(a)?.state).toBe('ended');
  });

  it('is done of the two that are counted at once, where words name the other', () => {
    const both = () => new RebuildLog().at(1, bare(9, 104), build(1, 'a'), build(2, 'bad'));
    const counted = progress(9, 1, 2, 0, 1);
    for (const order of [
      [counted, failed('bad'), stop(2), stop(1)],
      [counted, failed('bad'), stop(1), stop(2)],
      [counted, stop(2), failed('bad'), stop(1)],
      [counted, stop(2), stop(1), failed('bad')],
      [counted, stop(1), stop(2), failed('bad')],
    ]) {
      const { rebuild } = both().at(2, ...order);
      expect([...rebuild.failed.keys()]).toEqual([drvOf('bad')]);
      expect(rebuild.finished.get(a)?.state).toBe('done');
    }
  });

  it('is not taken from one that is done by another that words have named', () => {
    const { rebuild } = new RebuildLog()
      .at(1, bare(9, 104), build(1, 'a'), build(2, 'bad'), build(3, 'c'))
      .at(2, progress(9, 0, 3, 2, 1), failed('bad'), stop(1), progress(9, 1, 3, 1, 1), stop(2), stop(3));
    expect([...rebuild.failed.keys()]).toEqual([drvOf('bad')]);
    expect([...rebuild.finished.values()].map(({ name, state }) => [name, state])).toEqual([
      ['a', 'ended'],
      ['c', 'done'],
    ]);
  });

  it('is not told without a counter: then it is done, unless words come', () => {
    const log = new RebuildLog().at(1, build(1, 'a')).at(2, line(1, 'boom'), stop(1));
    expect(log.rebuild.finished.get(a)?.state).toBe('done');
    log.at(3, failed('a'));
    expect(log.rebuild.failed.get(a)).toMatchObject({ state: 'failed', tail: ['boom'], endedMs: 2 });
    expect(log.rebuild.finished.size).toBe(0);
  });

  it('is not known in a machine log without a counter, which was joined in its middle', () => {
    const id = 100 * 2 ** 32 + 1;
    const log = new RebuildLog().at(1, build(id, 'a'), stop(id));
    expect(log.rebuild.finished.get(a)?.state).toBe('ended');
    expect(log.at(2, failed('a')).rebuild.failed.get(a)?.state).toBe('failed');
  });

  it('is its own when it is built once more: words without a name are not of the first time', () => {
    const log = new RebuildLog()
      .at(1, bare(9, 104), build(1, 'a'), build(2, 'b'))
      .at(2, progress(9, 0, 2, 1, 1), stop(1))
      .at(3, build(3, 'a'))
      .at(4, progress(9, 0, 2, 1, 2), stop(2), error('timed out after 5 seconds'));
    expect(log.rebuild.failed.get(drvOf('b'))?.failure?.failure).toMatchObject({ kind: 'timeout' });
    expect(running(log)?.failure).toBeNull();
  });

  it('is in one place, whatever words come', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), build(2, 'b'), stop(2));
    for (const name of ['a', 'b'])
      log.at(2, error(`Cannot build '${drvOf(name)}'.\nReason: 1 dependency failed.`));
    expect(log.rebuild.dependents.size).toBe(0);
    expect([[...log.rebuild.running.keys()], [...log.rebuild.finished.keys()]]).toEqual([[a], [drvOf('b')]]);
  });

  it('is open again when it is built once more', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), stop(1), failed('a')).at(9, build(2, 'a'));
    expect(running(log)).toMatchObject({ startedMs: 9, failure: null });
    expect(totalsOf(log.rebuild)).toMatchObject({ builds: 1, failed: 0, running: 1 });
  });
});

describe('what Determinate Nix says besides', () => {
  const hash = { action: 'result', id: 1, type: 109, payload: { specified: 'sha256-A', got: 'sha256-B' } };
  const ended = { action: 'result', id: 1, type: 110, payload: { status: 'HashMismatch', success: false } };

  it('is a hash that a status after it does not take away', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), hash, ended, stop(1));
    expect(log.rebuild.failed.get(a)?.failure).toMatchObject({
      failure: { kind: 'hash', specified: 'sha256-A', got: 'sha256-B' },
      known: 'result',
    });
  });

  it('says less than a message', () => {
    const words = error(`builder for '${a}' failed with exit code 2`);
    for (const order of [
      [words, ended, stop(1)],
      [ended, words, stop(1)],
      [ended, stop(1), words],
    ]) {
      const log = new RebuildLog().at(1, build(1, 'a'), ...order);
      expect(log.rebuild.failed.get(a)?.failure).toMatchObject({
        failure: { kind: 'exit' },
        known: 'message',
      });
    }
  });
});

describe('the end of a stream', () => {
  const id = 100 * 2 ** 32 + 1;
  const begun = () =>
    new RebuildLog().at(
      1,
      say('these 2 derivations will be built:'),
      say(`  ${a}`),
      say(`  ${drvOf('b')}`),
      build(id, 'a'),
    );

  it('is no success where a machine log has a build open: what was planned stays so', () => {
    const { rebuild } = begun().events(2, { kind: 'end', exitCode: null });
    expect(rebuild.finished.get(a)?.state).toBe('ended');
    expect([[...rebuild.planned], [...rebuild.elsewhere]]).toEqual([[drvOf('b')], []]);
  });

  test.each([
    [0, [], [drvOf('b')]],
    [1, [drvOf('b')], []],
  ])('with exit code %i', (exitCode, planned, elsewhere) => {
    const { rebuild } = begun().at(2, stop(id)).events(3, { kind: 'end', exitCode });
    expect([[...rebuild.planned], [...rebuild.elsewhere]]).toEqual([planned, elsewhere]);
    expect(rebuild.ended).toEqual({ atMs: 3, exitCode });
  });

  it('leaves builds of lines for people done only where the command succeeded', () => {
    const told = (exitCode: number | null) =>
      new RebuildLog()
        .at(1, `building '${a}'...`)
        .events(2, { kind: 'end', exitCode })
        .rebuild.finished.get(a)?.state;
    expect([told(0), told(null), told(1)]).toEqual(['done', 'done', 'ended']);
  });
});

/** The lines of a log that one looks at, as they come tick by tick. */
import { describe, expect, test } from 'vitest';
import { withoutEscapes } from '../../src/base/text.ts';
import { followLines, linesOfRebuild, missingLines } from '../../src/logs/log-lines.ts';
import { streamAt } from '../support/followed-fixture.ts';
import { build, drvOf, line, RebuildLog, result } from '../support/rebuild-log.ts';

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(1, `line ${from + index}`));
const running = (log: RebuildLog) => {
  const one = log.rebuild.running.get(drvOf('a'));
  if (one === undefined) throw new Error('it does not run');
  return one;
};

describe('a build', () => {
  test('what comes is added, beyond what its state keeps', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 80));
    let kept = followLines(running(log), null);
    for (let tick = 0; tick < 10; tick += 1) {
      log.at(2 + tick, ...lines(80 + tick * 40, 120 + tick * 40));
      kept = followLines(running(log), kept);
    }
    expect(kept.lines).toEqual(Array.from({ length: 480 }, (_, index) => `line ${index}`));
    expect(kept).toMatchObject({ total: 480, dropped: 0 });
    expect(missingLines(kept)).toBe(0);
  });

  test('what came before one looked is missing, and counted', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 250));
    const kept = followLines(running(log), null);
    expect(kept.lines[0]).toBe('line 150');
    expect(missingLines(kept)).toBe(150);
  });

  test('of a flood a gap says how many are missing', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 10));
    const before = followLines(running(log), null);
    const kept = followLines(running(log.at(2, ...lines(10, 1010))), before);
    expect(kept.lines.slice(9, 12)).toEqual(['line 9', 900, 'line 910']);
    expect(missingLines(kept)).toBe(900);
  });

  test('a tick without a line keeps what there is, as does a phase', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 10));
    const kept = followLines(running(log), null);
    expect(followLines(running(log.at(2, result(1, 104, 'buildPhase'))), kept)).toBe(kept);
  });

  test('it is bounded, and what is dropped moves no line from its place', () => {
    const log = new RebuildLog().at(1, build(1, 'a'));
    let kept = followLines(running(log), null);
    for (let tick = 0; tick < 120; tick += 1) {
      log.at(2 + tick, ...lines(tick * 100, tick * 100 + 100));
      kept = followLines(running(log), kept);
      expect(kept.lines.length).toBeLessThanOrEqual(5_500);
      const place = 11_900 - kept.dropped;
      if (tick === 119) expect(kept.lines[place]).toBe('line 11900');
    }
    expect(kept.total).toBe(12_000);
    expect(missingLines(kept)).toBe(12_000 - kept.lines.length);
  });

  test('begun again, and gone back in a recording: from what is kept then', () => {
    const log = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 50));
    const late = followLines(running(log), null);
    const early = new RebuildLog().at(1, build(1, 'a'), ...lines(0, 5));
    expect(followLines(running(early), late)).toMatchObject({ total: 5, dropped: 0 });
  });

  test('where the stream has none of its lines, those that Nix repeats with its error', () => {
    const failed = [...streamAt('nix-2.34/nixbuild-fail', 400).failed.values()][0];
    if (failed === undefined) throw new Error('nothing failed');
    const alone = { ...failed, tail: [], lines: 0 };
    expect(followLines(alone, null).lines).toEqual(failed.failure?.lastLines);
    expect(followLines(alone, null).total).toBeNull();
  });
});

test('of the whole rebuild: what Nix and the tool said, with its time, then lines of nobody we know', () => {
  const rebuild = streamAt('nixos-rebuild/classic-switch-json', 160);
  const { lines: all } = linesOfRebuild(rebuild);
  expect(all.length).toBeGreaterThan(2);
  const messages = linesOfRebuild({ ...rebuild, output: [] }).lines;
  expect(withoutEscapes(String(messages[0]))).toMatch(/^\d\d:\d\d:\d\d {2}/);
  expect(all.slice(messages.length)).toEqual(rebuild.output.length === 0 ? [] : ['', ...rebuild.output]);
});

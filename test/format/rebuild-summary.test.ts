/** The summary of every real stream, as it stands in a terminal of 80 columns. */
import { describe, expect, test } from 'vitest';
import { ansiPaint } from '../../src/format/paint.ts';
import { type RebuildSummary, succeeded, summaryLines } from '../../src/format/rebuild-summary.ts';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import type { Rebuild } from '../../src/model/rebuild/rebuild.ts';
import { expectGolden } from '../support/golden.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';

/** Its events in twenty ticks, a minute apart, so that things take time. */
function rebuildOf(name: string): Rebuild {
  const events = eventsOf(logBytes(name));
  const each = Math.max(1, Math.ceil(events.length / 20));
  let state = newLogState('one');
  for (let at = 0; at < events.length; at += each) {
    state = foldLog(state, events.slice(at, at + each), (at / each) * 60_000);
  }
  const [rebuild] = state.rebuilds;
  if (rebuild === undefined) throw new Error(`no rebuild in ${name}`);
  return rebuild;
}

function summaryOf(name: string, over: Partial<RebuildSummary> = {}): RebuildSummary {
  const rebuild = rebuildOf(name);
  const failures = rootCauses(rebuild, {});
  return {
    command: ['nixos-rebuild', 'switch', '--flake', '.#host'],
    exitCode: failures.length > 0 ? 1 : 0,
    signal: null,
    lengthMs: 1_140_000,
    peakBytes: null,
    peaks: new Map(),
    rebuilds: [{ title: name, rebuild, failures }],
    ...over,
  };
}

const text = (summary: RebuildSummary, columns = 80) => summaryLines(summary, { columns }).join('\n');

test('all of them', () => {
  const pages = logNames.map((name) => `=== ${name}\n${text(summaryOf(name))}\n`);
  expectGolden('logs/summaries', pages.join('\n'));
});

test.each(logNames)('%s: no line is wider than the terminal, and nothing in it moves the cursor', (name) => {
  for (const columns of [40, 60, 80, 120]) {
    for (const line of summaryLines(summaryOf(name), { columns, unicode: false })) {
      // To be copied, so in one piece.
      if (line.trim().startsWith('nix log ')) continue;
      expect(line.length, line).toBeLessThanOrEqual(columns);
      expect(line).not.toMatch(/[^\x20-\x7e]/);
    }
  }
});

describe('how it ended', () => {
  const ok = 'nix-2.34/nixbuild-ok';
  const name = logNames.find((one) => one.includes('fail')) ?? ok;
  test.each<[Partial<RebuildSummary>, string]>([
    [{ exitCode: 0 }, 'done in 19 min: nixos-rebuild switch --flake .#host'],
    [{ exitCode: 1 }, 'failed, exit code 1, after 19 min: nixos-rebuild switch --flake .#host'],
    [{ exitCode: 130 }, 'interrupted after 19 min: nixos-rebuild switch --flake .#host'],
    [
      { exitCode: 137, signal: 'SIGKILL' },
      'ended by SIGKILL after 19 min: nixos-rebuild switch --flake .#host',
    ],
    [{ command: null, exitCode: null, lengthMs: null }, 'failed'],
    [{ command: null, exitCode: null, lengthMs: null, rebuilds: [] }, 'done'],
    [
      { exitCode: 1, rebuilds: [], command: ['sh', '-c', 'make  all'] },
      `failed, exit code 1, after 19 min: sh -c 'make all'`,
    ],
  ])('%o', (over, expected) => {
    expect(text(summaryOf(name, over), 120).split('\n')[0]).toBe(expected);
  });

  test('a code alone says whether it succeeded', () => {
    expect(succeeded(summaryOf(name, { exitCode: 0 }))).toBe(true);
    expect(succeeded(summaryOf(name, { exitCode: 2 }))).toBe(false);
    expect(succeeded(summaryOf(name, { exitCode: 0, signal: 'SIGTERM' }))).toBe(false);
  });
});

test('memory: all builds together, and the largest of several', () => {
  const name = 'nix-2.34/nixbuild-fail';
  const { rebuilds } = summaryOf(name);
  const drvs = [...(rebuilds[0]?.rebuild.failed.keys() ?? [])];
  expect(drvs.length).toBeGreaterThan(0);
  const one = summaryOf(name, {
    peakBytes: 3 * 2 ** 30,
    peaks: new Map(drvs.slice(0, 1).map((drv) => [drv, 2 ** 30])),
  });
  expect(text(one)).toContain(' memory    3.0 GB at its peak');
});

test('of several each is named', () => {
  const names = ['nix-2.34/nix_build-parallel', 'nix-2.34/nixbuild-fail'];
  const rebuilds = names.flatMap((name) => summaryOf(name).rebuilds);
  const lines = text(summaryOf(names[1] ?? '', { command: null, exitCode: null, rebuilds })).split('\n');
  expect(lines.filter((line) => names.includes(line))).toEqual(names);
});

test('colours only where they are wanted', () => {
  const summary = summaryOf('nix-2.34/nixbuild-fail');
  expect(summaryLines(summary, { columns: 80, paint: ansiPaint }).join()).toContain('\u001b[1;31mfailed');
  expect(text(summary)).not.toContain('\u001b');
});

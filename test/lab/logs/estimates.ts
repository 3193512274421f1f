/** The second of two rebuilds of the same things is foretold by the first. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDurationHistory } from '../../../src/followers/duration-history.ts';
import type { Estimate } from '../../../src/model/rebuild/followed.ts';
import { parseDurations } from '../../../src/parse/durations-csv.ts';
import { createProcSources } from '../../../src/watch/sources.ts';
import { createWatcher } from '../../../src/watch/watcher.ts';
import type { Lab } from '../../support/lab.ts';
import { until } from '../wait.ts';
import { realPorts } from '../watch.ts';
import { startLoggedBuild } from './followed.ts';

export interface Told {
  /** Since the command began. */
  readonly sec: number;
  readonly estimate: Estimate | null;
}

/** What the dashboard would have said, look by look, and how long it took. */
export async function rebuildTold(
  lab: Lab,
  file: string,
  build: {
    readonly workload: string;
    readonly attributes: readonly string[];
    readonly words: readonly string[];
  },
): Promise<{ readonly told: readonly Told[]; readonly totalSec: number }> {
  const ports = realPorts();
  const history = createDurationHistory(ports, { own: file, others: [] });
  const { sources, logs } = createProcSources(ports, { history });
  const watcher = createWatcher({ clock: ports.clock, sources });
  onTestFinished(async () => {
    await watcher.close();
  });
  const client = startLoggedBuild(lab, build.workload, build.attributes, build.words);
  logs.add(client.follower);
  const startMs = performance.now();
  const told: Told[] = [];
  await until(
    'the end of the rebuild',
    () => {
      watcher.look();
      const [rebuild] = watcher.model.rebuilds;
      told.push({ sec: (performance.now() - startMs) / 1000, estimate: rebuild?.estimate ?? null });
      return rebuild?.over === true;
    },
    { everyMs: 500, deadlineMs: 80_000, detail: () => client.output().slice(-4000) },
  );
  const totalSec = told.at(-1)?.sec ?? 0;
  expect(watcher.model.rebuilds[0]?.rebuild.ended?.exitCode).toBe(0);
  await history.flush();
  return { told, totalSec };
}

export function estimateCases(lab: Lab): void {
  test('how long a rebuild takes is kept, and foretold the next time', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nixpulse-durations-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = join(directory, 'durations.csv');
    const build = { workload: 'estimate', attributes: ['system'], words: ['-j', '2'] };

    const first = await rebuildTold(lab, file, build);
    expect(first.told.every(({ estimate }) => estimate === null)).toBe(true);
    const rows = new Map(parseDurations(readFileSync(file, 'utf8')).map((row) => [row.name, row.seconds]));
    expect([...rows.keys()].sort()).toEqual(
      ['docs', 'fonts', 'icons', 'kernel', 'library', 'program', 'source', 'system'].map(
        (one) => `est-${one}`,
      ),
    );
    expect(rows.get('est-kernel')).toBeGreaterThanOrEqual(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const second = await rebuildTold(lab, file, build);
    const half = second.told.find(({ sec, estimate }) => sec > second.totalSec / 3 && estimate !== null);
    if (half?.estimate == null) throw new Error(`nothing was foretold: ${JSON.stringify(second.told)}`);
    const leftSec = second.totalSec - half.sec;
    // Whole seconds were kept, and the machine is not ours alone.
    expect((half.estimate.lowSec + half.estimate.highSec) / 2).toBeGreaterThan(leftSec / 2 - 2);
    expect(half.estimate.lowSec).toBeLessThan(leftSec + 3);
    expect(half.estimate.known).toBe(1);
    // Two of one name, as long and within ten seconds, are one that was seen twice.
    expect(parseDurations(readFileSync(file, 'utf8')).length).toBeGreaterThan(8);
  }, 180_000);
}

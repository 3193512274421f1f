/** What was recorded while real builds ran gives, replayed, the very Models that were live. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Derived, derive } from '../../src/model/derive.ts';
import type { Model } from '../../src/model/model.ts';
import { trackPointOf } from '../../src/model/past/track.ts';
import { sourceTable } from '../../src/model/source-table.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { createLoop } from '../../src/watch/loop.ts';
import { createRecording } from '../../src/watch/recording.ts';
import { createSources } from '../../src/watch/sources.ts';
import { readWhole } from '../record/segments.ts';
import { bringUpLab, startBuild } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { until } from './wait.ts';
import { realPorts } from './watch.ts';

const lab = bringUpLab();
const mostTicks = 600;
/** Twenty ticks a second. */
const intervalScale = 0.1;

describe.skipIf(lab.missing !== null)('recording real builds', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-lab-record-'));
  inTurn(() => rmSync(directory, { recursive: true, force: true }));

  test(`replay gives the Models of ${mostTicks} ticks as they were live`, async () => {
    const ports = realPorts();
    const { clock } = ports;
    const load = () => import('systeminformation');
    const { sources } = await createSources(ports, 'proc', {
      inventory: load,
      portable: { load, loadAverages: () => [0, 0, 0] },
    });
    const files = createRecordingFiles();
    const limits = { chunkSamples: 50, segmentBytes: 60_000, segmentMs: 10_000 };
    const recording = createRecording(clock, { files, directory, writer: '1', pid: process.pid, limits });
    const live: Model[] = [];
    let before: Derived | null = null;
    const loop = createLoop({
      sources,
      clock,
      intervalScale,
      onSample(sample) {
        if (live.length === mostTicks) return;
        before = derive(sample, before);
        live.push(before.model);
        recording.sample(sample, before.model);
      },
    });
    for (const { id } of sources) loop.want(id, sourceTable[id].everyMs);
    loop.sampleNow();
    recording.begin();
    loop.start();

    const ticks = (count: number) => until(`${count} ticks`, () => live.length >= count);
    startBuild(lab, 'parallel', { secs: '12' });
    await ticks(100);
    const leak = startBuild(lab, 'leak', { rate: '20', max: '150', hold: '60' });
    startBuild(lab, 'many', { n: '7', secs: '5' });
    await ticks(400);
    await leak.stop();
    await ticks(mostTicks);
    loop.close();
    await recording.end();
    expect(recording.status).toMatchObject({ state: 'off', dropped: 0 });

    expect(live.some(({ builds }) => builds.length >= 5)).toBe(true);
    expect(live.at(-1)?.events.some(({ kind }) => kind === 'build-ended')).toBe(true);
    expect(readdirSync(directory).length).toBeGreaterThan(1);
    const { samples, chunks, events, damage } = await readWhole(files, directory);
    expect(damage).toEqual([]);
    expect(samples).toHaveLength(mostTicks);
    expect(chunks.length).toBeGreaterThan(mostTicks / 60);
    let replayed: Derived | null = null;
    for (const [tick, sample] of samples.entries()) {
      replayed = derive(sample, replayed);
      expect(replayed.model, `tick ${tick}`).toEqual(live[tick]);
    }
    // The time line before any chunk is read: no spike lost.
    for (const { samples: inChunk, point } of chunks) {
      const points = live
        .slice(samples.indexOf(inChunk[0] as never))
        .slice(0, inChunk.length)
        .map(trackPointOf);
      const known = points.flatMap(({ max }) => max.memoryUsedBytes ?? []);
      expect(point.max.memoryUsedBytes).toBe(Math.max(...known));
    }
    const alerts = events.flatMap((event) => (event.kind === 'alert' ? [event.event] : []));
    expect(alerts).toEqual(expect.arrayContaining([...(live.at(-1)?.events ?? [])]));
  });
});

/** Reports of real recording files: short, empty, damaged, of a hostile machine, and long ones. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { incidentDocument } from '../../../src/format/report/incident-json.ts';
import { formatReport } from '../../../src/format/report/report.ts';
import type { Incident } from '../../../src/model/incident/incident.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { incidentIn } from '../../../src/modes/report/fold-recording.ts';
import type { AskedSpan } from '../../../src/modes/report/span.ts';
import { openRecording } from '../../../src/record/open-recording.ts';
import { createRecorder } from '../../../src/record/recorder.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeRecordingFiles } from '../../support/fake-recording-files.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { recordedFromMs, recordedSamples, shortFromSec } from '../../support/recorded-machine.ts';
import { demoFile } from '../../support/recorded-screen.tsx';

const directory = '/state/recordings';
const nothing: AskedSpan = { fromMs: null, toMs: null };

async function filesOf(samples: readonly Sample[]) {
  const files = createFakeRecordingFiles();
  const [first] = samples;
  const clock = createFakeClock({ ...(first && { now: first.timeMs, monotonic: first.monotonicMs }) });
  const recorder = createRecorder({
    ...{ files, clock, directory, header: { writer: '1', hostName: 'box' }, pid: 1 },
    limits: { queueBytes: 2 ** 30, queueItems: 1_000_000, ageMs: Number.POSITIVE_INFINITY },
  });
  for (const sample of samples) {
    recorder.sample(sample, { fromMs: sample.timeMs, toMs: sample.timeMs, max: {}, builds: [] });
    clock.advance(500);
  }
  await recorder.close();
  return files;
}

async function incidentOf(samples: readonly Sample[], asked = nothing): Promise<Incident | null> {
  const opened = await openRecording(await filesOf(samples), directory);
  if (!opened.ok) throw new Error(opened.problem.kind);
  return incidentIn(opened.value, { asked });
}

/** Whatever was in it. */
function told(incident: Incident): string {
  const options = { unicode: true, recorded: 'x', version: '0', statusMs: null };
  JSON.stringify(incidentDocument(incident));
  const report = formatReport(incident, options);
  expect(report).toMatch(/^# Incident report: /);
  expect(report).not.toMatch(/undefined|NaN|Infinity|\[object/);
  return report;
}

describe('a recording', () => {
  it('of one moment is a report', async () => {
    const incident = await incidentOf(recordedSamples(1).slice(0, 1));
    expect(incident).toMatchObject({ samples: 1, chosenBy: 'recent', critical: null });
    if (incident !== null) expect(told(incident)).toMatch(/Nothing was critical/);
  });

  it('without events has its incident by what is derived from it', async () => {
    const incident = await incidentOf(recordedSamples(160));
    expect(incident?.critical?.fromMs).toBeGreaterThanOrEqual(recordedFromMs + shortFromSec * 1000);
    expect(incident?.critical?.shortages).toContain('memory');
    if (incident !== null) expect(told(incident)).toMatch(/Memory critically short/);
  });

  it('is told of from and to the times that were asked for', async () => {
    const asked = { fromMs: recordedFromMs + 20_000, toMs: recordedFromMs + 60_000 };
    const incident = await incidentOf(recordedSamples(160), asked);
    expect(incident).toMatchObject({ chosenBy: 'asked', critical: null });
    expect(incident?.span.fromMs).toBeGreaterThanOrEqual(asked.fromMs - 500);
    expect(incident?.span.toMs).toBeLessThanOrEqual(asked.toMs);
  });

  it('whose clock was set back and forward is told in the order in which it happened', async () => {
    const samples = recordedSamples(60).map((sample, at) => ({
      ...sample,
      timeMs: sample.timeMs + (at > 80 ? 86_400_000 : at > 40 ? -3_600_000 : 0),
    }));
    const incident = await incidentOf(samples);
    expect(incident?.columns.length).toBeLessThanOrEqual(60);
    if (incident !== null) told(incident);
  });

  it('with times of no calendar is told', async () => {
    const samples = recordedSamples(20).map((sample, at) =>
      at === 25 ? { ...sample, timeMs: 9e15 } : sample,
    );
    const opened = await openRecording(await filesOf(samples), directory);
    if (!opened.ok) return;
    const incident = await incidentIn(opened.value, { asked: nothing });
    if (incident !== null) told(incident);
  });

  it('has what commands did, once, where the journal is at hand', async () => {
    const opened = await openRecording(await filesOf(recordedSamples(30)), directory);
    if (!opened.ok) throw new Error(opened.problem.kind);
    const at = (sec: number) => new Date(recordedFromMs + sec * 1000).toISOString();
    const entries = [
      journalEntry({ time: at(10) }),
      journalEntry({ time: at(-500) }),
      journalEntry({ time: 'x' }),
    ];
    const incident = await incidentIn(opened.value, { asked: nothing, entries });
    expect(incident?.timeline.filter(({ what }) => what.kind === 'action')).toHaveLength(1);
  });
});

describe('a damaged recording', () => {
  const whole = readFileSync(demoFile);

  async function damaged(bytes: Uint8Array): Promise<Incident | null> {
    const files = createFakeRecordingFiles();
    files.contents.set('/a.nixpulse', bytes);
    const opened = await openRecording(files, '/a.nixpulse');
    return opened.ok ? incidentIn(opened.value, { asked: nothing }) : null;
  }

  it('is told as far as it can be read', async () => {
    for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
      const incident = await damaged(whole.subarray(0, Math.floor(whole.length * share)));
      if (incident !== null) told(incident);
    }
  });

  it('with bytes that are not what they were is told, or refused', async () => {
    let readable = 0;
    for (let round = 0; round < 12; round += 1) {
      const bytes = Uint8Array.from(whole);
      for (let hit = 0; hit < 3; hit += 1) {
        const at = (round * 7919 + hit * 104_729) % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      }
      const incident = await damaged(bytes);
      if (incident === null) continue;
      readable += 1;
      told(incident);
    }
    expect(readable).toBeGreaterThan(0);
  });
});

/** A moment of a recording, and a look that goes on from it. */
import { expect, test } from 'vitest';
import { defaultThresholds } from '../../../src/diagnose/thresholds.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { beforeNow } from '../../../src/modes/diagnose/before-now.ts';
import { type Folded, foldRecording, longestWatch } from '../../../src/modes/diagnose/recorded.ts';
import { chunksOf, createFakeRecording } from '../../support/fake-recording.ts';
import { recordedFromMs, recordedSamples } from '../../support/recorded-machine.ts';

const recorded = (seconds: number) => createFakeRecording(chunksOf(recordedSamples(seconds), 60));

async function fold(atMs: number | 'end', options?: Parameters<typeof foldRecording>[2]): Promise<Folded> {
  const folded = await foldRecording(recorded(400), atMs, options);
  if (folded === null) throw new Error('nothing recorded');
  return folded;
}

const stuckAt = ({ moment }: Folded) =>
  moment.derived.model.findings.filter(({ hypothesis }) => hypothesis === 'build').map(({ found }) => found);

test('the end knows of all that was before, a moment in it of nothing that came later', async () => {
  const diagnose = { thresholds: { ...defaultThresholds, blindSec: 200 } };
  const end = await fold('end', { diagnose });
  expect(stuckAt(end)).toContainEqual(
    expect.objectContaining({ kind: 'build-stuck', build: 'stuck-2.0', how: 'idle' }),
  );
  expect(end.fromMs).toBe(recordedFromMs);
  expect(stuckAt(await fold(recordedFromMs + 60_000, { diagnose }))).toEqual([]);
});

test('other thresholds judge the same recording otherwise', async () => {
  const thresholds = { ...defaultThresholds, blindSec: 40, restlessSec: 40, idleSec: 40 };
  const early = await fold(recordedFromMs + 60_000, { diagnose: { thresholds } });
  expect(stuckAt(early)).toContainEqual(expect.objectContaining({ build: 'stuck-2.0' }));
});

test('not more than half an hour is looked at, and signals have their turn', async () => {
  const long = createFakeRecording(chunksOf(recordedSamples(40 * 60), 120));
  let rests = 0;
  const folded = await foldRecording(long, 'end', {
    rest: async () => {
      rests += 1;
    },
  });
  expect(folded?.fromMs).toBeGreaterThan(recordedFromMs + 8 * 60_000);
  expect(folded?.fromMs).toBeLessThanOrEqual(recordedFromMs + 10 * 60_000);
  expect(rests).toBeGreaterThan(10);
}, 60_000);

test('of several that record side by side the one that has watched for longest counts', () => {
  const chunk = (writer: string, fromSec: number, toSec: number) => ({
    writer,
    point: { fromMs: fromSec * 1000, toMs: toSec * 1000, max: {}, builds: [] },
    load: async () => [],
  });
  const long = [chunk('long', 100, 160), chunk('long', 160, 215)];
  const ended = chunk('ended', 0, 99);
  const young = chunk('young', 200, 220);
  expect(longestWatch([ended, ...long, young])).toEqual(long);
  expect(longestWatch([ended, young])).toEqual([young]);
});

test('nothing that can be read is nothing', async () => {
  expect(await foldRecording(createFakeRecording([]), 'end')).toBeNull();
});

/** `laterSec` after the end of what was recorded, on a machine that has run for as long. */
function now(laterSec: number, { model }: Folded['moment']['derived'], boot = 0): Sample {
  const sec = laterSec * 1000;
  return {
    version: 1,
    timeMs: model.timeMs + sec,
    monotonicMs: model.monotonicMs + sec,
    cpu: {
      ok: true,
      atMs: model.monotonicMs + sec,
      value: { uptimeSec: (model.host.uptimeSec ?? 0) + laterSec + boot } as never,
    },
  };
}

test('a look goes on from a recording of the same boot, of the last half hour', async () => {
  const end = await fold('end');
  const { derived } = end.moment;
  expect(derived.model.host.uptimeSec).not.toBeNull();
  expect(beforeNow(end, now(5, derived))).toMatchObject({ derived, fromMs: recordedFromMs });
  expect(beforeNow(end, now(29 * 60, derived))?.derived).toBe(derived);
  expect(beforeNow(end, now(31 * 60, derived))).toBeNull();
  expect(beforeNow(end, now(-5, derived))).toBeNull();
  // Another boot: the clock of the machine counts from elsewhere.
  expect(beforeNow(end, now(60, derived, -3000))).toBeNull();
  const { cpu, ...blind } = now(5, derived);
  expect(cpu?.ok).toBe(true);
  expect(beforeNow(end, blind)).toBeNull();
});

test('streams of a command go on, a log in a file is followed anew, and old ones are dropped', async () => {
  const end = await fold('end');
  const stream = (id: string, origin: object) => [id, { id, origin }] as const;
  const byId = new Map([
    stream('command', { kind: 'command', words: ['nix'], pid: 1 }),
    stream('/run/log', { kind: 'file', path: '/run/log' }),
  ]);
  const rebuilds = [{ stream: 'command' }, { stream: '/run/log' }];
  const streams = { ...end.moment.derived.streams, byId, rebuilds } as never;
  const folded = { ...end, moment: { ...end.moment, derived: { ...end.moment.derived, streams } } };
  const soon = beforeNow(folded, now(5, end.moment.derived))?.following;
  expect([...(soon?.byId.keys() ?? [])]).toEqual(['command']);
  expect(soon?.rebuilds).toEqual([{ stream: 'command' }]);
  expect(beforeNow(folded, now(60, end.moment.derived))?.following.byId.size).toBe(0);
});

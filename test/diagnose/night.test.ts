/** A rebuild of the night, seen once a minute for eleven hours, and asked about the morning after (case A1-28). */
import { expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { findingText } from '../../src/format/findings.ts';
import { foldRecording } from '../../src/modes/diagnose/recorded.ts';
import { chunksOf, createFakeRecording } from '../support/fake-recording.ts';
import { night } from './night.ts';
import { dayMs } from './story.ts';

const said =
  /^nixos-upgrade.service rebuilds without anybody, 11 h: clang-19, 11 h, which no cache had; at its peak 13.0 GB of memory, 42.0 GB of disk, 158 GB left, 13 h$/;

test('the morning after: who started it, what took how long, that no cache had it, and what it took', () => {
  let derived: DerivedSample | null = null;
  for (const sample of night(13)) derived = deriveSample(sample, derived);
  if (derived === null) throw new Error('no night');
  const { model } = derived;
  const found = model.findings.filter((one) => one.found.kind === 'unattended');
  expect(found).toHaveLength(1);
  expect(found.map((one) => findingText(one, model))[0]).toMatch(said);
  expect(model.findings.filter(({ level }) => level !== 'ok')).toEqual([]);
});

const recording = createFakeRecording(chunksOf([...night(13)], 60));

test('so it is of its recording, asked two hours later; half an hour alone knows nothing of it', async () => {
  const [whole, half] = await Promise.all([
    foldRecording(recording, 'end', { remember: true }),
    foldRecording(recording, 'end'),
  ]);
  if (whole === null || half === null) throw new Error('nothing recorded');
  const textsOf = ({ moment: { derived } }: typeof whole) =>
    derived.model.findings.map((one) => findingText(one, derived.model));
  expect(textsOf(whole)).toEqual([expect.stringMatching(said)]);
  expect(textsOf(half)).toEqual([]);
  expect(whole.fromMs).toBe(dayMs);
});

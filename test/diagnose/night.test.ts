/** A rebuild of the night, seen once a minute for eleven hours, and asked about the morning after (case A1-28). */
import { expect, test } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { findingText } from '../../src/format/findings.ts';
import { night } from './night.ts';

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

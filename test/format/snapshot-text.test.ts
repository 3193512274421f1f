import { describe, expect, it } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { ansiPaint } from '../../src/format/paint.ts';
import { formatSnapshotText } from '../../src/format/snapshot-text.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Model } from '../../src/model/model.ts';
import { diagnosed } from '../support/diagnosed-model.ts';
import { expectGolden } from '../support/golden.ts';
import { armedGuard, blind, busy, fixtureCases, noNix } from '../support/model-fixture.ts';
import { followed } from '../support/rebuild-models.ts';

describe('the text snapshot', () => {
  it.each([
    ['busy', busy],
    // What the fixture has found belongs to the busy machine.
    ['no-nix', { ...noNix, findings: [] }],
    ['blind', { ...blind, findings: [] }],
    ['followed', followed],
  ])('%s', (name, model) => {
    expectGolden(`snapshot-${name}-100`, formatSnapshotText(model, { columns: 100 }));
  });

  it('on a serial console', () => {
    expectGolden('snapshot-busy-80-ascii', formatSnapshotText(busy, { columns: 80, unicode: false }));
  });

  it('is never wider than asked, has no control characters and no trailing blanks', () => {
    for (const { name, model } of fixtureCases) {
      for (const columns of [40, 60, 80, 120, 200]) {
        for (const line of formatSnapshotText(model, { columns }).split('\n')) {
          expect(textColumns(line), `${name} ${columns}: ${line}`).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/\p{Cc}|\s$/u);
        }
      }
    }
  });

  it('has the worst that was found, and says where the rest is', () => {
    const rows = (model: Model) =>
      formatSnapshotText(model, { columns: 100 })
        .split('\n')
        .filter((line) => line.startsWith('FOUND'));
    expect(rows(busy)).toEqual([]);
    const calm = { ...diagnosed, shortages: [] };
    expect(rows(calm)).toEqual([
      'FOUND  likely: python3.12-numpy-2.1.2 is stuck, 13 min',
      'FOUND  /nix is 91% full, 14.2 GB free, 15 min',
    ]);
    const [one] = calm.findings as [Finding];
    const many = Array.from({ length: 5 }, (_, i) => ({ ...one, id: `${i}` }));
    expect(rows({ ...calm, findings: many }).at(-1)).toBe('FOUND  2 more: nixpulse diagnose');
  });

  it('is coloured when given a paint', () => {
    expect(formatSnapshotText(busy, { columns: 100, color: ansiPaint })).toContain(
      '\u001b[1;31mmemory critical 2:13',
    );
  });

  it('has a guard, and what it did last', () => {
    const lines = (over: object) =>
      formatSnapshotText({ ...busy, guards: [{ ...armedGuard, ...over }] }, { columns: 140 }).split('\n');
    expect(lines({})).toContain(
      'GUARD  dry run, 2 of 5 rules over; 113 s ago: would pause firefox-130.0: memory pressure 58%, limit 20%, for 20 seconds',
    );
    expect(lines({ acts: [], readings: [], dryRun: false })).toContain('GUARD  armed');
    expect(lines({ acts: [], readings: [], ended: true })).toContain('GUARD  ended');
  });
});

import { describe, expect, it } from 'vitest';
import { textColumns } from '../../src/base/text.ts';
import { ansiPaint } from '../../src/format/paint.ts';
import { formatSnapshotText } from '../../src/format/snapshot-text.ts';
import { expectGolden } from '../support/golden.ts';
import { blind, busy, fixtureCases, noNix } from '../support/model-fixture.ts';
import { followed } from '../support/rebuild-models.ts';

describe('the text snapshot', () => {
  it.each([
    ['busy', busy],
    ['no-nix', noNix],
    ['blind', blind],
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

  it('is coloured when given a paint', () => {
    expect(formatSnapshotText(busy, { columns: 100, color: ansiPaint })).toContain(
      '\u001b[1;31mmemory critical 2:13',
    );
  });
});

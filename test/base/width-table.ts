/** A function that fills a cell: what it says of which number, and that it never outgrows its width. */
import { describe, expect, it } from 'vitest';
import { unknown } from '../../src/base/number.ts';

type Row = readonly [value: number | null, text: string];

export function table(
  name: string,
  format: (value: number | null) => string,
  widest: number,
  rows: readonly Row[],
) {
  describe(name, () => {
    it.each(rows)('%s is %s', (value, text) => {
      expect(format(value)).toBe(text);
    });

    it.each([null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
      '%s is unknown',
      (value) => {
        expect(format(value)).toBe(unknown);
      },
    );

    it('stays in its width over the whole range', () => {
      for (let value = 1e-3; value < 1e18; value *= 1.37) {
        expect(format(value).length, `${value} as ${format(value)}`).toBeLessThanOrEqual(widest);
        expect(format(-value).length, `${-value} as ${format(-value)}`).toBeLessThanOrEqual(widest + 1);
      }
    });
  });
}

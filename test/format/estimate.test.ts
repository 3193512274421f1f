import { describe, expect, it } from 'vitest';
import { estimateText, shortEstimate, timesUsualText, usuallyText } from '../../src/format/estimate.ts';

const min = 60;
const h = 3600;

describe('an estimate in words', () => {
  it.each([
    [0, 0, 'a few seconds', '<10 s'],
    [2, 9, 'a few seconds', '<10 s'],
    [8, 14, 'about 8-14 s', '8-14 s'],
    [20, 41, 'about 20-40 s', '20-40 s'],
    [58, 61, 'about 60 s', '~60 s'],
    [2, 60, 'up to 60 s', '<60 s'],
    [70, 100, 'about 1-2 min', '1-2 min'],
    [25, 130, 'about 25 s to 2 min', '25 s-2 min'],
    [14 * min, 20 * min, 'about 14-20 min', '14-20 min'],
    [14 * min, 14.3 * min, 'about 14 min', '~14 min'],
    [33 * min, 52 * min, 'about 35-50 min', '35-50 min'],
    [1 * min, 20 * min, 'up to 20 min', '<20 min'],
    [20 * min, 2 * h, 'about 20 min to 2 h', '20 min-2 h'],
    [1.9 * h, 2.1 * h, 'about 2 h', '~2 h'],
    [1.4 * h, 2.1 * h, 'about 1.5-2 h', '1.5-2 h'],
    [11.4 * h, 14.1 * h, 'about 11-14 h', '11-14 h'],
  ])('%d to %d seconds: %s', (lowSec, highSec, text, short) => {
    expect(estimateText({ lowSec, highSec })).toBe(text);
    expect(shortEstimate({ lowSec, highSec })).toBe(short);
  });

  it('is unknown where there is none', () => {
    expect(estimateText(null)).toBe('unknown');
    expect(shortEstimate(null)).toBe('');
  });

  it('never says more below than above, whatever the numbers', () => {
    for (let low = 1; low < 100_000; low = Math.ceil(low * 1.3)) {
      for (let high = low; high < 200_000; high = Math.ceil(high * 1.2)) {
        const text = estimateText({ lowSec: low, highSec: high });
        const range = /(\d[\d.]*)-(\d[\d.]*) /.exec(text);
        if (range !== null) expect(Number(range[1])).toBeLessThan(Number(range[2]));
        expect(text).not.toMatch(/ 0[- ]/);
        expect(text.length).toBeLessThanOrEqual(24);
      }
    }
  });
});

describe('how long a build usually takes', () => {
  it.each([
    [{ medianSec: 300, lowSec: 240, highSec: 360, runs: 10 }, 'usually 4-6 min'],
    [{ medianSec: 300, lowSec: 300, highSec: 310, runs: 4 }, 'usually 5 min'],
    [{ medianSec: 2, lowSec: 0, highSec: 3, runs: 3 }, 'usually 2 s'],
    [{ medianSec: 7300, lowSec: 7300, highSec: 7300, runs: 1 }, 'took 2 h before'],
  ])('%o: %s', (usual, text) => {
    expect(usuallyText(usual)).toBe(text);
  });

  it('and how much longer it takes now', () => {
    expect(timesUsualText(3.1)).toBe('3.1x its usual time');
    expect(timesUsualText(41.2)).toBe('41x its usual time');
  });
});

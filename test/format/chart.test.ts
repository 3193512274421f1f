import { describe, expect, it } from 'vitest';
import { bar, sparkline } from '../../src/format/chart.ts';

describe('sparkline', () => {
  it.each([
    ['rises', [0, 14, 28, 42, 56, 70, 84, 100], '▁▂▃▄▅▆▇█', '_.:-=+*#'],
    ['is right-aligned while short', [50, 100], '      ▄█', '      -#'],
    ['leaves unknown ticks blank', [100, Number.NaN, 100], '     █ █', '     # #'],
    ['stays inside its top', [1e15, -5, Number.POSITIVE_INFINITY], '     █ █', '     # #'],
    ['is blank without points', [], '        ', '        '],
  ] as const)('%s', (_, series, unicode, ascii) => {
    expect(sparkline(series, 8, 100, true)).toBe(unicode);
    expect(sparkline(series, 8, 100, false)).toBe(ascii);
  });

  it('shows the newest points, the highest of each cell', () => {
    expect(sparkline([0, 0, 0, 100, 0, 0], 3, 100, true, 2)).toBe('▁█▁');
    expect(sparkline([100, 0, 0], 2, 100, true)).toBe('▁▁');
  });

  it('has a floor where the top is 0', () => {
    expect(sparkline([0, 0], 2, 0, true)).toBe('▁▁');
  });
});

describe('bar', () => {
  it.each([
    [0, '░░░░', '....'],
    [0.5, '██░░', '##..'],
    [1, '████', '####'],
    [7, '████', '####'],
    [-1, '░░░░', '....'],
    [null, '    ', '    '],
    [Number.NaN, '    ', '    '],
  ])('%s', (share, unicode, ascii) => {
    expect(bar(share, 4, true)).toBe(unicode);
    expect(bar(share, 4, false)).toBe(ascii);
  });
});

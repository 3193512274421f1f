import { describe, expect, it } from 'vitest';
import { ansiPaint, noPaint, plainPaint, tmuxPaint } from '../../src/format/paint.ts';
import { composeRow, fitSegments, type Segment, segment, span } from '../../src/format/row.ts';

const plain = { paint: noPaint, unicode: true };

describe('composeRow', () => {
  it('cuts and pads cells and never passes the width', () => {
    const spans = [
      { text: 'firefox', width: 5 },
      { text: '12', width: 4, align: 'right' as const },
      span('rest'),
    ];
    expect(composeRow(spans, 20, plain)).toBe('fire…  12rest');
    expect(composeRow(spans, 11, plain)).toBe('fire…  12r…');
    expect(composeRow(spans, 7, plain)).toBe('fire…12');
    expect(composeRow(spans, 0, plain)).toBe('');
  });

  it('makes foreign text safe', () => {
    expect(composeRow([span('a\u001b[2Jb\n')], 20, plain)).toBe('a?[2Jb ');
  });

  it('paints spans, or the whole row in one tone to its full width', () => {
    const color = { paint: ansiPaint, unicode: true };
    expect(composeRow([span('bad', 'danger'), span(' x')], 8, color)).toBe('\u001b[1;31mbad\u001b[0m x');
    expect(composeRow([span('bad', 'danger')], 5, color, 'selection')).toBe('\u001b[7mbad  \u001b[0m');
  });
});

describe('paint', () => {
  it('uses the 8 colours only', () => {
    for (const tone of [
      'danger',
      'warning',
      'ok',
      'muted',
      'title',
      'accent',
      'key',
      'selection',
      'alarm',
    ] as const) {
      const codes =
        ansiPaint(tone, 'x')
          .match(/\[([\d;]+)m/)?.[1]
          ?.split(';')
          .map(Number) ?? [];
      for (const code of codes) expect([1, 2, 7, 31, 32, 33, 34, 35, 36]).toContain(code);
    }
  });

  it('has no colour without colour', () => {
    expect(plainPaint('danger', 'x')).toBe('x');
    expect(plainPaint('selection', 'x')).toBe('\u001b[7mx\u001b[0m');
  });

  it('cannot be led into a tmux format', () => {
    expect(tmuxPaint('danger', 'a#[fg=blue]#(rm)')).toBe('#[fg=red,bold]a##[fg=blue]##(rm)#[default]');
    expect(tmuxPaint('selection', '#S')).toBe('##S');
  });
});

describe('fitSegments', () => {
  const segments: Segment[] = [
    segment(1, 'host'),
    segment(3, 'nix 2.26.3'),
    segment(2, 'nixos-rebuild switch 47:12', undefined, 'rebuild 47:12'),
    { ...segment(0, 'memory critical'), right: true },
  ];
  const shown = (width: number) => composeRow(fitSegments(segments, width), width, plain);

  it.each([
    [80, 'host  nix 2.26.3  nixos-rebuild switch 47:12                     memory critical'],
    [50, 'host  nixos-rebuild switch 47:12   memory critical'],
    [40, 'host  rebuild 47:12      memory critical'],
    [30, 'host           memory critical'],
    [16, ' memory critical'],
    [10, 'memory cr…'],
  ])('in %s columns', (width, row) => {
    expect(shown(width)).toBe(row);
  });
});

import { describe, expect, test } from 'vitest';
import { type Layout, layoutFor } from '../../src/state/layout.ts';

const views = ['overview', 'builds', 'disks', 'history', 'generations', 'journal'] as const;
const full = { clients: 20, filesystems: 9, prompt: 2, running: true, hint: true } as const;
const replayed = { ...full, running: false, hint: false, captions: 2 } as const;
const none = { clients: 0, filesystems: 0, prompt: 0, running: false, hint: false } as const;

/** From the hint down. */
function foot(layout: Layout): number {
  const { hintRows, runningRows, captionRows, markRows, barRows, promptRows, footerRows } = layout;
  return hintRows + runningRows + captionRows + markRows + barRows + promptRows + footerRows;
}

function sum(layout: Layout): number {
  const { headerRows, listRows, filesystemRows } = layout;
  return headerRows + listRows + filesystemRows + foot(layout);
}

describe.each(views)('%s', (view) => {
  test('at every size the parts make the whole, and the list has room', () => {
    for (let rows = 8; rows <= 70; rows += 1) {
      for (const columns of [40, 60, 80, 120, 200]) {
        for (const counts of [full, none, replayed]) {
          const layout = layoutFor({ columns, rows }, view, counts);
          expect(sum(layout), `${columns}x${rows}`).toBe(rows);
          expect(layout.listRows).toBeGreaterThanOrEqual(2);
          expect(layout.processRows).toBeGreaterThan(0);
          expect(layout.factRows + 1 + layout.processRows).toBe(layout.bodyRows);
          const { titleRows, pressureRows, pageRows, barRows } = layout;
          expect(titleRows + pressureRows + pageRows + foot(layout)).toBe(rows);
          expect(barRows).toBe(counts === replayed ? 1 : 0);
          expect(layout.tooSmall).toBe(false);
        }
      }
    }
  });

  test.each([
    [39, 40],
    [120, 7],
    [1, 1],
    [0, 0],
  ])('%ix%i is too small for anything', (columns, rows) => {
    const layout = layoutFor({ columns, rows }, view);
    expect(layout.tooSmall).toBe(true);
    expect(sum(layout)).toBe(0);
  });
});

test('at 15 rows and fewer the pressure is one line', () => {
  expect(layoutFor({ columns: 120, rows: 15 }, 'overview').pressureRows).toBe(1);
  expect(layoutFor({ columns: 120, rows: 16 }, 'overview').pressureRows).toBe(3);
});

test('12 rows leave most of them to the list', () => {
  expect(layoutFor({ columns: 60, rows: 12 }, 'overview').listRows).toBe(7);
});

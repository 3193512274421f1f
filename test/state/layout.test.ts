import { describe, expect, test } from 'vitest';
import { type Layout, layoutFor } from '../../src/state/layout.ts';

const views = ['overview', 'builds', 'disks', 'history', 'generations', 'diagnosis', 'journal'] as const;
const full = { clients: 20, filesystems: 9, prompt: 2, running: true, hint: true } as const;
const replayed = { ...full, running: false, hint: false, captions: 2 } as const;
const failing = { ...full, followed: 5, pairs: 4, builds: 40, failed: 12 } as const;
const none = { clients: 0, filesystems: 0, prompt: 0, running: false, hint: false } as const;

/** From the hint down. */
function foot(layout: Layout): number {
  const { hintRows, runningRows, captionRows, markRows, barRows, promptRows, footerRows } = layout;
  return hintRows + runningRows + captionRows + markRows + barRows + promptRows + footerRows;
}

function sum(layout: Layout): number {
  const { headerRows, listRows, failedRows, filesystemRows } = layout;
  return headerRows + listRows + failedRows + filesystemRows + foot(layout);
}

describe.each(views)('%s', (view) => {
  test('at every size the parts make the whole, and the list has room', () => {
    for (let rows = 8; rows <= 70; rows += 1) {
      for (const columns of [40, 60, 80, 120, 200]) {
        for (const counts of [
          full,
          none,
          replayed,
          failing,
          { ...failing, running: false, hint: false, captions: 2 as const },
        ]) {
          const layout = layoutFor({ columns, rows }, view, counts);
          expect(sum(layout), `${columns}x${rows}`).toBe(rows);
          expect(layout.listRows).toBeGreaterThanOrEqual(2);
          expect(layout.processRows).toBeGreaterThan(0);
          expect(layout.factRows + 1 + layout.processRows).toBe(layout.bodyRows);
          const { titleRows, pressureRows, pageRows, barRows } = layout;
          expect(titleRows + pressureRows + pageRows + foot(layout)).toBe(rows);
          expect(barRows).toBe('captions' in counts ? 1 : 0);
          if (rows > 15) expect(layout.failedRows > 0).toBe(view === 'overview' && 'failed' in counts);
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

describe('a rebuild that is followed', () => {
  const one = {
    clients: 3,
    filesystems: 0,
    prompt: 0,
    running: false,
    hint: false,
    followed: 1,
    pairs: 1,
  } as const;
  const rows = (height: number, over = {}) =>
    layoutFor({ columns: 80, rows: height }, 'overview', { ...one, ...over }).clientRows;

  test('has a row from 10 rows on, and beside its client a second one where there is room', () => {
    expect([9, 10, 12, 19, 20, 24, 32, 40].map((height) => rows(height))).toEqual([0, 1, 1, 1, 1, 2, 4, 4]);
    expect([9, 12, 19, 20].map((height) => rows(height, { followed: 0, pairs: 0 }))).toEqual([0, 0, 0, 1]);
  });
});

test('what failed takes the room that the builds leave, and little of theirs', () => {
  const failed = (rows: number, builds: number) =>
    layoutFor({ columns: 80, rows }, 'overview', {
      clients: 0,
      filesystems: 0,
      prompt: 0,
      running: false,
      hint: false,
      builds,
      failed: 20,
    }).failedRows;
  expect([8, 12, 15, 24, 40].map((rows) => failed(rows, 99))).toEqual([1, 1, 2, 3, 6]);
  expect([24, 40].map((rows) => failed(rows, 5))).toEqual([12, 20]);
});

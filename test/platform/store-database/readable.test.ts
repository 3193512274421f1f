/** Rows past a page of rubbish, near and far. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Gap, readable } from '../../../src/platform/store-database/readable.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/nixpulse-readable-`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Rows of these keys, two to a page, of which the leaves of these places are broken. */
function read(keys: readonly number[], ...broken: readonly number[]) {
  const file = `${directory}/rows.sqlite`;
  rmSync(file, { force: true });
  const open = new DatabaseSync(file);
  open.exec('CREATE TABLE Rows (id INTEGER PRIMARY KEY, text TEXT)');
  for (const key of keys) open.prepare('INSERT INTO Rows VALUES (?, ?)').run(key, 'x'.repeat(1900));
  const leaves = open.prepare(
    "SELECT pageno FROM dbstat WHERE name = 'Rows' AND pagetype = 'leaf' ORDER BY path",
  );
  const pages = leaves.all().map(({ pageno }) => Number(pageno));
  open.close();
  const written = openSync(file, 'r+');
  for (const at of broken)
    writeSync(written, Buffer.alloc(4096, 0xa5), 0, 4096, ((pages[at] ?? 0) - 1) * 4096);
  closeSync(written);
  const again = new DatabaseSync(file, { readOnly: true });
  const gaps: Gap[] = [];
  const select = 'SELECT id AS key, text FROM Rows';
  const rows = [...readable(again, { select, key: 'id', onGap: (gap) => gaps.push(gap) })].map(({ key }) =>
    Number(key),
  );
  again.close();
  return { rows, gaps };
}

const ten = Array.from({ length: 10 }, (_, at) => at + 1);

test('all of them where nothing is broken', () => {
  expect(read(ten)).toEqual({ rows: ten, gaps: [] });
});

test('all but those of the broken page, with where they were', () => {
  expect(read(ten, 1)).toEqual({ rows: [1, 2, 5, 6, 7, 8, 9, 10], gaps: [{ from: 3n, to: 5n }] });
});

test('the first, the last, and several', () => {
  expect(read(ten, 0).rows).toEqual(ten.slice(2));
  expect(read(ten, 4)).toEqual({ rows: ten.slice(0, 8), gaps: [{ from: 9n, to: null }] });
  expect(read(ten, 1, 3).rows).toEqual([1, 2, 5, 6, 9, 10]);
});

test('keys far from each other: the very next that can be read', () => {
  const far = [1, 2, 3, 4, 7_000_000, 7_000_003, 9_000_001, 9_000_002];
  expect(read(far, 1)).toEqual({ rows: [1, 2, ...far.slice(4)], gaps: [{ from: 3n, to: 5n }] });
  const { rows, gaps } = read(far, 2);
  expect(rows).toEqual([1, 2, 3, 4, 9_000_001, 9_000_002]);
  expect(gaps).toEqual([{ from: 5n, to: 7_000_004n }]);
});

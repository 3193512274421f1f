import { closeSync, fstatSync, mkdtempSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openNamelessFile, piecesOf } from '../../src/platform/nameless-file.ts';

test('what is appended is read from the beginning, in pieces; no name of it is left', () => {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-nameless-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const file = openNamelessFile({}, [join(place, 'not-there'), place]);
  if (file === null) throw new Error('no file');
  onTestFinished(() => closeSync(file));
  expect(readdirSync(place)).toEqual([]);
  expect(fstatSync(file).mode & 0o777).toBe(0o600);
  const long = 'x'.repeat(100_000);
  writeSync(file, long, 0);
  // O_APPEND: whatever the position.
  writeSync(file, 'end', 0);
  const pieces = [...piecesOf(file)];
  expect(pieces.length).toBe(2);
  expect(Buffer.concat(pieces).toString()).toBe(`${long}end`);
});

test('no place: no file', () => {
  expect(openNamelessFile({}, ['/proc/nixpulse'])).toBeNull();
});

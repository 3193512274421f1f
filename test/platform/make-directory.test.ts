import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeDirectory } from '../../src/platform/make-directory.ts';

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-directory-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('with all that is above it, and again', () => {
  const path = join(directory, 'a/b/c');
  makeDirectory(path, 0o700);
  makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  writeFileSync(join(directory, 'file'), '');
  expect(() => makeDirectory(join(directory, 'file/a'), 0o700)).toThrow(/ENOTDIR/);
});

test.skipIf(process.getuid?.() !== 0)('on a file system that is read-only it says so', () => {
  const place = mkdtempSync(join(directory, 'read-only-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', place]);
  try {
    expect(() => makeDirectory(join(place, 'a/b'), 0o700)).toThrow(/EROFS/);
  } finally {
    execFileSync('umount', ['--lazy', place]);
  }
});

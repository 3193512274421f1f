/** What a text finds: builds by the names people know, never by chance. */
import { expect, test } from 'vitest';
import { anyMatches, buildMatches, processMatches } from '../../src/state/matching.ts';
import { buildOf, processOf } from '../support/model-fixture.ts';

const hash = '0gcc13xz4b5cd6fghijklmnpqrsvwxyz';
const build = buildOf({
  pid: 4100,
  name: 'firefox-130.0',
  pname: 'firefox',
  user: 'nixbld3',
  host: null,
  drvHash: hash,
  now: 'clang++ ×16',
  tree: [processOf({ pid: 4101, comm: 'cc1plus', command: 'cc1plus -O2 gfx/angle.cpp' })],
});

test.each([
  ['fire', true],
  ['FireFox-130', true],
  ['nixbld3', true],
  ['4100', true],
  // Parts of a pid and of a hash are in anything.
  ['41', false],
  ['gcc13', false],
  ['gcc13xz4', false],
  ['0gcc1', false],
  ['0gcc13', true],
  [hash, true],
  [`/nix/store/${hash}-firefox-130.0.drv`, true],
  [`${hash}-firefox-130.0.drv`, true],
  ['0gcc13xz4b5cd6fghijklmnpqrsvwxyy', false],
  // Not of Nix's alphabet.
  ['0gcc1e', false],
  ['clang++', true],
  ['', false],
])('%j finds the build: %s', (needle, found) => {
  expect(buildMatches(build, needle)).toBe(found);
});

test('a build without a hash is found by none', () => {
  expect(buildMatches({ ...build, drvHash: null }, '0gcc13')).toBe(false);
});

test.each([
  ['cc1plus', true],
  ['angle.CPP', true],
  ['4101', true],
  ['10', false],
  ['', false],
])('%j finds the process, and its build by it: %s', (needle, found) => {
  const [process = processOf({ pid: 1 })] = build.tree;
  expect(processMatches(process, needle)).toBe(found);
  expect(anyMatches(build, needle)).toBe(found);
});

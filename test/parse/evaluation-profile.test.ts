import { expect, test } from 'vitest';
import { createFlamegraphReader, parseCallCounts } from '../../src/parse/evaluation-profile.ts';

function flamegraph(...lines: readonly string[]) {
  const reader = createFlamegraphReader();
  for (const line of lines) reader.add(line);
  return reader.end();
}

test('a stack counts for the file it ends in, and once for each that it goes through', () => {
  expect(
    flamegraph(
      "/etc/nixos/a.nix:1:1;/nix/store/x-source/lib/lists.nix:5:3:fold;primop foldl' 6",
      '/etc/nixos/a.nix:1:1;/etc/nixos/b.nix:2:65:fib;/etc/nixos/b.nix:2:65:fib 3',
      '/etc/nixos/a.nix:1:1 1',
    ),
  ).toEqual([
    { file: '/nix/store/x-source/lib/lists.nix', percent: 60, totalPercent: 60 },
    { file: '/etc/nixos/b.nix', percent: 30, totalPercent: 30 },
    { file: '/etc/nixos/a.nix', percent: 10, totalPercent: 100 },
  ]);
});

test('who calls much is told beside those that compute', () => {
  const lines = Array.from(
    { length: 30 },
    (_, at) => `/etc/nixos/main.nix:1:1;/lib/f${at}.nix:1:1 ${100 - at}`,
  );
  const files = flamegraph(...lines);
  expect(files).toHaveLength(11);
  expect(files.at(-1)).toEqual({ file: '/etc/nixos/main.nix', percent: 0, totalPercent: 100 });
});

test('lines that are none: cut off, without a number, without a place', () => {
  expect(flamegraph('', 'primop map 4', '/a.nix:1:1;/b.nix:2', '/a.nix:1:1 x', '/a.nix:1:1 -3')).toEqual([]);
});

test('calls of each function, by file', () => {
  const functions = [
    { name: 'fib', file: '/etc/nixos/a.nix', line: 1, column: 2, count: 90 },
    { name: null, file: '/etc/nixos/b.nix', line: 1, column: 1, count: 5 },
    { name: 'g', file: '/etc/nixos/b.nix', line: 2, column: 1, count: 4 },
    { name: 'unknown', count: 1 },
  ];
  expect(parseCallCounts(JSON.stringify({ cpuTime: 1, functions }))).toEqual([
    { file: '/etc/nixos/a.nix', percent: 90, totalPercent: null },
    { file: '/etc/nixos/b.nix', percent: 9, totalPercent: null },
  ]);
});

test.each(['', '{"functions":', '[]', 'null', '{"functions": 3}', '{}'])('%s has no calls', (text) => {
  expect(parseCallCounts(text)).toBeNull();
});

test('rows of another shape are left out', () => {
  const functions = [null, 3, { file: 7, count: 1 }, { file: '/a', count: 'x' }, { file: '/a', count: 3 }];
  expect(parseCallCounts(JSON.stringify({ functions }))).toEqual([
    { file: '/a', percent: 75, totalPercent: null },
  ]);
});

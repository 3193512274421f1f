/** The lines that real streams make, look by look. */
import { describe, expect, test } from 'vitest';
import { nothingSaid, progressLines, toldLines } from '../../src/format/progress-lines.ts';
import { foldLog } from '../../src/logs/fold.ts';
import { newLogState } from '../../src/logs/log-state.ts';
import { rootCauses } from '../../src/logs/root-causes.ts';
import { expectGolden } from '../support/golden.ts';
import { eventsOf, logBytes, logNames } from '../support/logs.ts';

function linesOf(name: string, looks = 40): readonly (readonly string[])[] {
  const events = eventsOf(logBytes(name));
  const each = Math.max(1, Math.ceil(events.length / looks));
  let state = newLogState('one');
  let said = nothingSaid;
  const all: (readonly string[])[] = [];
  for (let at = 0; at < events.length; at += each) {
    const nowMs = (at / each) * 10_000;
    state = foldLog(state, events.slice(at, at + each), nowMs);
    const rebuilds = state.rebuilds.map((rebuild) => ({
      title: name,
      rebuild,
      failures: rootCauses(rebuild, {}),
    }));
    const now = progressLines(rebuilds, nowMs, said, { unicode: false });
    said = now.said;
    all.push(now.lines);
  }
  return all;
}

test.each([
  'nix-2.34/nix_build-parallel',
  'nix-2.34/nixbuild-fail-k',
  'nix-2.8/nix_build-fail',
  'nixos-rebuild/flake-switch-json',
  'nixos-rebuild/flake-fail',
])('%s', (name) => {
  expectGolden(`logs/progress/${name.replace('/', '-')}`, linesOf(name).flat().join('\n'));
});

test('what others say, and warnings, are told as they come', () => {
  const stream = [
    '@nix {"action":"msg","level":1,"msg":"\\u001b[35;1mwarning:\\u001b[0m Git tree is dirty"}',
    '@nix {"action":"msg","level":1,"msg":"warning: you did not specify \'--add-root\'; the result"}',
    '@nix {"action":"msg","level":3,"msg":"copying 1 path..."}',
    '@nix {"action":"msg","level":0,"msg":"trace: evaluation warning: \'foo\' has been renamed"}',
    'sudo: 3 incorrect password attempts',
    'debug: nixos_rebuild.process: captured output stdout=/nix/store/x',
    ', stderr=None',
    '',
  ].join('\n');
  expect(toldLines(eventsOf(stream))).toEqual([
    'warning: Git tree is dirty',
    "trace: evaluation warning: 'foo' has been renamed",
    'sudo: 3 incorrect password attempts',
  ]);
});

describe.each(logNames)('%s', (name) => {
  const looks = linesOf(name);

  test('one line of progress a look, and none that says the same again', () => {
    const progress = looks.map((lines) => lines.filter((line) => line.startsWith('[')));
    for (const lines of progress) expect(lines.length).toBeLessThanOrEqual(1);
    const flat = progress.flat();
    for (const [i, line] of flat.entries()) expect(line).not.toBe(flat[i - 1]);
  });

  test('a failure is told once, and nothing moves a cursor', () => {
    const flat = looks.flat();
    const failures = flat.filter((line) => line.startsWith('failed:'));
    expect(new Set(failures).size).toBe(failures.length);
    for (const line of flat) expect(line).not.toMatch(/[^\x20-\x7e]/);
  });
});

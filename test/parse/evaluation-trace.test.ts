import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseEvaluationTrace } from '../../src/parse/evaluation-trace.ts';

const read = (name: string) =>
  readFileSync(new URL(`../fixtures/evaluation/${name}.txt`, import.meta.url), 'utf8');

/** What nix-instantiate of both versions wrote about the same files. */
describe.each(['2.8', '2.34'])('traces of Nix %s', (version) => {
  test('two options that need each other: both are named, and the files that define them', () => {
    const trace = parseEvaluationTrace(read(`nix-${version}-options`));
    expect(trace).toMatchObject({ error: 'infinite recursion encountered', fault: 'recursion' });
    expect([...trace.options].sort()).toEqual(['networking.domain', 'networking.hostName']);
    expect([...trace.files].sort()).toEqual(['/etc/nixos/network.nix', '/etc/nixos/services/web.nix']);
    const [first] = trace.repeated;
    expect(first?.place).toMatch(/^\/nix\/store\/.*\/lib\/\w+\.nix:\d+$/);
    expect(first?.times).toBeGreaterThan(2);
  });

  test('imports that depend on the configuration', () => {
    const trace = parseEvaluationTrace(read(`nix-${version}-imports`));
    expect(trace).toMatchObject({ error: 'infinite recursion encountered', fault: 'recursion', files: [] });
  });

  test('calls without end', () => {
    const deep = parseEvaluationTrace(read(`nix-${version}-deep`));
    expect(deep).toMatchObject({ error: expect.stringMatching(/^stack overflow/), fault: 'stack' });
    const strict = parseEvaluationTrace(read(`nix-${version}-deepseq`));
    expect(strict.fault).toBe('stack');
    // Before, a signal handler wrote it, which had no trace.
    if (version === '2.8') return;
    expect(deep).toMatchObject({
      repeated: [{ place: '/etc/nixos/deep.nix:1', times: 4 }],
      omittedFrames: 19_999,
    });
    expect(strict.omittedFrames).toBe(9998);
  });
});

test('another error is none of these, and a place that occurs once does not repeat', () => {
  const text =
    "warning: old\nerror:\n       … while calling 'f'\n         at /etc/nixos/a.nix:3:4:\n            2|\n\n       error: undefined variable 'x'\n       at /etc/nixos/b.nix:5:1:\n";
  expect(parseEvaluationTrace(text)).toEqual({
    error: "undefined variable 'x'",
    fault: null,
    repeated: [],
    omittedFrames: 0,
    options: [],
    files: [],
  });
});

test('nothing said, lines cut off and lines without end', () => {
  const none = {
    error: null,
    fault: null,
    repeated: [],
    omittedFrames: 0,
    options: [],
    files: [],
  };
  expect(parseEvaluationTrace('')).toEqual(none);
  expect(parseEvaluationTrace('error:')).toEqual(none);
  expect(
    parseEvaluationTrace('… while evaluating the option `a\n at /x:1\n(many duplicate frames omitted)'),
  ).toEqual(none);
  const long = `at /${'x'.repeat(100_000)}:1:1:\n`;
  const [row] = parseEvaluationTrace(long.repeat(3)).repeated;
  expect(row?.times).toBe(3);
  expect(row?.place.length).toBeLessThan(400);
  const many = Array.from({ length: 100 }, (_, i) => `at /f${i}:1:1:\nat /f${i}:1:1:\n`).join('');
  expect(parseEvaluationTrace(many).repeated).toHaveLength(12);
});

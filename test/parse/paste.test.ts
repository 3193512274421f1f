import { describe, expect, test } from 'vitest';
import { pastedLines } from '../../src/parse/paste.ts';
import { unwrapped } from '../../src/parse/unwrap.ts';

const texts = (text: string) => pastedLines(text).map((line) => line.text);
const said = "error: attribute 'foo' missing";

test.each([
  ['as it is', said],
  ['colours', `\x1b[31;1merror:\x1b[0m attribute '\x1b[35;1mfoo\x1b[0m' missing`],
  ['typographic quotes', 'error: attribute ‘foo’ missing'],
  ['spaces that do not break', "error:\u00a0attribute\u00a0'foo' missing"],
  ['a quote', `> ${said}`],
  ['a quote of a quote', `> > ${said}`],
  ['HTML', '<pre>error: attribute &#39;foo&#39; missing</pre>'],
  ['a box', `┃ ${said}`],
  ['the journal', `Nov 20 03:28:01 host nix-daemon[812]: ${said}`],
  ['the journal, to the microsecond', `2026-11-20T03:28:01.123456+0100 host nixos-rebuild[9]: ${said}`],
  ['dmesg', `[ 1234.567890] ${said}`],
  ['dmesg -T', `[Thu Nov 20 03:28:01 2026] ${said}`],
  ['GitHub', `2026-11-20T03:28:01.1234567Z ${said}`],
  ['gh run view --log', `build\tRun nix build\t2026-11-20T03:28:01.1234567Z ${said}`],
  ['an annotation of GitHub', `##[error]${said}`],
  ['a command of GitHub', `::error file=flake.nix::${said}`],
  ['GitLab', `2026-11-20T03:28:01.123456Z 01E ${said}`],
  ['a time', `[03:28:01] ${said}`],
  ['Buildkite', `\x1b_bk;t=1700000000000\x07${said}`],
  ['deploy-rs', `🚀 ❌ [deploy] [ERROR] ${said}`],
  ['deploy-rs, with a sign of two characters', `🚀 ℹ️ [deploy] [INFO] ${said}`],
  ['colmena', `        web-1 | ${said}`],
  ['a line of a build', `hello-2.12> ${said}`],
  ['a line of a build in an error', `       > ${said}`],
  ['GitHub, then a build', `2026-11-20T03:28:01.1234567Z hello> ${said}`],
  ['a line written over', `[1/3 built]\r${said}`],
  ['a carriage return at its end', `${said}\r`],
  ["Nix's own log", `@nix ${JSON.stringify({ action: 'msg', level: 0, msg: said })}`],
  ['json-log-path', JSON.stringify({ action: 'msg', level: 0, msg: said })],
  [
    "a line of a build in Nix's own log",
    `@nix ${JSON.stringify({ action: 'result', id: 5, type: 101, fields: [said] })}`,
  ],
  ['journalctl -o json', JSON.stringify({ _PID: '812', MESSAGE: said })],
  ['a container', JSON.stringify({ log: `${said}\n`, stream: 'stderr' })],
])('%s', (_, text) => {
  expect(texts(text)[0]).toBe(said);
});

test('a fence is no line, and the others keep their number', () => {
  expect(pastedLines(`\`\`\`console\n${said}\n\`\`\``)).toEqual([{ at: 2, text: said }]);
});

describe('numbers of lines', () => {
  test('that rise with nearly every line are not of it', () => {
    expect(texts(`  12 building\n  13 ${said}\n  14 done`)).toEqual(['building', said, 'done']);
    expect(texts(`1: building\n2: ${said}\n\n3: done`)).toEqual(['building', said, '', 'done']);
  });

  test('numbers that do not rise are what was said', () => {
    const text = '3 derivations\n3 paths\n1 error';
    expect(texts(text)).toEqual(text.split('\n'));
  });
});

test("of Nix's own log what explains nothing is left out", () => {
  const stop = '@nix {"action":"stop","id":5}';
  const progress = '@nix {"action":"result","id":5,"type":105,"fields":[1,2,0,0]}';
  expect(pastedLines(`${stop}\n${progress}\n${said}`)).toEqual([{ at: 3, text: said }]);
});

test.each([
  ['nothing', ''],
  ['bytes', '\u0000\u0001\ufffd\x1b[\x1b]'],
  ['JSON cut', '@nix {"action":"msg","level":0,"msg":"err'],
  ['JSON of something else', '{"a":[1,2,{"b":null}]}'],
  ['a very long line', 'x'.repeat(300_000)],
  ['prefixes without end', `${'> '.repeat(5000)}x`],
])('is never too much: %s', (_, text) => {
  expect(() => pastedLines(text)).not.toThrow();
});

describe('lines that a terminal cut', () => {
  const long =
    "error: path '/nix/store/0c3x1r7z4m5v6s8d9f0g1h2j3k4l5n6p-some-package-with-a-long-name-1.2.3' is not valid";
  const cutAt = (text: string, width: number) =>
    text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';

  test.each([80, 100])('at %i columns', (width) => {
    const lines = pastedLines(`building\n${cutAt(long, width)}\nbuilding more`);
    expect(unwrapped(lines).map(({ text }) => text)).toEqual(['building', long, 'building more']);
    expect(unwrapped(lines)[2]?.at).toBe(4);
  });

  test('at a width of its own, which more than one line has', () => {
    const lines = pastedLines(cutAt(`${long} ${long}`, 73));
    expect(unwrapped(lines).map(({ text }) => text)).toEqual([`${long} ${long}`]);
  });

  test('nothing where no line is as long as a terminal', () => {
    const lines = pastedLines('one\ntwo\nthree');
    expect(unwrapped(lines)).toBe(lines);
  });
});

/** /proc/<pid>/stat: real lines, names that look like the rest of the line, cuts, other kernels. */
import { describe, expect, test } from 'vitest';
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import { expectHonestCuts, garbage } from '../support/cut.ts';

const worker =
  '5158 (nix-daemon) S 3140 5158 5158 0 -1 4194624 3879 32712 2 1 1 3 18 5 20 0 2 0 93412 487260160 5236 ' +
  '18446744073709551615 94336220733440 94336220753321 140720617762048 0 0 0 0 16781312 82434 0 0 0 17 1 0 0 0 0 0 ' +
  '94336220769328 94336220770944 94337177292800 140720617765365 140720617765416 140720617765416 140720617766891 0\n';

function line(comm: string | Buffer, state = 'S'): Buffer {
  const rest = worker.slice(worker.lastIndexOf(')') + 4);
  return Buffer.concat([
    Buffer.from('5158 ('),
    Buffer.from(comm as string),
    Buffer.from(`) ${state} ${rest}`),
  ]);
}

test('a line as the kernel prints it', () => {
  expect(parseProcessStat(worker)).toEqual({
    ok: true,
    value: {
      pid: 5158,
      comm: 'nix-daemon',
      state: 'S',
      ppid: 3140,
      pgrp: 5158,
      session: 5158,
      tty: 0,
      majorFaults: 2,
      childMajorFaults: 1,
      userTicks: 1,
      systemTicks: 3,
      childUserTicks: 18,
      childSystemTicks: 5,
      threads: 2,
      startTime: 93412,
    },
  });
});

describe('names', () => {
  test.for([
    ['spaces', 'Web Content x'],
    ['a parenthesis', 'cc1) plus'],
    ['the end of a line', 'x) R 1 1 1 0 -1'],
    ['a forged parent', 'x) S 1 2 3'],
    ['only parentheses', ')))((('],
    ['a newline', 'two\nlines'],
    ['nothing', ''],
    ['escapes', '\u001b[2J\u0007'],
  ] as const)('%s', ([, comm]) => {
    expect(parseProcessStat(line(comm).toString())).toMatchObject({
      ok: true,
      value: { comm, state: 'S', ppid: 3140, startTime: 93412 },
    });
  });

  test('invalid UTF-8 is kept as replacement characters, and the fields behind it are right', () => {
    const text = line(Buffer.from([0x66, 0xff, 0xfe, 0x29, 0xc3])).toString();
    expect(parseProcessStat(text)).toMatchObject({ ok: true, value: { ppid: 3140, startTime: 93412 } });
  });
});

test.for([
  ['R', 'R'],
  ['S', 'S'],
  ['D', 'D'],
  ['Z', 'Z'],
  ['T', 'T'],
  ['t', 'T'],
  ['I', 'S'],
  ['X', 'Z'],
  ['x', 'Z'],
  ['K', 'S'],
  ['W', 'S'],
  ['P', 'S'],
] as const)('state %s counts as %s', ([letter, state]) => {
  expect(parseProcessStat(line('a', letter).toString())).toMatchObject({ ok: true, value: { state } });
});

test('a state of a kernel to come is malformed, not a guess', () => {
  expect(parseProcessStat(line('a', 'Q').toString())).toMatchObject({ ok: false });
});

test('other kernels: fewer fields at the end, more fields at the end, tty as a signed number', () => {
  // Linux 2.6 ended after 42 fields; what we use is in the first 22.
  const old = worker.split(' ').slice(0, 42).join(' ');
  expect(parseProcessStat(old)).toMatchObject({ ok: true, value: { startTime: 93412 } });
  expect(parseProcessStat(`${worker.trimEnd()} 1 2 3\n`)).toMatchObject({ ok: true });
  const negative = worker.replace(' 5158 0 -1 ', ' 5158 -2147450879 -1 ');
  expect(parseProcessStat(negative)).toMatchObject({ ok: true, value: { tty: -2147450879 } });
});

test('cut after any byte', () => expectHonestCuts(worker, parseProcessStat));
test('cut after any byte of a hostile name', () => {
  // Up to the last parenthesis the name itself looks like a line; it has too few fields to be one.
  expectHonestCuts(line('x) R 1 1 1 0 -1'), parseProcessStat);
});
test.for(garbage)('garbage never throws', (text) => {
  expect(parseProcessStat(text)).toMatchObject({ ok: false });
});

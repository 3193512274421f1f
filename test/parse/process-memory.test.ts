/** statm, io and status of a process. */
import { describe, expect, test } from 'vitest';
import {
  isInNestedPidNamespace,
  parseEffectiveUid,
  parseProcessIo,
  parseStatm,
} from '../../src/parse/process-memory.ts';
import { expectHonestCuts, garbage } from '../support/cut.ts';

const statm = '78303 5236 4012 0 0 13004 0\n';
const io =
  'rchar: 7299\nwchar: 323\nsyscr: 14\nsyscw: 2\nread_bytes: 40960\nwrite_bytes: 123456\ncancelled_write_bytes: 98\n';
const status =
  'Name:\tbash\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t5170\nNgid:\t0\nPid:\t5170\nPPid:\t5158\nTracerPid:\t0\n' +
  'Uid:\t0\t30001\t30001\t30001\nGid:\t30000\t30000\t30000\t30000\nFDSize:\t64\nGroups:\t30000 \n';

describe('statm', () => {
  test.for([
    [4096, 5236 * 4096],
    [16_384, 5236 * 16_384],
  ] as const)('pages of %i bytes', ([page, bytes]) => {
    expect(parseStatm(statm, page)).toEqual({ ok: true, value: bytes });
  });
  test('a zombie has none', () => {
    expect(parseStatm('0 0 0 0 0 0 0\n', 4096)).toEqual({ ok: true, value: 0 });
  });
  test('cut', () => expectHonestCuts(statm, (text) => parseStatm(text, 4096)));
  test.for(garbage.filter((text) => !/9{400}/.test(text)))('garbage', (text) => {
    const parsed = parseStatm(text, 4096);
    expect(parsed.ok && !Number.isFinite(parsed.value)).toBe(false);
  });
});

describe('io', () => {
  test('what reached the storage, not what was asked for, and not what was cancelled', () => {
    expect(parseProcessIo(io)).toEqual({ ok: true, value: { readBytes: 40_960, writeBytes: 123_456 } });
  });
  test('a kernel without task I/O accounting', () => {
    expect(parseProcessIo('rchar: 7299\nwchar: 323\nsyscr: 14\nsyscw: 2\n')).toMatchObject({ ok: false });
  });
  test('cut', () => expectHonestCuts(io, parseProcessIo));
  test.for(garbage)('garbage', (text) => expect(parseProcessIo(text)).toMatchObject({ ok: false }));
});

describe('effective uid', () => {
  test('is the second', () => expect(parseEffectiveUid(status)).toEqual({ ok: true, value: 30_001 }));
  test('a name that forges a row is escaped by the kernel', () => {
    const forged = status.replace('bash', 'x\\nUid:\t1\t1\t1\t1');
    expect(parseEffectiveUid(forged)).toEqual({ ok: true, value: 30_001 });
  });
  test('allocated uids and the overflow uid', () => {
    for (const uid of [872_415_232, 65_534, 4_294_967_294]) {
      const text = status.replace('30001\t30001\t30001', `${uid}\t${uid}\t${uid}`);
      expect(parseEffectiveUid(text)).toEqual({ ok: true, value: uid });
    }
  });
  test('cut', () => expectHonestCuts(status, parseEffectiveUid));
  test.for(garbage)('garbage', (text) => expect(parseEffectiveUid(text)).toMatchObject({ ok: false }));
});

test.each([
  ['NStgid:\t8691\t6\nNSpid:\t8691\t6\nNSpgid:\t8691\t6\n', true],
  ['NSpid:\t8691\n', false],
  ['NSpid:\t8691\t\n', false],
  ['Name:\tx\\nNSpid:\t1\t2\n', false],
  ['', false],
])('in a pid namespace below ours: %j', (text, nested) => {
  expect(isInNestedPidNamespace(text)).toBe(nested);
});

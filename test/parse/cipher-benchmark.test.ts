import { expect, test } from 'vitest';
import { parseCipherBenchmark, parseCryptTable } from '../../src/parse/cipher-benchmark.ts';
import { parseCopied } from '../../src/parse/dd-report.ts';

test.each([
  [
    'cryptroot: 0 976740352 crypt aes-xts-plain64 :64:logon:cryptsetup:0b7-d0 0 259:2 32768',
    'aes-xts-plain64',
    512,
  ],
  [
    `luks-1: 0 2048 crypt aes-cbc-essiv:sha256 ${'0'.repeat(64)} 0 8:2 4096 1 allow_discards`,
    'aes-cbc-essiv:sha256',
    256,
  ],
])('how a disk is encrypted: %s', (line, name, keyBits) => {
  expect(parseCryptTable(['vg-root: 0 8 linear 254:0 2048', line])).toEqual({ name, keyBits });
});

test('without an encrypted one there is no cipher', () => {
  expect(parseCryptTable(['No devices found', ''])).toBeNull();
});

test('decryption, in bytes a second', () => {
  expect(
    parseCipherBenchmark([
      '# Tests are approximate using memory only (no storage IO).',
      '# Algorithm |       Key |      Encryption |      Decryption',
      '    aes-xts        512b      2034.5 MiB/s      2040.0 MiB/s',
    ]),
  ).toBe(2040 * 2 ** 20);
  expect(parseCipherBenchmark(['    aes-xts        512b           N/A            N/A'])).toBeNull();
});

test.each([
  ['268435456 bytes (268 MB, 256 MiB) copied, 0.120551 s, 2.2 GB/s', { bytes: 268435456, sec: 0.120551 }],
  ['1048576 bytes (1.0MB) copied, 0.000500 seconds, 2.0GB/s', { bytes: 1048576, sec: 0.0005 }],
  ['512 bytes copied, 2.1e-05 s, 24.4 MB/s', { bytes: 512, sec: 2.1e-5 }],
  ['0+0 records in', null],
])('what dd copied: %s', (line, copied) => {
  expect(parseCopied(['1+0 records out', line])).toEqual(copied);
});

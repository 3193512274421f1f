import { expect, test } from 'vitest';
import { createNative, parseAuxv } from '../../src/platform/native.ts';

function auxv(...pairs: [bigint, bigint][]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(pairs.length * 16));
  pairs.forEach(([type, value], index) => {
    bytes.setBigUint64(index * 16, type, true);
    bytes.setBigUint64(index * 16 + 8, value, true);
  });
  return new Uint8Array(bytes.buffer);
}
const usual = { pageSizeBytes: 4096, ticksPerSec: 100 };

test.each([
  ['both', auxv([3n, 9n], [6n, 16384n], [17n, 250n], [0n, 0n]), { pageSizeBytes: 16384, ticksPerSec: 250 }],
  ['nothing after the end', auxv([0n, 0n], [6n, 16384n]), usual],
  ['empty', new Uint8Array(), usual],
  ['cut in a pair', auxv([6n, 16384n]).subarray(0, 12), usual],
  ['absurd values', auxv([6n, 1n], [17n, 0n], [17n, 2n ** 63n]), usual],
  ['inside a larger buffer', auxv([3n, 1n], [6n, 65536n]).subarray(16), { ...usual, pageSizeBytes: 65536 }],
])('%s', (_name, bytes, expected) => {
  expect(parseAuxv(bytes)).toEqual(expected);
});

test('this machine has sane values', () => {
  const native = createNative();
  expect(native.pid).toBe(process.pid);
  expect([4096, 16384, 65536]).toContain(native.pageSizeBytes);
  expect(native.ticksPerSec).toBe(100);
});

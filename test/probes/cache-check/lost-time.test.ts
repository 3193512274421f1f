import { expect, test } from 'vitest';
import { failedBy, failedCache } from '../../../src/probes/cache-check/failed.ts';
import { checkedCache } from '../../support/cache-check.ts';

const lostOf = (address: string) =>
  failedCache({ ...checkedCache, address }, failedBy({ kind: 'gone', where: address }, 0), null).lostSec;

test('what is downloaded is tried again, and pauses cost time; a directory is looked at once', () => {
  expect(lostOf('http://nas')).toBeGreaterThan(1);
  expect(lostOf('file:///mnt/cache')).toBe(0);
  expect(lostOf('s3://bucket')).toBe(0);
});

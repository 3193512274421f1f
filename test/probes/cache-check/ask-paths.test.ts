/** A cache that lies about its paths. */
import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { askPaths } from '../../../src/probes/cache-check/ask-paths.ts';
import type { CacheWorld } from '../../../src/probes/cache-check/cache-world.ts';
import { realProbe } from '../../support/probe-context.ts';

const hash = '0'.repeat(32);
const other = '1'.repeat(32);
const world: CacheWorld = {
  ...{ environment: {}, certificates: undefined, trusted: [], needsSignatures: false, attempts: null },
  ...{ storeDirectory: '/nix/store', answerMs: 1000, hashes: [hash], packageHash: hash },
};

const told = (text: string, status = 200) =>
  askPaths(
    async () => ok({ status, body: new TextEncoder().encode(text), whole: true, answerSec: 0, bodySec: 0 }),
    world,
    realProbe().context,
  );

test.each([
  ['another path', `/nix/store/${other}-hello`, 'broken-nar'],
  ['a path below it', `/nix/store/${hash}-hello/bin`, 'broken-nar'],
  ['a path beside the store', `/nix/store/../../tmp/${hash}-hello`, 'broken-nar'],
  ['what a terminal obeys', `/nix/store/${hash}-\u001b[2Jhello`, 'broken-nar'],
  ['a name without end', `/nix/store/${hash}-${'x'.repeat(250)}`, 'broken-nar'],
  ['another store', `/gnu/store/${hash}-hello`, 'other-store'],
])('of %s it is none', async (_, path, trouble) => {
  const { failed, told: shown, hasPackage } = await told(`StorePath: ${path}\nURL: nar/x\n`);
  expect(failed).toMatchObject({ trouble });
  expect([shown.shown, hasPackage]).toEqual([null, null]);
});

test('sizes that are none are not known', async () => {
  for (const size of ['-1', '1e9', '9'.repeat(400), 'NaN', '']) {
    const { told: shown } = await told(
      `StorePath: /nix/store/${hash}-hello\nURL: nar/x\nFileSize: ${size}\n`,
    );
    expect([size, shown.largest?.fileBytes]).toEqual([size, null]);
  }
});

test('it has it, or it has not', async () => {
  const text = `StorePath: /nix/store/${hash}-hello\nURL: nar/x\n`;
  expect(await told(text)).toMatchObject({
    failed: null,
    hasPackage: true,
    told: { shown: { narinfo: 'hello' } },
  });
  expect(await told('', 404)).toMatchObject({ failed: null, hasPackage: false });
  expect(await told('', 401)).toMatchObject({ failed: { trouble: 'denied' }, hasPackage: false });
  // What S3 says of what it has not.
  expect(await told('', 403)).toMatchObject({ failed: null, hasPackage: false });
  expect(await told('', 502)).toMatchObject({
    failed: { trouble: 'status', retried: true },
    hasPackage: null,
  });
});

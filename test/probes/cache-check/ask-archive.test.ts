/** What comes for an archive, and is none. */
import { expect, test } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { parseNarInfo } from '../../../src/parse/cache-info.ts';
import { askArchive } from '../../../src/probes/cache-check/ask-archive.ts';
import type { CacheFile } from '../../../src/probes/cache-check/cache-reader.ts';
import type { CacheWorld } from '../../../src/probes/cache-check/cache-world.ts';

const info = parseNarInfo('StorePath: /nix/store/x\nURL: nar/x.nar.xz\nCompression: xz\n');
if (info === null) throw new Error('no narinfo');
const xz = Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(200_000)]);
const world = { answerMs: 2000 } as CacheWorld;
const of = (file: Partial<CacheFile>) =>
  askArchive(
    async () => ok({ status: 200, body: xz, whole: true, answerSec: 0, bodySec: 0.1, ...file }),
    info,
    world,
  );

test('one that is there', async () => {
  expect(await of({})).toEqual({ failed: null, bytesPerSec: 2_000_060 });
  // Three seconds were enough.
  expect(await of({ whole: false, bodySec: 3 })).toMatchObject({ failed: null });
});

test.each<[string, Partial<CacheFile>, string]>([
  ['a page', { body: Buffer.from('<html>Please log in</html>') }, 'broken-nar'],
  ['a word', { body: Buffer.from('no') }, 'broken-nar'],
  ['nothing', { body: new Uint8Array() }, 'broken-nar'],
  ['that it is gone', { status: 404 }, 'broken-nar'],
  ['that we may not', { status: 403 }, 'denied'],
  ['its beginning, and a hang-up', { whole: false, bodySec: 0.1 }, 'broken-nar'],
  ['drops', { body: xz.subarray(0, 1000), whole: false, bodySec: 3 }, 'timeout'],
])('%s', async (_, file, trouble) => {
  const { failed, bytesPerSec } = await of(file);
  expect(failed?.trouble).toBe(trouble);
  if (trouble !== 'timeout') expect(bytesPerSec).toBeNull();
});

test('silence', async () => {
  const asked = await askArchive(async () => fail('timeout', 'nas', 'no answer'), info, world);
  expect(asked.failed).toEqual({ trouble: 'timeout', said: 'its archive: no answer', waitedSec: 2 });
});

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { unpackTar } from 'modern-tar';
import { describe, expect, it } from 'vitest';
import { createArchive, uniqueName } from '../../src/bundle/archive.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeBundleFiles, played } from '../support/gathered.ts';

async function archiveOn(places = ['/disk/a.tar.gz', '/memory/a.tar.gz'], mostBytes = 64 << 20) {
  const files = createFakeBundleFiles();
  const clock = createFakeClock();
  const made = await createArchive({
    ...{ files, clock, root: 'bundle-1', timeMs: Date.UTC(2026, 10, 29, 22, 10, 1) },
    places: places.map((path) => ({ path, mostBytes })),
  });
  if (!made.ok) throw new Error(made.problem.cause);
  return { files, clock, archive: made.value };
}

describe('an archive', () => {
  it('holds what was added, as plain files of nobody at one time', async () => {
    const { files, archive } = await archiveOn();
    const body = 'text\n'.repeat(10_000);
    expect(await archive.add('proc/meminfo', body)).toMatchObject({
      ok: true,
      value: { bytes: body.length },
    });
    await archive.add('binary', new Uint8Array([0, 1, 2]));
    await archive.add('empty.txt', '');
    const written = await archive.end();
    const bytes = files.contents.get('/disk/a.tar.gz') ?? new Uint8Array();
    expect(written).toEqual({
      ok: true,
      value: {
        path: '/disk/a.tar.gz',
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      },
    });
    const entries = await unpackTar(gunzipSync(bytes), { strict: true });
    expect(entries.map(({ header: { name, type, uid, gid, size } }) => [name, type, uid, gid, size])).toEqual(
      [
        ['bundle-1/proc/meminfo', 'file', 0, 0, body.length],
        ['bundle-1/binary', 'file', 0, 0, 3],
        ['bundle-1/empty.txt', 'file', 0, 0, 0],
      ],
    );
    for (const { header } of entries) expect(header.mtime?.toISOString()).toBe('2026-11-29T22:10:01.000Z');
    expect(new TextDecoder().decode(entries[0]?.data)).toBe(body);
    expect([...files.contents.keys()]).toEqual(['/disk/a.tar.gz']);
  });

  it('takes what is added side by side in its order', async () => {
    const { files, archive } = await archiveOn();
    await Promise.all(Array.from({ length: 40 }, (_, at) => archive.add(`${at}.txt`, `${at} `.repeat(3000))));
    await archive.end();
    const entries = await unpackTar(gunzipSync(files.contents.get('/disk/a.tar.gz') ?? new Uint8Array()));
    expect(entries.map(({ header }) => header.name)).toEqual(
      Array.from({ length: 40 }, (_, at) => `bundle-1/${at}.txt`),
    );
  });

  it('can be read before it is whole, and has another name until then', async () => {
    const { files, archive } = await archiveOn();
    await archive.add('first.txt', 'first\n');
    const { constants } = await import('node:zlib');
    const partial = files.contents.get('/disk/a.tar.gz.partial') ?? new Uint8Array();
    expect(gunzipSync(partial, { finishFlush: constants.Z_SYNC_FLUSH }).includes('first\n')).toBe(true);
  });

  it('goes to the next place, whole, when a disk stops answering amid it', async () => {
    const { files, clock, archive } = await archiveOn();
    await archive.add('first.txt', 'first\n');
    const { create } = files;
    files.create = async (path) => (path.startsWith('/memory') ? createMemory(path) : create(path));
    function createMemory(path: string) {
      files.contents.set(path, new Uint8Array());
      const append = async (bytes: Uint8Array) => {
        files.contents.set(path, Buffer.concat([files.contents.get(path) ?? new Uint8Array(), bytes]));
        return { ok: true, value: undefined } as const;
      };
      const nothing = async () => ({ ok: true, value: undefined }) as const;
      return {
        ok: true,
        value: {
          write: append,
          sync: nothing,
          close: nothing,
          linked: async () => ({ ok: true, value: true }) as const,
        },
      } as const;
    }
    files.block();
    await played(clock, archive.add('second.txt', 'second\n'));
    const written = await played(clock, archive.end());
    expect(written).toMatchObject({ ok: true, value: { path: '/memory/a.tar.gz' } });
    expect(archive.left).toEqual(['/disk/a.tar.gz']);
    const entries = await unpackTar(gunzipSync(files.contents.get('/memory/a.tar.gz') ?? new Uint8Array()));
    expect(entries.map(({ header }) => header.name)).toEqual(['bundle-1/first.txt', 'bundle-1/second.txt']);
  });

  it('says so where there is no place at all', async () => {
    const files = createFakeBundleFiles();
    files.failure = { kind: 'denied', where: '/disk' };
    const made = await createArchive({
      ...{
        files,
        clock: createFakeClock(),
        root: 'x',
        timeMs: 0,
        places: [{ path: '/disk/a', mostBytes: 1 << 20 }],
      },
    });
    expect(made).toMatchObject({ ok: false, problem: { kind: 'denied' } });
  });

  it('leaves out what does not fit any more, and keeps room for the last page', async () => {
    const { archive } = await archiveOn(['/disk/a.tar.gz'], 2 << 20);
    const large = new Uint8Array(900 << 10).map((_, at) => (at * 7919) % 251);
    expect((await archive.add('large', large)).ok).toBe(true);
    expect(await archive.add('larger', new Uint8Array(3 << 20))).toMatchObject({
      ok: false,
      problem: { kind: 'exhausted' },
    });
    expect((await archive.add('manifest.json', '{}')).ok).toBe(true);
    expect((await archive.end()).ok).toBe(true);
  });

  it('is removed when it is abandoned', async () => {
    const { files, archive } = await archiveOn();
    await archive.add('first.txt', 'first\n');
    await archive.abandon();
    expect([...files.contents.keys()]).toEqual([]);
  });
});

it.each([
  ['/etc/nix/nix.conf', 'etc/nix/nix.conf'],
  ['../../etc/passwd', 'etc/passwd'],
  ['a//./b', 'a/b'],
  ['a b\n\u0000c', 'a_b__c'],
  ['..', 'file'],
])('names are relative: %j', (name, expected) => {
  expect(uniqueName(name, new Set())).toBe(expected);
});

it('gives no name twice', () => {
  const taken = new Set<string>();
  expect(['a.txt', 'a.txt', 'a.txt', 'b', 'b'].map((name) => uniqueName(name, taken))).toEqual([
    'a.txt',
    'a-2.txt',
    'a-3.txt',
    'b',
    'b-2',
  ]);
});

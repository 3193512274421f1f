import { expect, test } from 'vitest';
import { isReadOnly, readMemoryLimit, readState } from '../../../src/probes/check/state-facts.ts';
import { createFakeFiles } from '../../support/fake-files.ts';

const root = '20 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n';

test.each([
  [
    'a store mounted on itself and read-only, as NixOS does it',
    '21 20 254:1 /nix/store /nix/store ro - ext4 /dev/vda1 rw\n',
    false,
  ],
  [
    'errors have made the file system read-only',
    '21 20 254:1 /nix/store /nix/store ro - ext4 /dev/vda1 ro\n',
    true,
  ],
  ['a state of its own that is read-only', '21 20 254:2 / /nix/var ro - ext4 /dev/vda2 rw\n', true],
  [
    'an installer: an overlay over a squashfs',
    '21 20 7:0 / /nix/.ro-store ro - squashfs /dev/loop0 ro\n22 20 0:30 / /nix/store rw - overlay overlay rw,lowerdir=/nix/.ro-store,upperdir=/nix/.rw-store/store\n',
    false,
  ],
  ['nothing of its own', '', false],
])('%s', (_, mounts, readOnly) => {
  expect(isReadOnly(root + mounts)).toBe(readOnly);
});

const database = '/nix/var/nix/db/db.sqlite';

test('a database by its size and its first bytes', async () => {
  const read = async (text: string, bytes: number) => {
    const files = createFakeFiles({ [database]: text, '/proc/self/mountinfo': root });
    files.setOwner(database, { bytes });
    return readState(files);
  };
  expect(await read('SQLite format 3\0…', 4096)).toEqual({
    readOnly: { ok: true, value: false },
    database: { ok: true, value: { bytes: 4096, sqlite: true } },
  });
  expect((await read('', 0)).database).toEqual({ ok: true, value: { bytes: 0, sqlite: false } });
  expect((await read('\0\0\0\0', 4096)).database).toMatchObject({ value: { sqlite: false } });
  const closed = createFakeFiles({ [database]: { problem: 'denied' } });
  closed.setOwner(database, { bytes: 4096 });
  expect((await readState(closed)).database).toEqual({ ok: true, value: { bytes: 4096, sqlite: null } });
  expect((await readState(createFakeFiles())).database).toMatchObject({ problem: { kind: 'gone' } });
});

const GiB = 1024 ** 3;
const cgroup = (path: string, max: string, current: number, cache = 0) => ({
  [`/sys/fs/cgroup${path}/memory.max`]: `${max}\n`,
  [`/sys/fs/cgroup${path}/memory.current`]: `${current}\n`,
  [`/sys/fs/cgroup${path}/memory.stat`]: `anon 1\ninactive_file ${cache}\n`,
});

test('the tightest limit above us, without what the cache of files takes', () => {
  const files = createFakeFiles({
    '/proc/self/cgroup': '0::/ci/job/step\n',
    '/proc/self/mountinfo': `${root}35 24 0:30 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n`,
    ...cgroup('/ci/job/step', 'max', GiB),
    ...cgroup('/ci/job', `${2 * GiB}`, 1.5 * GiB, GiB),
    ...cgroup('/ci', `${30 * GiB}`, 4 * GiB),
  });
  expect(readMemoryLimit(files)).toEqual({ cgroup: '/ci/job', limitBytes: 2 * GiB, usedBytes: 0.5 * GiB });
});

test('no limit, no cgroup v2', () => {
  expect(readMemoryLimit(createFakeFiles())).toBeNull();
  const free = createFakeFiles({
    '/proc/self/cgroup': '0::/user.slice\n',
    '/proc/self/mountinfo': '35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
    ...cgroup('/user.slice', 'max', GiB),
  });
  expect(readMemoryLimit(free)).toBeNull();
});

import { spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stockUp } from '../../src/platform/close-late.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFakeClock } from '../support/fake-clock.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'nixpulse-files-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array = ''): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}
const captured = () => createFiles({ root, clock: createFakeClock() });
const system = () => createFiles({ clock: createFakeClock() });
const linux = process.platform === 'linux';

describe('below a root', () => {
  test('reads, lists and links what is there', () => {
    put('proc/stat', 'cpu 1 2 3\n');
    put('proc/self/comm', 'x\n');
    symlinkSync('../../somewhere', join(root, 'proc/self/cwd'));
    const files = captured();
    expect(files.live).toBe(false);
    expect(files.read('/proc/stat')).toEqual({ ok: true, value: 'cpu 1 2 3\n' });
    expect(files.list('/proc')).toEqual({ ok: true, value: ['self', 'stat'] });
    expect(files.link('/proc/self/cwd')).toEqual({ ok: true, value: '../../somewhere' });
  });

  test.each([
    ['a row without its newline', 'proc/pressure/io', 'full avg10=0.00 total=7', 'full avg10=0.00 total=7\n'],
    ['nothing', 'proc/locks', '', ''],
    ['a list that NULs end', 'proc/7/cmdline', 'nix\0build\0', 'nix\0build\0'],
    ['what the kernel did not write', 'etc/os-release', 'ID=nixos', 'ID=nixos'],
  ])('a captured file ends its last line: %s', (_, path, content, text) => {
    put(path, content);
    const files = captured();
    expect(files.read(`/${path}`)).toEqual({ ok: true, value: text });
    expect(files.keep(`/${path}`).read()).toEqual({ ok: true, value: text });
  });

  test.each([
    ['an absolute link', '/etc/passwd'],
    ['a relative link with too many dots', '../../../../../../../../etc/passwd'],
  ])('%s stays inside', async (_name, target) => {
    put('etc/passwd', 'the captured one\n');
    put('proc/x');
    symlinkSync(target, join(root, 'proc/link'));
    const files = captured();
    expect(files.read('/proc/link')).toEqual({ ok: true, value: 'the captured one\n' });
    expect(files.keep('/proc/link').read()).toEqual({ ok: true, value: 'the captured one\n' });
    expect(await files.readSlow('/proc/link')).toEqual({ ok: true, value: 'the captured one\n' });
    rmSync(join(root, 'etc'), { recursive: true });
    expect(files.read('/proc/link')).toMatchObject({ ok: false, problem: { kind: 'gone' } });
  });

  test('a linked directory on the way stays inside, and sysfs-like links lead on', async () => {
    put('etc/passwd', 'the captured one\n');
    put('sys/devices/pci/nvme0n1/size', '8\n');
    mkdirSync(join(root, 'sys/block'), { recursive: true });
    symlinkSync('/etc', join(root, 'sys/escape'));
    symlinkSync('../devices/pci/nvme0n1', join(root, 'sys/block/nvme0n1'));
    const files = captured();
    expect(files.read('/sys/escape/passwd')).toEqual({ ok: true, value: 'the captured one\n' });
    expect(files.read('/sys/block/nvme0n1/size')).toEqual({ ok: true, value: '8\n' });
    expect(files.list('/sys/block/nvme0n1')).toEqual({ ok: true, value: ['size'] });
    expect(files.link('/sys/block/nvme0n1')).toEqual({ ok: true, value: '../devices/pci/nvme0n1' });
    expect(await files.listSlow('/sys/escape')).toEqual({ ok: true, value: ['passwd'] });
    expect(await files.linkSlow('/sys/escape')).toEqual({ ok: true, value: '/etc' });
    expect(files.read('/../../../etc/passwd')).toEqual({ ok: true, value: 'the captured one\n' });
  });

  test('links that go round are malformed, not endless', async () => {
    mkdirSync(join(root, 'proc'));
    symlinkSync('/proc/b', join(root, 'proc/a'));
    symlinkSync('/proc/a', join(root, 'proc/b'));
    const files = captured();
    expect(files.read('/proc/a')).toMatchObject({ problem: { kind: 'malformed', cause: 'ELOOP' } });
    expect(await files.readSlow('/proc/a')).toMatchObject({ problem: { kind: 'malformed', cause: 'ELOOP' } });
  });
});

describe('content', () => {
  test('invalid UTF-8 is replaced, NUL and newlines stay', () => {
    put('proc/1/comm', Buffer.from([0x61, 0xff, 0xfe, 0x00, 0x0a, 0xc3, 0xa9, 0xe2, 0x82]));
    expect(captured().read('/proc/1/comm')).toEqual({ ok: true, value: 'a\ufffd\ufffd\0\né\ufffd' });
  });

  test.each([0, 1, 3999, 4000, 65_535, 65_536, 65_537, 300_000])('%d bytes are all read', async (size) => {
    const text = 'x'.repeat(size).replace(/x$/, '\n');
    put('proc/diskstats', text);
    put('proc/7/stat', text);
    const files = captured();
    for (const path of ['/proc/diskstats', '/proc/7/stat']) {
      const kept = files.keep(path);
      for (const result of [files.read(path), kept.read(), kept.read()]) {
        expect(result.ok && result.value.length).toBe(size);
      }
    }
    const slow = await files.readSlow('/proc/diskstats', { maxBytes: 70_000 });
    expect(slow.ok && slow.value.length).toBe(Math.min(size, 70_000));
  });

  test('a kept file is read from its start each time', () => {
    put('proc/pressure/io', 'some avg10=1.00\n');
    const kept = captured().keep('/proc/pressure/io');
    expect(kept.read()).toEqual({ ok: true, value: 'some avg10=1.00\n' });
    put('proc/pressure/io', 'some avg10=22.00\n');
    expect(kept.read()).toEqual({ ok: true, value: 'some avg10=22.00\n' });
    put('proc/pressure/io', '');
    expect(kept.read()).toEqual({ ok: true, value: '' });
  });

  test('a kept file that says the same gives the very same result', () => {
    put('proc/pressure/io', 'some avg10=1.00\n');
    const kept = captured().keep('/proc/pressure/io');
    const first = kept.read();
    expect(kept.read()).toBe(first);
    put('proc/pressure/io', 'some avg10=2.00\n');
    expect(kept.read()).toEqual({ ok: true, value: 'some avg10=2.00\n' });
    expect(first).toEqual({ ok: true, value: 'some avg10=1.00\n' });
  });

  test('a kept system file may come later, a kept process does not come back', () => {
    const files = captured();
    const later = files.keep('/proc/spl/kstat/zfs/arcstats');
    const process = files.keep('/proc/77/stat');
    expect(later.read()).toMatchObject({ problem: { kind: 'gone' } });
    expect(process.read()).toMatchObject({ problem: { kind: 'gone' } });
    put('proc/spl/kstat/zfs/arcstats', 'size 4 1\n');
    put('proc/77/stat', '77 (someone else) S');
    expect(later.read()).toEqual({ ok: true, value: 'size 4 1\n' });
    expect(process.read()).toMatchObject({ problem: { kind: 'gone', where: '/proc/77/stat' } });
  });

  test('past the bound kept files are still read', () => {
    put('proc/stat', 'cpu');
    const files = captured();
    const kept = Array.from({ length: 700 }, () => files.keep('/proc/stat'));
    expect(kept.map((file) => file.read().ok)).not.toContain(false);
    for (const file of kept) {
      file.close();
      file.close();
    }
    expect(kept[0]?.read()).toMatchObject({ problem: { kind: 'gone' } });
  });
});

describe('failures are values', () => {
  test.each([
    ['missing', '/proc/none', 'gone', undefined],
    ['below a file', '/proc/file/x', 'gone', 'ENOTDIR'],
    ['a directory', '/proc/dir', 'malformed', 'it is a directory'],
    ['a name too long', `/proc/${'x'.repeat(300)}`, 'malformed', 'ENAMETOOLONG'],
  ] as const)('%s', async (_name, path, kind, cause) => {
    put('proc/file');
    mkdirSync(join(root, 'proc/dir'));
    const problem = { where: path, kind, ...(cause ? { cause } : {}) };
    const files = captured();
    expect(files.read(path)).toEqual({ ok: false, problem });
    expect(files.keep(path).read()).toEqual({ ok: false, problem });
    expect(await files.readSlow(path)).toEqual({ ok: false, problem });
  });

  test('links, lists, owners and space of what is not there', async () => {
    put('proc/file');
    const files = captured();
    expect(files.link('/proc/file')).toMatchObject({ problem: { kind: 'malformed', cause: 'EINVAL' } });
    expect(files.list('/proc/file')).toMatchObject({ problem: { kind: 'gone', cause: 'ENOTDIR' } });
    expect(await files.ownerSlow('/proc/none')).toMatchObject({ problem: { kind: 'gone' } });
    expect(await files.spaceSlow('/proc/none')).toMatchObject({ problem: { kind: 'gone' } });
    expect(await files.ownerSlow('/proc/file')).toMatchObject({
      ok: true,
      value: { uid: process.getuid?.() },
    });
    const space = await files.spaceSlow('/proc');
    expect(space.ok && space.value.totalBytes).toBeGreaterThan(0);
  });

  test('owners of a link and of what it leads to', async () => {
    put('proc/script');
    chmodSync(join(root, 'proc/script'), 0o755);
    utimesSync(join(root, 'proc/script'), 1000, 1234);
    symlinkSync('/proc/script', join(root, 'proc/good'));
    symlinkSync('/proc/none', join(root, 'proc/dangling'));
    const files = captured();
    const mode = async (path: string, follow: boolean) => {
      const owner = await files.ownerSlow(path, { follow });
      return owner.ok ? `0${owner.value.mode.toString(8)}` : owner.problem.kind;
    };
    expect(await mode('/proc/good', false)).toBe('0120777');
    expect(await mode('/proc/good', true)).toBe('0100755');
    expect(await mode('/proc/dangling', false)).toBe('0120777');
    expect(await mode('/proc/dangling', true)).toBe('gone');
    expect(await files.ownerSlow('/proc/good', { follow: true })).toMatchObject({
      value: { mtimeMs: 1_234_000 },
    });
  });

  test.skipIf(process.getuid?.() === 0)('denied is said as denied', () => {
    put('proc/secret', 'x');
    chmodSync(join(root, 'proc/secret'), 0);
    expect(captured().read('/proc/secret')).toMatchObject({ problem: { kind: 'denied' } });
  });

  test('the stack limit of errors is left as it was', () => {
    const limit = Error.stackTraceLimit;
    captured().read('/proc/none');
    expect(Error.stackTraceLimit).toBe(limit);
  });
});

describe.runIf(linux)('the running kernel', () => {
  test('what was read of /proc stays open until something else is read for the first time; no other file', () => {
    const files = system();
    put('own', 'x');
    const place = `/proc/${process.pid}/task/${process.pid}/stat`;
    const opened = () => {
      const links = readdirSync('/proc/self/fd').map((name) => {
        const link = files.link(`/proc/self/fd/${name}`);
        return link.ok ? link.value : '';
      });
      return [place, join(root, 'own')].map((path) => links.filter((link) => link === path).length);
    };
    const keep = (count: number, path: string) => Array.from({ length: count }, () => files.keep(path));
    const first = [...keep(20, place), ...keep(20, join(root, 'own'))];
    for (const file of first) file.read();
    expect(opened()).toEqual([20, 20]);
    for (const file of first) file.close();
    expect(opened()).toEqual([16, 0]);
    const next = keep(10, '/proc/self/statm');
    for (const file of next) for (let turn = 0; turn < 3; turn += 1) file.read();
    expect(opened()).toEqual([6, 0]);
    for (let turn = 0; turn < 20; turn += 1) files.read(place);
    expect(opened()[0]).toBeGreaterThan(0);
    for (const file of next) file.close();
  });
  test('and where there are fewer than sixteen, own ones are added, one at a time', () => {
    const files = system();
    const statm = Array.from({ length: 20 }, () => files.keep('/proc/self/statm'));
    for (const file of statm) file.read();
    const opened = () => readdirSync('/proc/self/fd').length;
    const before = opened();
    stockUp();
    expect(opened()).toBe(before + 1);
    for (let turn = 0; turn < 30; turn += 1) stockUp();
    expect(opened()).toBe(before + 16);
    for (const file of statm) file.close();
  });

  test('reads procfs whole, also what comes in pieces', () => {
    const files = system();
    expect(files.live).toBe(true);
    for (const path of ['/proc/self/stat', '/proc/meminfo', '/proc/self/maps', '/proc/self/smaps']) {
      const once = files.read(path);
      const kept = files.keep(path);
      const again = kept.read();
      kept.close();
      expect(once.ok && once.value.endsWith('\n')).toBe(true);
      if (once.ok && again.ok) {
        expect(Math.abs(again.value.split('\n').length - once.value.split('\n').length)).toBeLessThan(500);
      }
    }
    const maps = files.read('/proc/self/maps');
    expect(maps.ok && maps.value.length).toBeGreaterThan(4096);
  });

  test('a kept process that has ended says gone at every read', async () => {
    const child = spawn('sleep', ['100']);
    const files = system();
    const kept = files.keep(`/proc/${child.pid}/stat`);
    const comm = kept.read();
    expect(comm.ok && comm.value.startsWith(`${child.pid} (`)).toBe(true);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(kept.read()).toEqual({ ok: false, problem: { kind: 'gone', where: `/proc/${child.pid}/stat` } });
    expect(kept.read().ok).toBe(false);
    kept.close();
  });
});

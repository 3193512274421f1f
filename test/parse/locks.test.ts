/** /proc/locks, /proc/net/unix, /etc/passwd and /etc/group. */
import { describe, expect, test } from 'vitest';
import { parseGroupMembers, parsePasswd } from '../../src/parse/accounts.ts';
import { isLockOn, parseLocks } from '../../src/parse/locks.ts';
import { parseListening } from '../../src/parse/unix-sockets.ts';
import { expectHonestCuts, garbage } from '../support/cut.ts';

// Linux 6.18, with a second flock(1) waiting.
const locks =
  '1: FLOCK  ADVISORY  WRITE 18032 fe:00:2163240 0 EOF\n' +
  '1: -> FLOCK  ADVISORY  WRITE 18303 fe:00:2163240 0 EOF\n' +
  '2: FLOCK  ADVISORY  WRITE 9552 fe:00:9473171 0 EOF\n' +
  '3: POSIX  ADVISORY  READ 9552 fe:00:9469984 128 128\n' +
  '4: POSIX  ADVISORY  READ 9552 fe:00:9469974 1073741826 1073742335\n';

describe('locks', () => {
  test('holders and waiters', () => {
    expect(parseLocks(locks)).toEqual([
      { waiting: false, kind: 'FLOCK', mode: 'WRITE', pid: 18032, file: 'fe:00:2163240' },
      { waiting: true, kind: 'FLOCK', mode: 'WRITE', pid: 18303, file: 'fe:00:2163240' },
      { waiting: false, kind: 'FLOCK', mode: 'WRITE', pid: 9552, file: 'fe:00:9473171' },
      { waiting: false, kind: 'POSIX', mode: 'READ', pid: 9552, file: 'fe:00:9469984' },
      { waiting: false, kind: 'POSIX', mode: 'READ', pid: 9552, file: 'fe:00:9469974' },
    ]);
  });
  test('a lock on two pages is one; two ranges, and two who wait, are two', () => {
    const torn =
      '1: FLOCK  ADVISORY  WRITE 5 fe:00:7 0 EOF\n' +
      '1: -> FLOCK  ADVISORY  WRITE 6 fe:00:7 0 EOF\n' +
      '2: POSIX  ADVISORY  READ 5 fe:00:8 128 128\n' +
      '3: POSIX  ADVISORY  READ 5 fe:00:8 129 129\n' +
      '4: FLOCK  ADVISORY  WRITE 5 fe:00:7 0 EOF\n' +
      '4: -> FLOCK  ADVISORY  WRITE 6 fe:00:7 0 EOF\n' +
      '4: -> FLOCK  ADVISORY  WRITE 9 fe:00:7 0 EOF\n';
    expect(parseLocks(torn).map(({ pid, waiting }) => [pid, waiting])).toEqual([
      [5, false],
      [6, true],
      [5, false],
      [5, false],
      [9, true],
    ]);
  });
  test.for([
    ['its device, major fe, minor 1', 'fe:01:2163240', true],
    ['another device', 'fe:00:2163240', false],
    ['another major', '08:01:2163240', false],
    ['a longer number that ends alike', 'fe:01:12163240', false],
    ['a shorter one', 'fe:01:163240', false],
    ['the inode where a device stands', '2163240:01:5', false],
    ['nothing', '', false],
  ] as const)('on a file of 254:1: %s', ([, lock, expected]) =>
    expect(isLockOn(lock, { device: (254 << 8) | 1, inode: 2163240 })).toBe(expected),
  );
  test('btrfs: by the inode, as both devices are made up', () => {
    expect(isLockOn('00:2b:257', { device: 0x1f, inode: 257 })).toBe(true);
    expect(isLockOn('00:2b:257', { device: (254 << 8) | 1, inode: 257 })).toBe(false);
  });
  test.for([
    [
      'a waiter below a waiter (5.14+)',
      '7:  -> FLOCK  ADVISORY  WRITE 5 08:02:1 0 EOF',
      { waiting: true, pid: 5 },
    ],
    ['before 5.14', '7: -> POSIX  ADVISORY  WRITE 5 08:02:1 0 EOF', { waiting: true, kind: 'POSIX' }],
    ['a lease', '4: LEASE  ACTIVE    READ  123 fe:00:94 0 EOF', { kind: 'LEASE', pid: 123, mode: 'READ' }],
    [
      'a long inode',
      '4: FLOCK  ADVISORY  READ  1 103:05:18446744073709551615 0 EOF',
      { file: '103:05:18446744073709551615' },
    ],
  ] as const)('%s', ([, text, row]) => expect(parseLocks(`${text}\n`)).toMatchObject([row]));
  test.for([
    ['nobody holds it (open file description)', '5: OFDLCK ADVISORY  READ  -1 00:06:1028 0 EOF'],
    ['no inode', '6: POSIX  *NOINODE* READ 77 <none>:0 0 EOF'],
    ['a mode that is neither', '6: FLOCK  ADVISORY  UNLCK 77 fe:00:1 0 EOF'],
  ] as const)('%s: skipped', ([, text]) => expect(parseLocks(`${text}\n`)).toEqual([]));
  test('cut', () => expectHonestCuts(locks, parseLocks));
  test.for(garbage)('garbage', (text) => expect(parseLocks(text)).toEqual([]));
});

const socket = '/nix/var/nix/daemon-socket/socket';
const head = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
const listening = `000000005e3a9d9b: 00000002 00000000 00010000 0001 01  5695 ${socket}\n`;
const connected = `00000000f96c6d42: 00000003 00000000 00000000 0001 03 1603664 ${socket}\n`;

test.for([
  ['listens', head + listening, true],
  ['listens, with clients', head + connected + listening + connected, true],
  ['only what the last daemon left connected', head + connected, false],
  ['another socket that ends alike', `${head}${listening.replace(socket, `/chroot${socket}`)}`, false],
  ['an abstract socket without a path', `${head}0: 00000002 00000000 00010000 0001 01 12\n`, false],
  ['nothing', '', false],
] as const)('daemon socket: %s', ([, text, listens]) => {
  expect(parseListening(text, socket)).toBe(listens);
  expectHonestCuts(text, (cut) => parseListening(cut, socket));
});

const passwd =
  'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice,,,:/home/alice:/bin/bash\n' +
  'nixbld1:x:30001:30000:Nix build user 1:/var/empty:/bin/false\nnixbld10:x:30010:30000::/var/empty:/bin/false\n' +
  'toor:x:0:0:second root:/root:/bin/sh\n+::::::\n# comment\nbroken\nbad:x:12a:1:::\n';

describe('accounts', () => {
  test('uid to name; the first entry of a uid wins, odd rows are skipped', () => {
    expect([...parsePasswd(passwd)]).toEqual([
      [0, 'root'],
      [1000, 'alice'],
      [30001, 'nixbld1'],
      [30010, 'nixbld10'],
    ]);
    expectHonestCuts(passwd, parsePasswd);
  });
  test.for([
    ['members', 'nixbld:x:30000:nixbld1,builder\n', ['nixbld1', 'builder']],
    ['no members', 'nixbld:x:30000:\n', []],
    ['another group that starts alike', 'nixbld2:x:1:a\nnixbld:x:2:b\n', ['b']],
    ['no such group', 'wheel:x:1:alice\n', []],
    ['stray commas', 'nixbld:x:1:,a,,b,\n', ['a', 'b']],
    ['nothing', '', []],
  ] as const)('group: %s', ([, text, members]) => expect(parseGroupMembers(text, 'nixbld')).toEqual(members));
});

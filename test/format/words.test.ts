import { describe, expect, it } from 'vitest';
import { distinctFilesystems, fullestFilesystem, worstDisk } from '../../src/format/disk-words.ts';
import {
  buildName,
  buildNote,
  clientDoing,
  daemonState,
  hostOf,
  mainClient,
  pressureProblem,
  shortNote,
  waitingFor,
} from '../../src/format/words.ts';
import { processName } from '../../src/model/forest/command-line.ts';
import type { Build } from '../../src/model/model.ts';
import {
  activating,
  buildOf,
  busy,
  calm,
  crypt,
  evaluating,
  filesystems,
  hdd,
  nvme,
  processOf,
  rebuild,
  waiting,
} from '../support/model-fixture.ts';

describe('what must be known of a build', () => {
  const states = (over: Partial<Build['states']>) => ({ R: 0, S: 0, D: 0, Z: 0, T: 0, ...over });
  it.each([
    ['works', { states: states({ R: 2 }) }, null, null],
    ['is paused', { paused: true, states: states({ T: 4 }) }, 'paused', 'paused'],
    ['is remote', { host: 'ssh-ng://me@arm.example.org' }, 'on arm.example.org', 'remote'],
    ['waits for a disk', { states: states({ D: 3, R: 1 }) }, 'D 3', 'D 3'],
    ['is lowered', { lowered: true }, 'lowered', 'low'],
    ['is limited', { limited: true, memoryHighBytes: 4 * 1024 ** 3 }, 'limited 4.0G', 'limit'],
    ['is both', { lowered: true, limited: true }, 'lowered, limited', 'low'],
    ['is lowered and waits', { lowered: true, states: states({ D: 3 }) }, 'D 3 lowered', 'D 3'],
    ['is lowered and paused', { lowered: true, paused: true }, 'paused', 'paused'],
    ['has a child not yet reaped', { states: states({ R: 1, Z: 1 }) }, null, null],
    ['reaps nobody any more', { states: states({ S: 1, Z: 2 }), idleSec: 31 }, 'zombies 2', 'Z 2'],
    ['has only zombies', { states: states({ Z: 2 }) }, 'only zombies (2)', 'Z 2'],
    [
      'lost its builder to an escapee',
      { states: states({ S: 1, Z: 1 }), tree: [processOf({ pid: 1, state: 'Z' as const })] },
      'its builder is a zombie',
      'Z 1',
    ],
  ])('%s', (_, over, long, short) => {
    const build = buildOf({ pid: 1, ...over });
    expect(buildNote(build)?.text ?? null).toBe(long);
    expect(shortNote(build)?.text ?? null).toBe(short);
  });

  it('names a build as well as it can', () => {
    expect(buildName(buildOf({ pid: 7 }))).toBe('hello-2.12.1');
    expect(buildName(buildOf({ pid: 7, name: null }))).toBe('build of nixbld1');
    expect(buildName(buildOf({ pid: 7, name: null, user: null }))).toBe('build 7');
  });

  it.each([
    ['ssh-ng://builder@big.example.org?max=4', 'big.example.org'],
    ['ssh://big', 'big'],
    ['big', 'big'],
    ['me@big/x', 'big'],
  ])('the host in %s is %s', (address, host) => {
    expect(hostOf(address)).toBe(host);
  });
});

describe('clients', () => {
  it.each([
    [rebuild, 'building 5'],
    [evaluating, 'evaluating'],
    [waiting, 'waits for firefox-130.0, locked by nixos-rebuild switch (pid 900)'],
    [
      {
        ...waiting,
        waitsFor: {
          path: '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-x.lock',
          holderPid: null,
          holder: null,
        },
      },
      'waits for a lock on x.lock',
    ],
    [{ ...waiting, waitsFor: { path: null, holderPid: null, holder: null } }, 'waits for a lock'],
  ])('%#', (client, text) => {
    expect(clientDoing(client)).toBe(text);
  });

  it('a rebuild is the main one, else who builds', () => {
    expect(mainClient({ clients: [waiting, evaluating, rebuild] })).toBe(rebuild);
    expect(mainClient({ clients: [evaluating, waiting] })).toBe(evaluating);
    expect(mainClient({ clients: [] })).toBeNull();
    const alone = { ...evaluating, tool: 'switch-to-configuration', activation: activating.activation };
    expect(mainClient({ clients: [{ ...waiting, ageSec: 9000 }, alone] })).toBe(alone);
  });
});

describe('the machine', () => {
  it('points at the disk that stalls, else the busiest, hardware first', () => {
    expect(worstDisk([hdd, crypt, nvme])).toBe(nvme);
    expect(worstDisk([crypt, { ...nvme, stalledSec: null, queueSize: 1 }])?.device).toBe('nvme0n1');
    expect(worstDisk([hdd, { ...hdd, device: 'sdb', queueSize: 4 }])?.device).toBe('sdb');
    expect(worstDisk([])).toBeNull();
  });

  it('joins paths of one file system', () => {
    expect(distinctFilesystems(calm.filesystems).map(({ path }) => path)).toEqual(['/nix / /tmp']);
    expect(distinctFilesystems(filesystems)).toBe(filesystems);
  });

  it('points at the file system with least room', () => {
    const [nix] = filesystems;
    if (nix === undefined) throw new Error('no file system');
    expect(fullestFilesystem(filesystems)).toBe(nix);
    const [, root] = filesystems;
    if (root === undefined) throw new Error('no second one');
    // One that is short comes before one of which a larger share is used.
    const short = { ...root, level: 'critical', freeInodesPercent: 0.1 } as const;
    expect(fullestFilesystem([nix, short])).toBe(short);
  });

  it.each([
    [
      { kind: 'unsupported', where: '/proc/pressure', cause: 'PSI off (boot with psi=1)' },
      'PSI off (boot with psi=1)',
    ],
    [{ kind: 'unsupported', where: '/proc/pressure' }, 'PSI unsupported here'],
    [{ kind: 'denied', where: '/proc/pressure' }, 'PSI denied'],
  ] as const)('%#: pressure without numbers', (problem, text) => {
    expect(pressureProblem(problem)).toBe(text);
  });

  it.each([
    [{ running: true, socket: 'listening' }, 'daemon ok'],
    [{ running: false, socket: 'listening' }, 'daemon on demand'],
    [{ running: null, socket: 'listening' }, 'daemon unknown'],
    [{ running: null, socket: 'absent' }, 'daemon unknown'],
    [{ running: false, socket: 'present' }, 'daemon not seen'],
    [{ running: false, socket: 'absent' }, 'no daemon'],
  ] as const)('%o is %s', (over, text) => {
    expect(daemonState({ ...busy.daemon, ...over }).text).toBe(text);
  });
});

it.each([
  ['d9c29p4njcn82v7', 'bash -e default-builder.sh', 'bash'],
  ['d9c29p4njcn82v7', null, 'd9c29p4njcn82v7'],
  ['cc1plus', 'cc1plus -quiet a.cc', 'cc1plus'],
  // Fifteen characters, but `e` is not of Nix's alphabet.
  ['rustc-codegen-u', 'rustc --crate-name u', 'rustc-codegen-u'],
])('a process named %s, started as %s, is called %s', (comm, command, name) => {
  expect(processName({ comm, command })).toBe(name);
});

it.each([
  [`/nix/store/${'a'.repeat(32)}-gcc-13.2.lock`, 'waits for gcc-13.2, locked by nix build (pid 9)'],
  ['/nix/var/nix/gc.lock', 'waits for gc.lock, locked by nix build (pid 9)'],
  [null, 'waits for the lock of nix build (pid 9)'],
])('who waits for %s is told what and by whom', (path, text) => {
  expect(waitingFor({ path, holderPid: 9, holder: 'nix build' })).toBe(text);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { cipherSpeed } from '../../src/probes/cipher-speed.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { smart } from '../../src/probes/smart.ts';
import { units } from '../../src/probes/units.ts';
import { volumes } from '../../src/probes/volumes.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import type { FakeStream } from '../support/fake-spawn.ts';

type Answer = (command: readonly string[]) => FakeStream;

/** A machine on which programs answer as told; `absent` ones are not installed. */
function machine(
  answer: Answer,
  options: { tree?: Record<string, FakeEntry>; absent?: string; uid?: number } = {},
) {
  const { tree = {}, absent, uid = 0 } = options;
  const ports = createFakePorts({ tree, native: { uid } });
  ports.spawn.onRun = (file, args) =>
    ok({ exitCode: file === 'sh' && args.at(-1) === absent ? 127 : 0, signal: null, stdout: '', stderr: '' });
  const asked: (readonly string[])[] = [];
  ports.spawn.onStream = (file, args) => {
    const words = [file, ...args];
    // Behind nice and ionice.
    const command = words.slice(words.indexOf('3') + 1);
    asked.push(command);
    return answer(command);
  };
  const context: ProbeContext = {
    ports,
    cancelled: new AbortController().signal,
    stateDirectory: undefined,
    progress: () => {},
  };
  return { context, asked, ports };
}

/** dm-0 on sda2, md0 on sda3 and sdb1. */
const disks: Record<string, FakeEntry> = {
  '/sys/class/block/sda': { link: '../../devices/pci/block/sda' },
  '/sys/class/block/sdb': { link: '../../devices/pci/block/sdb' },
  '/sys/class/block/sda2': { link: '../../devices/pci/block/sda/sda2' },
  '/sys/class/block/sda3': { link: '../../devices/pci/block/sda/sda3' },
  '/sys/class/block/sdb1': { link: '../../devices/pci/block/sdb/sdb1' },
  '/sys/class/block/dm-0': { link: '../../devices/virtual/block/dm-0' },
  '/sys/class/block/md0': { link: '../../devices/virtual/block/md0' },
  '/sys/class/block/sda2/partition': '2\n',
  '/sys/class/block/sda3/partition': '3\n',
  '/sys/class/block/sdb1/partition': '1\n',
  '/sys/class/block/dm-0/slaves/sda2': '',
  '/sys/class/block/md0/slaves/sda3': '',
  '/sys/class/block/md0/slaves/sdb1': '',
};
const fixture = (name: string) =>
  readFileSync(new URL(`../fixtures/probes/${name}.json`, import.meta.url), 'utf8').split('\n');

test('a failing disk below an encrypted one is asked, and not woken', async () => {
  const { context, asked } = machine(() => ({ lines: fixture('smart-ata-failing'), exitCode: 216 }), {
    tree: disks,
  });
  expect(await smart('dm-0', context)).toMatchObject({
    ok: true,
    value: { passed: false, standby: false, exitStatus: 216, pending: 8, reallocated: 1975 },
  });
  expect(asked).toEqual([['smartctl', '-j', '-n', 'standby,129', '-a', '/dev/sda']]);
});

test.each<[string, FakeStream, object]>([
  ['asleep', { exitCode: 129 }, { ok: true, value: { standby: true, passed: null } }],
  [
    'virtual',
    { lines: fixture('smart-virtual').map((line) => line.replace('vda', 'sda')), exitCode: 1 },
    { problem: { kind: 'unsupported', where: '/dev/sda', cause: 'Unable to detect device type' } },
  ],
  [
    'not permitted',
    {
      lines: [
        '{"smartctl": {"exit_status": 2, "messages": [{"string": "Smartctl open device: /dev/sda failed: Permission denied"}]}}',
      ],
      exitCode: 2,
    },
    { problem: { kind: 'denied', cause: 'needs root' } },
  ],
  ['silent', { exitCode: 0 }, { problem: { kind: 'malformed' } }],
])('a disk that is %s', async (_, answer, result) => {
  const { context } = machine(() => answer, { tree: disks });
  expect(await smart('sda', context)).toMatchObject(result);
});

test('of several disks one has to be named, and one that is not there is gone', async () => {
  const { context, asked } = machine(() => ({}), { tree: disks });
  expect(await smart('md0', context)).toMatchObject({
    problem: { cause: 'lies on several disks: sda, sdb' },
  });
  expect(await smart('sdz', context)).toMatchObject({ problem: { kind: 'gone' } });
  expect(asked).toEqual([]);
});

test('a program that is not installed: how to get it', async () => {
  const { context, asked } = machine(() => ({}), { tree: disks, absent: 'smartctl' });
  expect(await smart('sda', context)).toEqual(
    fail('unsupported', 'smartctl', 'not installed: nix shell nixpkgs#smartmontools'),
  );
  expect(asked).toEqual([]);
});

const booted = { '/run/systemd/system/x': '', '/run/systemd/system': '' };

test('units that failed and jobs that are under way', async () => {
  const { context } = machine(
    ([, what]) => ({
      lines:
        what === 'list-jobs'
          ? ['7 postgresql.service stop running']
          : ['nix-gc.service loaded failed failed Nix Garbage Collector'],
    }),
    { tree: booted },
  );
  expect(await units(null, context)).toEqual(
    ok({
      failed: [{ unit: 'nix-gc.service', state: 'failed' }],
      jobs: [{ unit: 'postgresql.service', type: 'stop', state: 'running' }],
    }),
  );
});

test('a bus that does not answer is no healthy machine', async () => {
  const { context } = machine(() => ({ lines: ['2>Failed to connect to bus: Host is down'], exitCode: 1 }), {
    tree: booted,
  });
  expect(await units(null, context)).toMatchObject({
    problem: { cause: 'Failed to connect to bus: Host is down' },
  });
});

test('without systemd there are no units', async () => {
  const { context, asked } = machine(() => ({}));
  expect(await units(null, context)).toMatchObject({ problem: { kind: 'unsupported' } });
  expect(asked).toEqual([]);
});

test('volumes: how full, and which group is damaged', async () => {
  const lv = '{"vg_name":"vg0", "lv_name":"pool", "data_percent":"98.40", "metadata_percent":"12.05"}';
  const { context, asked } = machine(([program, ...args]) => {
    if (program === 'lvs') return { lines: [`{"report": [{"lv": [`, lv, ']}]}'] };
    if (program === 'vgs')
      return {
        lines: [
          '{"report": [{"vg": [{"vg_name":"vg0"}, {"vg_name":"vg1"}]}]}',
          '2>  WARNING: bad metadata text on /dev/sdc in mda1',
        ],
      };
    return { exitCode: args.at(-1) === 'vg1' ? 5 : 0 };
  });
  expect(await volumes(null, context)).toEqual(
    ok({
      groups: [
        { name: '/dev/sdc', ok: false },
        { name: 'vg0', ok: true },
        { name: 'vg1', ok: false },
      ],
      logical: [{ name: 'vg0/pool', dataPercent: 98.4, metadataPercent: 12.05, state: null }],
    }),
  );
  // Nobody's lock is waited for.
  for (const command of asked) expect(command).toContain('global{wait_for_locks=0}');
});

test('volumes are root’s to ask', async () => {
  const { context, asked } = machine(() => ({}), { uid: 1000 });
  expect(await volumes(null, context)).toMatchObject({ problem: { kind: 'denied', cause: 'needs root' } });
  expect(asked).toEqual([]);
});

test('the cipher that is in use is measured', async () => {
  const { context, asked } = machine(([program]) => ({
    lines:
      program === 'dmsetup'
        ? ['root: 0 8 crypt aes-cbc-essiv:sha256 :32:logon:x 0 8:2 0']
        : ['    aes-cbc        256b       900.0 MiB/s      3000.5 MiB/s'],
  }));
  expect(await cipherSpeed(null, context)).toEqual(
    ok({ cipher: 'aes-cbc-essiv:sha256', bytesPerSec: Math.round(3000.5 * 2 ** 20) }),
  );
  expect(asked.at(-1)).toEqual(['cryptsetup', 'benchmark', '-c', 'aes-cbc-essiv:sha256', '-s', '256']);
});

test('a kernel without the interface says so', async () => {
  const { context } = machine(([program]) =>
    program === 'dmsetup'
      ? { exitCode: 1 }
      : { lines: ['2>Cipher aes-xts-plain64 (with 512 bits key) is not available.'], exitCode: 1 },
  );
  expect(await cipherSpeed(null, context)).toMatchObject({
    problem: { kind: 'unsupported', cause: 'Cipher aes-xts-plain64 (with 512 bits key) is not available.' },
  });
});

/** Locked outputs for a user: what the store's listing tells, how often it is asked for, and when nothing is told. */
import { beforeEach, expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import { createMember, type Member } from '../../src/samplers/member.ts';
import { createOutputLocks, type OutputLocks } from '../../src/samplers/output-locks.ts';
import { createFakeFiles, type FakeFiles } from '../support/fake-files.ts';
import { lock } from '../support/forest-raw.ts';
import { statText, withDefaults } from '../support/proc-process.ts';

const [drv, other, output] = ['1', '2', '3'].map((digit) => digit.repeat(32));
const out = `/nix/store/${output}-firefox-130.0`;
const log = `/nix/var/log/nix/drvs/11/${drv?.slice(2)}-firefox-130.0.drv`;
/** 254:0 as stat(2) numbers it. */
const device = 254 << 8;

let files: FakeFiles;
let outputs: OutputLocks;
let members: Map<number, Member>;
let builder: Member;

beforeEach(() => {
  files = createFakeFiles({
    [`${out}.lock`]: '',
    [`/nix/store/${output}-stale-1.lock`]: '',
    [`/nix/store/${drv}-firefox-130.0.drv`]: `Derive([("out","${out}","",""),("dev","${out}-dev","","")])`,
    [`/nix/store/${other}-firefox-130.0.drv`]: `Derive([("out","/nix/store/${other}-firefox-130.0","","")])`,
    [`${log}.bz2`]: '',
  });
  files.setOwner(`${out}.lock`, { device, inode: 77 });
  files.setOwner(`${log}.bz2`, { bornMs: 5, changedMs: 6, bytes: 0 });
  outputs = createOutputLocks(files);
  builder = memberOf({ pid: 300, ppid: 200, comm: 'bash' });
  builder.facts = { rootMount: '/@', environment: problem('denied', 'x') };
  members = new Map([
    [200, memberOf({ pid: 200, comm: 'nix-daemon' })],
    [300, builder],
  ]);
});

function memberOf(spec: Parameters<typeof withDefaults>[0]): Member {
  const stat = parseProcessStat(statText(withDefaults(spec)).toString());
  if (!stat.ok) throw new Error('stat');
  return createMember(
    files,
    { stat: stat.value, file: files.keep(`/proc/${stat.value.pid}/stat`) },
    0,
    'tool',
  );
}

const held = (inode = 77) => [lock(200, `fe:00:${inode}`), lock(200, 'fe:00:5')];

test('the path of a lock, the derivation that has the output, and when its log was opened', async () => {
  expect(await outputs.update(members, held(), 1000)).toBe(true);
  expect(outputs.paths).toEqual({ 'fe:00:77': `${out}.lock` });
  const known = {
    derivation: `/nix/store/${drv}-firefox-130.0.drv`,
    log: { bornMs: 5, changedMs: 6, bytes: 0 },
  };
  expect(outputs.outputs).toEqual({ [out]: known });
});

test('an output besides the first is one of the same derivation', async () => {
  files.set(`${out}-dev.lock`, '');
  files.setOwner(`${out}-dev.lock`, { device, inode: 78 });
  await outputs.update(members, [...held(), lock(200, 'fe:00:78')], 1000);
  expect(outputs.outputs[`${out}-dev`]).toEqual(outputs.outputs[out]);
});

test('the store is listed when locks are new, and not all the time', async () => {
  await outputs.update(members, held(), 1000);
  const before = outputs.outputs;
  for (const nowMs of [10_000, 20_000]) await outputs.update(members, held(), nowMs);
  expect(files.count('listSlow')).toBe(1);
  expect(outputs.outputs).toBe(before);
  expect(await outputs.update(members, [...held(), lock(200, 'fe:00:9')], 21_000)).toBe(true);
  expect(await outputs.update(members, [...held(), lock(200, 'fe:00:10')], 22_000)).toBe(false);
  expect(files.count('listSlow')).toBe(2);
});

test('what is no longer locked is forgotten, and a log that is written is told anew', async () => {
  await outputs.update(members, held(), 1000);
  files.setOwner(`${log}.bz2`, { bornMs: 5, changedMs: 9, bytes: 900 });
  await outputs.update(members, held(), 3000);
  expect(outputs.outputs[out]?.log).toEqual({ bornMs: 5, changedMs: 9, bytes: 900 });
  await outputs.update(members, [lock(200, 'fe:00:5')], 5000);
  expect([outputs.paths, outputs.outputs]).toEqual([{}, {}]);
});

test.for([
  ['the same inode of another disk', 'fd:01:77', {}],
  ['a subvolume numbers by a device of its own', '00:1f:77', { [`00:1f:77`]: `${out}.lock` }],
] as const)('%s', async ([, file, expected]) => {
  if (file.startsWith('00:')) files.setOwner(`${out}.lock`, { device: 0x27, inode: 77 });
  await outputs.update(members, [lock(200, file)], 1000);
  expect(outputs.paths).toEqual(expected);
});

test.for([
  ['in a sandbox', { rootMount: `/nix/store/${'0'.repeat(32)}-a-1.drv.chroot` }],
  ['not asked yet', {}],
] as const)('nobody looks while every build is %s', async ([, facts]) => {
  builder.facts = facts;
  files.forget();
  expect(await outputs.update(members, held(), 1000)).toBe(false);
  expect(files.calls.length).toBe(0);
});

test('with too many lock files of interrupted builds nothing is told', async () => {
  for (let count = 0; count < 600; count += 1) files.set(`/nix/store/${output}-old-${count}.lock`, '');
  expect(await outputs.update(members, held(), 1000)).toBe(false);
  expect(outputs.paths).toEqual({});
});

test('a lock that a stranger holds is not looked for', async () => {
  expect(await outputs.update(members, [lock(4711, 'fe:00:77')], 1000)).toBe(true);
  expect(outputs.paths).toEqual({});
});

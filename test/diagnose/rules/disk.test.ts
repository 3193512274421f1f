/** A disk that fails, and all that is only slow, busy, history, or somebody's stick. */
import { describe, expect, test } from 'vitest';
import { diskRule } from '../../../src/diagnose/rules/disk.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { DeviceHealthRaw, NewErrors } from '../../../src/model/diagnosis/health.ts';
import type { Notice, NoticeData } from '../../../src/model/diagnosis/notice.ts';
import type { ProbeResult } from '../../../src/model/diagnosis/probe.ts';
import type { ProbeValues } from '../../../src/model/diagnosis/probe-values.ts';
import type { Disk } from '../../../src/model/model.ts';
import { deviceOf, diskOf, healthOf, look, lookEvery, modelAt } from './storage-models.ts';

const healthy = healthOf({ devices: [deviceOf('sda')] });

describe('it answers nothing', () => {
  const stall = (over: Partial<Disk> = {}) =>
    lookEvery(diskRule, 1, 60, (second) => ({
      disks: [diskOf({ inFlight: 3, stalledSec: second < 10 ? null : second - 9, ...over })],
    }));

  test('told within five seconds, likely when the kernel gives the request up', () => {
    const { firstSec, said } = stall();
    expect(firstSec).toBe(13);
    expect(said).toEqual(['critical likely: sda has finished nothing for 51 s, 3 requests wait']);
    const { said: soon } = look(diskRule, modelAt(0, { disks: [diskOf({ stalledSec: 5, inFlight: 3 })] }));
    expect(soon).toEqual(['warning possible: sda has finished nothing for 5 s, 3 requests wait']);
  });

  test.each([
    ['one that carries nothing', { carries: [] }],
    ['a layer above disks', { device: 'dm-0', slaves: ['sda'] }],
    ['zram', { device: 'zram0', carries: ['swap'] }],
    ['a spell of three seconds', { stalledSec: 3 }],
  ])('not of %s', (_, over) => {
    expect(stall(over).firstSec).toBeNull();
  });
});

describe('it is slow', () => {
  const dying = {
    writesPerSec: 2.5,
    writeBytesPerSec: 22_000,
    writeAwaitMs: 2754,
    utilPercent: 100,
    inFlight: 4,
  };
  const story = (of: (second: number) => Partial<Disk>) =>
    lookEvery(diskRule, 1, 90, (second) => ({ disks: [diskOf(of(second))] }));

  const alone = { ...dying, writesPerSec: 0.25, writeBytesPerSec: 16_384, inFlight: 1 };
  const waits = { ...alone, writesPerSec: 0, writeBytesPerSec: 0, writeAwaitMs: null };

  test('few small requests that take seconds: known within five, an alarm in two of three windows', () => {
    const { firstSec, firstAlarmSec, said } = story(() => dying);
    expect(firstSec).toBe(3);
    expect(firstAlarmSec).toBe(20);
    expect(said).toEqual(['warning possible: sda takes 2.8 s for a request, and finishes 2.5 a second']);
  });

  test('one that hangs in between is so as well', () => {
    const hangs = { ...dying, writesPerSec: 0, writeBytesPerSec: 0, writeAwaitMs: null };
    expect(story((second) => (second % 3 === 0 ? dying : hangs))).toMatchObject({
      ...{ firstSec: 3, firstAlarmSec: 20 },
    });
  });

  test('a quicker request beside slow ones does not end a spell', () => {
    const quicker = (second: number) => (second === 2 ? { ...dying, writeAwaitMs: 1600 } : dying);
    expect(story(quicker).firstSec).toBe(3);
    expect(
      story((second) => ({ ...dying, writeAwaitMs: second < 1 ? 2100 : 1600 })).firstAlarmSec,
    ).toBeNull();
    expect(story(() => ({ ...dying, writeAwaitMs: 1600 })).firstSec).toBeNull();
  });

  test('a request that takes as long as a stall is an alarm at once', () => {
    const begun = 20;
    const of = (second: number) =>
      second < begun ? {} : (second - begun) % 4 === 3 ? { ...alone, writeAwaitMs: 4100 } : waits;
    const { firstAlarmSec } = story(of);
    expect(firstAlarmSec).toBeGreaterThan(begun);
    expect(firstAlarmSec).toBeLessThanOrEqual(begun + 5);
  });

  test('a flush, or a card that tidies itself, is no alarm', () => {
    const { firstSec, firstAlarmSec } = story((second) => (second < 12 ? dying : {}));
    expect(firstSec).toBe(3);
    expect(firstAlarmSec).toBeNull();
  });

  test.each([
    ['a long queue on a hard disk', () => ({ ...dying, writesPerSec: 90, writeAwaitMs: 4000 })],
    ['a stick under load: large writes', () => ({ ...dying, writesPerSec: 8, writeBytesPerSec: 4e6 })],
    ['a card', () => ({ ...dying, device: 'mmcblk0' })],
    ['a spell of two seconds', (second: number) => (second % 20 >= 10 && second % 20 < 12 ? dying : {})],
    ['a disk at rest', () => ({})],
    ['zram at 100 %', () => ({ ...dying, device: 'zram0', writesPerSec: 5000, writeAwaitMs: 0.01 })],
  ])('not: %s', (_, of) => {
    expect(story(of).firstSec).toBeNull();
  });
});

describe('its state', () => {
  const inState = (kind: DeviceHealthRaw['kind'], device: string, state: string, seconds = 10) =>
    lookEvery(diskRule, 2, seconds, () => ({
      disks: [diskOf({ device: kind === 'nvme' ? 'nvme0n1' : 'sda' })],
      health: healthOf({ devices: [deviceOf(device, { kind, state })] }),
    })).said;

  test.each([
    ['scsi', 'sda', 'offline', 'critical confirmed: sda is offline'],
    ['scsi', 'sda', 'blocked', 'warning likely: sda is blocked'],
    ['nvme', 'nvme0', 'dead', 'critical confirmed: nvme0n1 is dead'],
    ['nvme', 'nvme0', 'resetting', 'warning likely: nvme0n1 is resetting'],
  ] as const)('%s %s %s', (kind, device, state, said) => {
    expect(inState(kind, device, state)).toEqual([said]);
  });

  test.each([
    ['scsi', 'running'],
    ['nvme', 'live'],
    ['md', 'clean'],
    ['other', 'offline'],
  ] as const)('%s %s is well', (kind, state) => {
    expect(inState(kind, 'sda', state)).toEqual([]);
  });

  test('blocked for a moment is none', () => {
    expect(inState('scsi', 'sda', 'blocked', 2)).toEqual([]);
  });

  test('a stick that was pulled out is no fault of a rebuild', () => {
    const disks = [diskOf(), diskOf({ device: 'sdb', carries: [] })];
    const health = healthOf({ devices: [deviceOf('sdb', { state: 'offline' })] });
    expect(look(diskRule, modelAt(0, { disks, health })).said).toEqual(['ok confirmed: sdb is offline']);
  });
});

describe('errors', () => {
  const notice = (data: NoticeData, second = 0): Notice => ({
    ...data,
    timeMs: modelAt(second).timeMs,
    from: 'kernel',
    text: 'I/O error, dev sda, sector 1',
  });
  const heard = (data: NoticeData, counted: Partial<NewErrors> = {}) =>
    look(
      diskRule,
      modelAt(60, {
        disks: [diskOf()],
        notices: [notice(data)],
        health: healthOf({ devices: [deviceOf('sda', counted)] }),
      }),
    ).said;

  test('counted alone are possible: so are commands that a disk does not know', () => {
    const health = healthOf({
      devices: [deviceOf('sda', { newErrors: 3, newErrorMs: modelAt(5).monotonicMs })],
    });
    const { said, findings } = look(diskRule, modelAt(60, { disks: [diskOf()], health }));
    expect(said).toEqual(['warning possible: sda has errors: 3 new errors']);
    expect(findings[0]).toMatchObject({ sinceMs: modelAt(5).monotonicMs, probe: 'smart' });
  });

  test.each([
    ['block-error', 'sda2', 'I/O', 'critical likely: sda has errors: 1 line of the kernel (I/O)'],
    [
      'block-error',
      'sda',
      'critical medium',
      'critical confirmed: sda has errors: 1 line of the kernel (critical medium)',
    ],
  ] as const)('%s of %s: %s', (kind, device, what, said) => {
    expect(heard({ kind, device, what })).toEqual([said]);
  });

  test('a device that is reset, with what is counted', () => {
    expect(heard({ kind: 'device', device: 'sda', what: 'reset' }, { newErrors: 1 })).toEqual([
      'warning likely: sda has errors: 1 new error, 1 line of the kernel (reset)',
    ]);
  });

  test.each([
    [
      'of a thin pool without room',
      { kind: 'block-error', device: 'sda', what: 'critical space allocation' },
    ],
    ['of a layer', { kind: 'block-error', device: 'dm-0', what: 'I/O' }],
    ['of something else', { kind: 'hung-task', pid: 1, comm: 'x', sec: 120 }],
  ] as const)('not: %s', (_, data) => {
    expect(heard(data)).toEqual([]);
  });

  test('of an image that carries nothing they are worth knowing only', () => {
    const said = (device: string) =>
      look(
        diskRule,
        modelAt(0, { disks: [diskOf()], notices: [notice({ kind: 'block-error', device, what: 'I/O' })] }),
      ).said;
    expect(said('loop0')).toEqual(['ok likely: loop0 has errors: 1 line of the kernel (I/O)']);
    // One that is gone from the list may be the one.
    expect(said('sdc')).toEqual(['critical likely: sdc has errors: 1 line of the kernel (I/O)']);
  });

  test('of yesterday are of yesterday', () => {
    const notices = [notice({ kind: 'block-error', device: 'sda', what: 'I/O' })];
    expect(look(diskRule, modelAt(86_400, { disks: [diskOf()], notices, health: healthy })).said).toEqual([]);
  });
});

describe('SMART', () => {
  const well: ProbeValues['smart'] = {
    passed: true,
    standby: false,
    exitStatus: 0,
    model: 'WD40EFRX',
    temperatureC: 30,
    percentUsed: null,
    spareBelowThreshold: null,
    mediaErrors: null,
    reallocated: 0,
    pending: 0,
    cableErrors: 0,
    messages: [],
  };
  const asked = (over: Partial<ProbeValues['smart']>, subject = 'sda') => {
    const { timeMs } = modelAt(0);
    const result: ProbeResult = {
      id: 'smart',
      subject,
      startedMs: timeMs,
      endedMs: timeMs,
      ok: true,
      value: { ...well, ...over },
    };
    return look(
      diskRule,
      modelAt(0, { disks: [diskOf()], health: healthy, probes: { running: [], results: [result] } }),
    );
  };

  test.each([
    [
      { passed: false, exitStatus: 8 },
      'critical confirmed: sda (WD40EFRX) says itself that it fails (SMART)',
    ],
    [
      { exitStatus: 16 },
      'critical likely: sda (WD40EFRX) is below its own limit of wear or errors (SMART, pre-fail)',
    ],
    [
      { pending: 8, reallocated: 2 },
      'warning likely: sda (WD40EFRX) has sectors that it could not read or had to replace (SMART): 8 unreadable, 2 replaced',
    ],
    [
      { percentUsed: 104 },
      'warning possible: sda (WD40EFRX) is worn beyond what it was made for (SMART): 104% of its life',
    ],
    [{ exitStatus: 192 }, 'ok possible: sda (WD40EFRX) has errors in its log, of whatever time (SMART)'],
    [
      { exitStatus: 32 },
      'ok possible: sda (WD40EFRX) was once beyond a limit of its own, and is not now (SMART)',
    ],
  ])('%j', (over, said) => {
    expect(asked(over).said).toEqual([said]);
  });

  test('what it calls failing has a way out', () => {
    const [finding] = asked({ passed: false }).findings;
    expect(finding && remediesOf(finding.found)[0]?.title).toContain('Copy what is only there');
  });

  test('a disk that is well refutes it, by whichever name it was asked', () => {
    expect(asked({}).hypothesis.state).toBe('refuted');
    expect(asked({}, '/dev/sda').hypothesis.state).toBe('refuted');
  });

  test('of one that finished nothing lately no time is told', () => {
    const idle = diskOf({ readAwaitMs: null, writeAwaitMs: null });
    const { hypothesis } = look(diskRule, modelAt(0, { disks: [idle], health: healthy }));
    expect(hypothesis.ground.evidence).toEqual([]);
  });

  test('one that sleeps, or another one, proves nothing', () => {
    expect(asked({ standby: true, passed: null }).hypothesis.state).toBe('unlikely');
    expect(asked({}, 'sdb').hypothesis.state).toBe('unlikely');
  });

  test('where smartctl may not ask, it is no refutation', () => {
    const { timeMs } = modelAt(0);
    const denied: ProbeResult = {
      id: 'smart',
      subject: 'sda',
      startedMs: timeMs,
      endedMs: timeMs,
      ok: false,
      problem: { kind: 'denied', where: '/dev/sda' },
    };
    const probes = { running: [], results: [denied] };
    const { hypothesis } = look(diskRule, modelAt(0, { disks: [diskOf()], health: healthy, probes }));
    expect(hypothesis.state).toBe('unlikely');
  });
});

test('bad blocks', () => {
  const { timeMs } = modelAt(0);
  const of = (badBlocks: number): ProbeResult => ({
    id: 'bad-blocks',
    subject: '/dev/sda',
    startedMs: timeMs,
    endedMs: timeMs,
    ok: true,
    value: { badBlocks, checkedBytes: 1e12 },
  });
  const said = (badBlocks: number) =>
    look(diskRule, modelAt(0, { disks: [diskOf()], probes: { running: [], results: [of(badBlocks)] } })).said;
  expect(said(3)).toEqual(['critical confirmed: sda has 3 blocks that cannot be read, of 931 GB read']);
  expect(said(0)).toEqual([]);
});

test('before anything was read nothing is known', () => {
  expect(look(diskRule, modelAt(0)).hypothesis).toMatchObject({
    state: 'untested',
    ground: { untested: { kind: 'time' } },
  });
});

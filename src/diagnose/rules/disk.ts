/** A disk that fails: it answers nothing, takes seconds, counts errors, is off line, or says so itself. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import type { Notice } from '../../model/diagnosis/notice.ts';
import { diskNamed } from '../../model/machine/device-names.ts';
import type { Disk, Model } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';
import { recentNotices } from '../storage/recent-notices.ts';
import { seenInHealth } from '../storage/seen-in-health.ts';
import { nextWindows, requestsPerSec, type SlowWindows, slownessOf } from '../storage/slow-disk.ts';
import { smartFinding } from '../storage/smart.ts';

/** In memory: zram is busy all the time where it swaps. */
const noDisk = /^(?:zram|ram|dm-|md\d)/;
const badStates: Readonly<Record<string, 'warning' | 'critical'>> = {
  offline: 'critical',
  'transport-offline': 'critical',
  dead: 'critical',
  'deleting (no IO)': 'critical',
  deleting: 'critical',
  // For a moment after an error, too.
  blocked: 'warning',
  quiesce: 'warning',
  resetting: 'warning',
  connecting: 'warning',
};

export const diskRule: Rule = {
  id: 'disk',
  probes: ['smart', 'kernel-log', 'bad-blocks'],
  look(scene) {
    const { model } = scene;
    const findings = [
      ...model.disks.flatMap((disk) => [...stalled(disk, scene), ...slow(disk, scene)]),
      ...states(scene),
      ...errors(scene),
      ...told(model),
    ].map((one) => (carriesNothing(one, model) ? { ...one, level: 'ok' as const } : one));
    return { findings, ground: groundOf(model) };
  },
};

function groundOf({ disks, health, probes }: Model): Ground {
  const hardware = disks.filter(isHardware);
  if (hardware.length === 0 && health === null) return untested({ kind: 'time' });
  const known = new Set(
    probes.results.flatMap((one) =>
      one.id === 'smart' && one.ok && one.value.passed === true ? [one.subject] : [],
    ),
  );
  const asked = hardware.filter(({ carries }) => carries.length > 0);
  // Of one that finished nothing lately it is not known how fast it answers.
  const evidence = asked.slice(0, 3).flatMap(({ readAwaitMs, writeAwaitMs }) => {
    const awaitMs = writeAwaitMs ?? readAwaitMs;
    return awaitMs === null ? [] : [contra('disks.await', Math.round(awaitMs) / 1000, 's')];
  });
  const passed =
    asked.length > 0 && asked.every(({ device }) => known.has(device) || known.has(`/dev/${device}`));
  return passed && health !== null ? refuted(...evidence) : unlikely(...evidence);
}

function isHardware({ device, slaves }: Disk): boolean {
  return slaves.length === 0 && !noDisk.test(device);
}

/** Listed only where they carry something (samplers/iostat.ts). */
const seldomListed = /^(?:loop|sr|fd)\d/;

/** Of a stick that somebody pulled out a rebuild knows nothing. */
function carriesNothing({ subject }: FindingDraft, { disks }: Model): boolean {
  if (subject.kind !== 'device') return false;
  const known = disks.some(({ carries }) => carries.length > 0);
  const disk = disks.find(({ device }) => device === subject.device);
  if (disk === undefined) return known && seldomListed.test(subject.device);
  return known && disk.carries.length === 0;
}

function stalled(disk: Disk, { model, thresholds }: Scene): readonly FindingDraft[] {
  const { device, stalledSec, inFlight, carries } = disk;
  if (stalledSec === null || stalledSec < thresholds.stallSec) return [];
  if (!isHardware(disk) || carries.length === 0) return [];
  const long = stalledSec >= thresholds.requestTimeoutSec;
  return [
    {
      subject: { kind: 'device', device },
      level: long ? 'critical' : 'warning',
      // A disk that spins up, and a card that tidies itself, answer after seconds.
      state: long ? 'likely' : 'possible',
      found: { kind: 'disk-stalled', device, stalledSec, inFlight },
      evidence: [pro('disks.stalled', stalledSec, 's'), pro('disks.inFlight', inFlight, 'none')],
      sinceMs: model.monotonicMs - stalledSec * 1000,
      probe: 'smart',
    },
  ];
}

function slow(disk: Disk, { model, thresholds, keep }: Scene): readonly FindingDraft[] {
  const { device, carries } = disk;
  const atMs = model.readAtMs.disks;
  // Cards are as slow as that when they are well.
  if (atMs === undefined || carries.length === 0 || !isHardware(disk) || /^mmcblk/.test(device)) return [];
  const windows = keep<SlowWindows>(`slow ${device}`, (before) =>
    nextWindows(before, disk, atMs, thresholds),
  );
  const slowness = slownessOf(windows, thresholds);
  if (slowness === null) return [];
  const { awaitSec, level } = slowness;
  const perSec = requestsPerSec(disk);
  return [
    {
      subject: { kind: 'device', device },
      level,
      state: 'possible',
      found: { kind: 'disk-slow', device, awaitSec, perSec },
      evidence: [
        pro('disks.await', Math.round(awaitSec * 10) / 10, 's'),
        pro('disks.requests', Math.round(perSec * 10) / 10, 'per second'),
      ],
      sinceMs: null,
      probe: 'smart',
    },
  ];
}

function states(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  return (model.health?.devices ?? []).flatMap(({ device: name, kind, state }): readonly FindingDraft[] => {
    if ((kind !== 'scsi' && kind !== 'nvme') || state === null) return [];
    const level = badStates[state] ?? null;
    const device = diskNamed(name, model.disks);
    const seen = seenInHealth(scene, `${device} ${state}`, level !== null);
    if (level === null || seen === null) return [];
    if (level === 'warning' && seen.forSec < thresholds.stallSec) return [];
    const { sinceMs } = seen;
    return [
      {
        subject: { kind: 'device', device },
        level,
        state: level === 'critical' ? 'confirmed' : 'likely',
        found: { kind: 'disk-state', device, state },
        evidence: [pro('devices.state', state, 'text', sinceMs)],
        sinceMs,
      },
    ];
  });
}

/** What the kernel calls a request that failed, by how much it says of the disk. */
const certain = /medium|removed/;
const harmless = /space allocation|target|protection/;

function errors({ model, thresholds }: Scene): readonly FindingDraft[] {
  const said = new Map<string, Notice[]>();
  for (const notice of recentNotices(model, thresholds)) {
    if (notice.kind !== 'block-error' && notice.kind !== 'device') continue;
    const device = diskNamed(notice.device, model.disks);
    if (noDisk.test(device) || harmless.test(notice.what)) continue;
    said.set(device, [...(said.get(device) ?? []), notice]);
  }
  const counted = new Map(
    (model.health?.devices ?? [])
      .filter(({ kind, newErrors }) => (kind === 'scsi' || kind === 'nvme') && (newErrors ?? 0) > 0)
      .map((one) => [diskNamed(one.device, model.disks), one]),
  );
  return [...new Set([...said.keys(), ...counted.keys()])].map((device) => {
    const lines = said.get(device) ?? [];
    const count = counted.get(device);
    const words = lines.flatMap((one) => ('what' in one ? [one.what] : []));
    const what = words.find((one) => certain.test(one)) ?? words.at(-1) ?? null;
    const failed = lines.some(({ kind }) => kind === 'block-error') || (what !== null && certain.test(what));
    const times = lines.map(({ timeMs }) => monotonicOf(model, timeMs));
    const sinceMs = [...times, ...(count?.newErrorMs == null ? [] : [count.newErrorMs])];
    return {
      subject: { kind: 'device', device },
      level: failed ? 'critical' : 'warning',
      // The counters of SCSI also have what a disk does not support.
      state: what !== null && certain.test(what) ? 'confirmed' : lines.length > 0 ? 'likely' : 'possible',
      found: { kind: 'disk-errors', device, newErrors: count?.newErrors ?? null, said: lines.length, what },
      evidence: [
        ...(count === undefined ? [] : [pro('devices.newErrors', count.newErrors, 'none', count.newErrorMs)]),
        ...lines.slice(-2).map(({ text }) => pro('kernel.said', text, 'text')),
      ],
      sinceMs: sinceMs.length === 0 ? null : Math.min(...sinceMs),
      probe: 'smart',
    } satisfies FindingDraft;
  });
}

/** By probes. */
function told({ probes, disks }: Model): readonly FindingDraft[] {
  return probes.results.flatMap((result): readonly FindingDraft[] => {
    if (!result.ok || result.subject === null) return [];
    const device = diskNamed(result.subject, disks);
    if (result.id === 'smart') {
      const finding = smartFinding(device, result.value);
      return finding === null ? [] : [finding];
    }
    if (result.id !== 'bad-blocks' || result.value.badBlocks === 0) return [];
    const { badBlocks, checkedBytes } = result.value;
    return [
      {
        subject: { kind: 'device', device },
        level: 'critical',
        state: 'confirmed',
        found: { kind: 'bad-blocks', device, badBlocks, checkedBytes },
        evidence: [pro('bad-blocks', badBlocks, 'none')],
        sinceMs: null,
      },
    ];
  });
}

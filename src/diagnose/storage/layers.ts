/** Devices between a file system and its disks: suspended, in the way, or short of members. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { devicesBelow } from '../../model/machine/device-names.ts';
import type { Disk, Model } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import type { Scene } from '../rule.ts';
import { seenInHealth } from './seen-in-health.ts';

/** md: not `idle` and not `frozen`. */
const busyActions = new Set(['resync', 'recover', 'check', 'repair', 'reshape']);

export function layerFindings(scene: Scene): readonly FindingDraft[] {
  return [...suspended(scene), ...stalled(scene), ...arrays(scene.model)];
}

function suspended(scene: Scene): readonly FindingDraft[] {
  const { model, thresholds } = scene;
  return (model.health?.devices ?? []).flatMap((one): readonly FindingDraft[] => {
    const { device } = one;
    const disk = model.disks.find((row) => row.device === device);
    const seen = seenInHealth(scene, `suspended ${device}`, one.suspended === true);
    if (seen === null) return [];
    // At one look it may be a resize; requests that wait for as long say the same as a second look.
    const forSec = Math.max(seen.forSec, disk?.stalledSec ?? 0);
    if (forSec < thresholds.suspendedSec) return [];
    const { sinceMs } = seen;
    const carries = disk?.carries ?? [];
    return [
      {
        subject: { kind: 'device', device },
        // Of a volume of which nobody here needs anything.
        level: disk !== undefined && carries.length === 0 ? 'warning' : 'critical',
        state: 'confirmed',
        found: { kind: 'layer-suspended', device, title: disk?.title ?? null, carries },
        evidence: [pro('devices.suspended', 1, 'none', sinceMs)],
        sinceMs,
      },
    ];
  });
}

/** The lowest layer that requests wait in while nothing below it stalls or is busy: the disk is not the limit. */
function stalled({ model, thresholds }: Scene): readonly FindingDraft[] {
  const { disks, health, monotonicMs } = model;
  const facts = new Map((health?.devices ?? []).map((one) => [one.device, one]));
  return disks.flatMap((disk): readonly FindingDraft[] => {
    const { device, title, stalledSec, inFlight, slaves, carries } = disk;
    if (slaves.length === 0 || carries.length === 0) return [];
    if (stalledSec === null || stalledSec < thresholds.stallSec) return [];
    const names = devicesBelow(device, disks);
    if ([device, ...names].some((name) => facts.get(name)?.suspended === true)) return [];
    const below = disks.filter((one) => names.includes(one.device));
    if (below.length === 0 || below.some((one) => isInTheWay(one, thresholds.belowBusyPercent))) return [];
    const long = stalledSec >= thresholds.requestTimeoutSec;
    return [
      {
        subject: { kind: 'device', device },
        level: long ? 'critical' : 'warning',
        state: long ? 'likely' : 'possible',
        found: {
          kind: 'layer-stalled',
          device,
          title,
          layer: facts.get(device)?.layer ?? null,
          stalledSec,
          inFlight,
          below: below.map((one) => ({ device: one.device, utilPercent: one.utilPercent })),
        },
        evidence: [
          pro('disks.stalled', stalledSec, 's'),
          ...below.map(({ utilPercent }) => contra('disks.util', round(utilPercent), 'percent')),
        ],
        sinceMs: monotonicMs - stalledSec * 1000,
        probe: 'read-speed',
      },
    ];
  });
}

function isInTheWay({ stalledSec, utilPercent }: Disk, busyPercent: number): boolean {
  return stalledSec !== null || utilPercent === null || utilPercent >= busyPercent;
}

function arrays({ health, pressure, disks }: Model): readonly FindingDraft[] {
  return (health?.devices ?? []).flatMap((one): readonly FindingDraft[] => {
    if (one.kind !== 'md') return [];
    const { device, syncAction, state } = one;
    const degraded = one.degraded ?? 0;
    // array_state (Documentation/admin-guide/md.rst): MD_BROKEN, kernel 5.4+.
    const broken = state === 'broken';
    const action = syncAction !== null && busyActions.has(syncAction) ? syncAction : null;
    if (degraded === 0 && action === null && !broken) return [];
    const carries = disks.find((row) => row.device === device)?.carries.length !== 0;
    const slows = action !== null && pressure.io.level !== 'ok';
    return [
      {
        subject: { kind: 'device', device },
        level: broken && carries ? 'critical' : carries && (degraded > 0 || slows) ? 'warning' : 'ok',
        state: 'confirmed',
        found: { kind: 'array', device, degraded, broken, action },
        evidence: [
          ...(broken ? [pro('devices.state', state, 'text')] : []),
          ...(degraded > 0 ? [pro('devices.degraded', degraded, 'none')] : []),
          ...(action === null ? [] : [pro('devices.syncAction', action, 'text')]),
        ],
        sinceMs: null,
      },
    ];
  });
}

function round(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}

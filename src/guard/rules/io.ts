/** A disk that builds use hardly answers: requests take seconds, or are in flight and none ends. */
import { pro } from '../../diagnose/judgement.ts';
import { pressed } from '../../diagnose/pressed.ts';
import { requestsPerSec } from '../../diagnose/storage/slow-disk.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import type { Build, Disk } from '../../model/model.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf, localBuilds, mostFirst, youngestHeavyFirst } from '../victims.ts';

/** In memory: zram is busy all the time where it swaps. */
const noDisk = /^(?:zram|ram)\d/;
/** A process that waits for the disk weighs as much as so many bytes a second. */
const bytesPerBlocked = 64 * 1024 ** 2;

/** What is remembered of a disk; monotonic ms. */
interface Known {
  /** Of the last look at which it was slow. */
  readonly slowMs: number;
  readonly awaitMs: number;
  /** Of the last look at which it got much done. */
  readonly workedMs: number;
}

export const ioRule: GuardRule<'io'> = {
  id: 'io',
  look(scene) {
    const candidates = scene.model.disks
      .filter(({ carries, device }) => carries.length > 0 && !noDisk.test(device))
      .map((disk) => candidateOf(disk, scene));
    return candidates.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  },
};

function candidateOf(disk: Disk, scene: GuardScene): Candidate {
  const { model, nowMs, settings, keep, builds, clients } = scene;
  const numbers = settings.rules.io.numbers;
  const { device, title, carries, inFlight, stalledSec } = disk;
  const awaitMs = awaitOf(disk);
  const known = keep<Known>(`disk ${device}`, (before) => nextKnown(before, disk, awaitMs, scene));
  // Between two slow requests nothing ends for as long as one takes.
  const over = nowMs - known.slowMs <= Math.max(3000, 2 * numbers.await);
  const stalled = (stalledSec ?? 0) * 1000 >= numbers.await;
  const full = model.pressure.io.full?.avg10 ?? null;
  // Memory is why where the disk only swaps.
  const swaps = carries.includes('swap') && pressed(model, 'memory') !== undefined;
  const gets = nowMs - known.workedMs <= defaultThresholds.windowSec * 1000;
  const weighed = mostFirst(
    localBuilds(builds).filter((build) => weightOf(build) > 0),
    weightOf,
  );
  return {
    subject: { kind: 'device', device },
    name: title ?? device,
    value: over ? Math.max(awaitMs ?? 0, known.awaitMs) : awaitMs,
    limit: numbers.await,
    unit: 'ms',
    over,
    worsening: null,
    agrees: swaps ? false : full === null ? (stalled ? true : null) : stalled || full >= numbers.full,
    // Slow, and its queue gets shorter: a stick, a card, many at once.
    ...(gets && { upTo: 'lower' as const }),
    evidence: [
      pro('disks.await', awaitMs === null ? null : Math.round(awaitMs) / 1000, 's'),
      ...(inFlight === null ? [] : [pro('disks.inFlight', inFlight, 'none')]),
      ...(stalledSec === null ? [] : [pro('disks.stalled', Math.round(stalledSec), 's')]),
      ...(full === null ? [] : [pro('pressure.io.full', full, 'percent')]),
    ],
    builds: weighed,
    pauses: youngestHeavyFirst(weighed, weightOf),
    clients: clientsOf(weighed[0], clients),
  };
}

/** Null: nothing has ended since the last look. */
function awaitOf({ readAwaitMs, writeAwaitMs, flushAwaitMs }: Disk): number | null {
  if (readAwaitMs === null && writeAwaitMs === null && flushAwaitMs === null) return null;
  return Math.max(readAwaitMs ?? 0, writeAwaitMs ?? 0, flushAwaitMs ?? 0);
}

function nextKnown(
  before: Known | undefined,
  disk: Disk,
  awaitMs: number | null,
  { nowMs, settings }: GuardScene,
): Known {
  const never = Number.NEGATIVE_INFINITY;
  const { slowMs, workedMs, awaitMs: last } = before ?? { slowMs: never, workedMs: never, awaitMs: 0 };
  const waitedMs = Math.max(awaitMs ?? 0, (disk.stalledSec ?? 0) * 1000);
  const slow = waitedMs >= settings.rules.io.numbers.await;
  return {
    slowMs: slow ? nowMs : slowMs,
    awaitMs: slow ? waitedMs : last,
    workedMs: works(disk) ? nowMs : workedMs,
  };
}

/** By requests or by bytes, as the diagnosis tells a slow disk from one that has much to do. */
function works(disk: Disk): boolean {
  const { slowPerSec, slowBytes } = defaultThresholds;
  const bytes = (disk.readBytesPerSec ?? 0) + (disk.writeBytesPerSec ?? 0);
  return requestsPerSec(disk) >= slowPerSec || bytes >= slowBytes;
}

function weightOf({ readBytesPerSec, writeBytesPerSec, states, paused }: Build): number {
  if (paused) return 0;
  return (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0) + states.D * bytesPerBlocked;
}

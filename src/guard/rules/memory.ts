/** Memory is short for the whole machine, by its pressure and by what is left; or it is gone within seconds. */
import { pro } from '../../diagnose/judgement.ts';
import { pressed } from '../../diagnose/pressed.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import type { GuardAction } from '../../model/guard/guard.ts';
import { leaveShare } from '../../model/machine/level.ts';
import type { Build, Client, Model } from '../../model/model.ts';
import { type Fall, nextFall, nextTrend, type Trend } from '../fall.ts';
import { leftOf } from '../left.ts';
import { growthOf } from '../pace.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import {
  clientsOf,
  heavyShare,
  isAlone,
  killedFirst,
  lastSecOf,
  localBuilds,
  type Makers,
  makersOf,
  mostFirst,
  urgentShare,
  youngestHeavyFirst,
} from '../victims.ts';

/** What takes less of memory is not paused or killed for it: that would help nobody. */
const worthPercent = 5;
/** So small a share of `available` is next to nothing: a machine that reclaims all the time keeps about so much. */
const nothingShare = 0.25;
/** At its pace it is below its level within so long: it gets better by itself. */
const betterWithinSec = 10;
/** From which share of the fall on it is builds that make it. */
const makersShare = 0.5;
/** What it will take in so many minutes counts as taken. */
const minutesAhead = 2;

export const memoryRule: GuardRule<'memory'> = {
  id: 'memory',
  look(scene) {
    const { model, settings, nowMs, actedMs, keep } = scene;
    const numbers = settings.rules.memory.numbers;
    const left = leftOf(model.memory);
    if (left === null) return [];
    const full = model.pressure.memory.full?.avg10 ?? null;
    // Each is read in its own time: what was not read anew says nothing new.
    const readMs = model.readAtMs.memory ?? nowMs;
    const pressedMs = model.readAtMs.pressure ?? nowMs;
    const fall = keep<Fall>('fall', (before) => nextFall(before, readMs, left.bytes, actedMs));
    const trend = keep<Trend>('full', (before) => nextTrend(before, pressedMs, full ?? 0, actedMs));
    const untilSec =
      fall.perSec === null || fall.perSec <= 0
        ? null
        : Math.max(0, left.bytes / fall.perSec - (nowMs - readMs) / 1000);
    const makers = makersIn(scene, left.bytes);
    const made = makers.pauses.length > 0 && makers.perSec >= (fall.perSec ?? 0) * makersShare;
    // A program that takes at once what it needs falls as fast, and ends before.
    const waits = isAlone(model.builds) || (made && makers.isOne);
    const within = waits ? Math.min(lastSecOf(model.builds), numbers.within) : numbers.within;
    const soon = untilSec !== null && untilSec <= within && left.percent <= numbers.near;
    const little = keep<boolean>(
      'little',
      (before) => left.availablePercent * (before ? leaveShare : 1) <= numbers.available,
    );
    const reclaims = reclaimsIn(model);
    // Without PSI: little is left, and pages that were dropped are needed again.
    const short = keep<boolean>('short', (before) =>
      full === null ? little && reclaims !== false : full >= numbers.full * (before ? leaveShare : 1),
    );
    const nothing = short && left.percent <= numbers.available * nothingShare;
    const thrash = cacheThrash(model);
    // After an action it is not known for a moment, and that has to be waited for.
    const better =
      full !== null &&
      (trend.fallPerSec === null || full - trend.fallPerSec * betterWithinSec < numbers.full * leaveShare);
    return [
      {
        ...{ subject: { kind: 'machine' }, name: null },
        ...levelOf({ soon, untilSec, full, left: left.availablePercent, numbers }),
        over: short || soon,
        worsening: soon || !better,
        agrees: soon || little || thrash ? true : short ? false : null,
        ...(soon ? { leftSec: untilSec } : nothing ? { leftSec: 0 } : {}),
        ...(!soon && !nothing && upTo(full, thrash || (full === null && reclaims === null), numbers.kill)),
        evidence: [
          ...(full === null ? [] : [pro('pressure.memory.full', full, 'percent')]),
          pro('memory.available', model.memory.availableBytes, 'bytes'),
        ],
        ...(thrash ? readersOf(scene) : holdersOf(scene, soon || nothing, made ? makers : null)),
        repeats: true,
      },
    ];
  },
};

/** `mild`: who reads is in nobody's way once he stands still; and without any second source nobody is killed. */
function upTo(full: number | null, mild: boolean, kill: number): { readonly upTo?: GuardAction } {
  return mild || (full !== null && full < kill) ? { upTo: 'pause' } : {};
}

/** Level and limit of what it is about: seconds where the end is near, what is left where nobody tells the pressure. */
function levelOf({
  soon,
  untilSec,
  full,
  left,
  numbers,
}: {
  readonly soon: boolean;
  readonly untilSec: number | null;
  readonly full: number | null;
  readonly left: number;
  readonly numbers: GuardScene['settings']['rules']['memory']['numbers'];
}): Pick<Candidate, 'value' | 'limit' | 'unit' | 'below'> {
  if (soon) return { value: untilSec, limit: numbers.within, unit: 's', below: true };
  if (full === null) return { value: left, limit: numbers.available, unit: 'percent', below: true };
  return { value: full, limit: numbers.full, unit: 'percent' };
}

/** Pages of programs or files are written out, dropped and read again; null: it cannot be told. */
function reclaimsIn({ memory }: Model): boolean | null {
  const { refaultsPerSec, swapOutBytesPerSec, scannedPagesPerSec } = memory;
  if (refaultsPerSec === null && swapOutBytesPerSec === null && scannedPagesPerSec === null) return null;
  return (refaultsPerSec ?? 0) > 0 || (swapOutBytesPerSec ?? 0) > 0 || (scannedPagesPerSec ?? 0) > 0;
}

/**
 * Files are read again and again because the page cache has no room for them: much of it counts as available. Where a
 * cgroup has met its limit the machine may have room.
 */
function cacheThrash(model: Model): boolean {
  const { refaultsPerSec } = model.memory;
  if (refaultsPerSec === null || refaultsPerSec < defaultThresholds.refaultsPerSec) return false;
  return pressed(model, 'memory') !== undefined && model.cgroups.every(({ metBytes }) => metBytes === null);
}

type Who = Pick<Candidate, 'builds' | 'clients' | 'pauses' | 'made'>;

function makersIn({ model, builds, paces }: GuardScene, leftBytes: number): Makers {
  const totalBytes = model.memory.totalBytes ?? 0;
  return makersOf(
    builds.filter((build) => (build.residentBytes ?? 0) >= worthOf(totalBytes)),
    (build) => growthOf(build, paces, totalBytes),
    leftBytes,
  );
}

function worthOf(totalBytes: number): number {
  return (totalBytes * worthPercent) / 100;
}

/** Builds that hold much; and where an evaluation holds more than any of them, its client. `makers`: they make memory less. */
function holdersOf(
  { model, builds, clients, paces }: GuardScene,
  urgent: boolean,
  makers: Makers | null,
): Who {
  const totalBytes = model.memory.totalBytes ?? 0;
  const worth = worthOf(totalBytes);
  const heavy = mostFirst(
    localBuilds(builds).filter((build) => (build.residentBytes ?? 0) >= worth),
    weightOf,
  );
  const [client] = clients
    .filter(({ residentBytes }) => (residentBytes ?? 0) >= worth)
    .toSorted((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
  const most = heavy[0] === undefined ? 0 : weightOf(heavy[0]);
  if (client !== undefined && (client.residentBytes ?? 0) > most)
    return { builds: [], pauses: [], clients: [client] };
  const isMost = ({ residentBytes }: Build) => (residentBytes ?? 0) > totalBytes / 2;
  const grows = (build: Build) => growthOf(build, paces, totalBytes) > 0;
  const own = clientsOf(heavy[0], clients);
  const killed = killedFirst(heavy, isMost, grows);
  if (makers !== null) return { builds: killed, pauses: makers.pauses, made: true, clients: own };
  // It grew to that, stands still already, and the others have nothing left: to pause those frees nothing.
  const [first] = killed;
  if (urgent && first?.paused && isMost(first) && grows(first))
    return { builds: killed, pauses: [], clients: own };
  const pauses = youngestHeavyFirst(
    localBuilds(builds),
    (build) => (weightOf(build) >= worth ? weightOf(build) : 0),
    urgent ? urgentShare : heavyShare,
  );
  return { builds: killed, pauses, clients: own };
}

function weightOf({ residentBytes, residentGrowthBytesPerMin }: Build): number {
  return (residentBytes ?? 0) + minutesAhead * Math.max(0, residentGrowthBytesPerMin ?? 0);
}

function readersOf({ builds, clients }: GuardScene): Who & { readonly clients: readonly Client[] } {
  const readOf = ({ readBytesPerSec }: Build) => readBytesPerSec ?? 0;
  const readers = mostFirst(
    localBuilds(builds).filter((build) => readOf(build) > 0),
    readOf,
  );
  return { builds: readers, pauses: readers, clients: clientsOf(readers[0], clients) };
}

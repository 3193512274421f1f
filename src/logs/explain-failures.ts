/**
 * Why the rebuilds of a Model failed, from their logs and what the machine knew then; and what is told of it as events.
 * Costs something only where a rebuild's failures or what explains them changed.
 */
import { kept } from '../base/same.ts';
import { withoutEscapes } from '../base/text.ts';
import { appendEvents } from '../model/machine/derive-events.ts';
import type { Model, ModelEvent } from '../model/model.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { FilesystemRoom, RootCause } from '../model/rebuild/cause.ts';
import { failedBuild, failedIds, isFailure } from '../model/rebuild/failed.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { type EvidenceKept, evidenceOf, keepEvidence, leastRooms, noEvidence } from './evidence.ts';
import { limitKills } from './limit-kills.ts';
import { rootCauses } from './root-causes.ts';
import { totalsOf } from './totals.ts';

export interface Explained {
  readonly evidence: EvidenceKept;
  /** By `FollowedRebuild.id`. */
  readonly rebuilds: ReadonlyMap<string, ExplainedRebuild>;
  /** By the same, what room there was: of rebuilds that failed before a recording is entered. */
  readonly rooms: ReadonlyMap<string, readonly FilesystemRoom[]>;
}
interface ExplainedRebuild {
  /** What the failures were made of. */
  readonly rebuild: Pick<Rebuild, 'failed' | 'dependents' | 'errors' | 'toolFailures'>;
  readonly evidence: EvidenceKept;
  readonly rooms: readonly FilesystemRoom[];
  readonly failures: readonly RootCause[];
  /** Ids of what events have told. */
  readonly told: ReadonlySet<string>;
  /** Something is to be told when more is known of it. */
  readonly waits: boolean;
  readonly over: boolean;
}

export const nothingExplained: Explained = { evidence: noEvidence, rebuilds: new Map(), rooms: new Map() };

/** A counter tells of a failure before Nix's words do, and the kernel's may come after those: one waits for both. */
const wordsWithinMs = 5_000;

/** `last`: the Model before, null on the first; what it had been told before is not told again. */
export function explainFailures(
  model: Model,
  last: Model | null,
  before: Explained,
): { readonly model: Model; readonly explained: Explained } {
  if (model.rebuilds.length === 0 && before.rebuilds.size === 0) return { model, explained: before };
  // Nothing was kept while there was no rebuild.
  const evidence = keepEvidence(model, before.rebuilds.size === 0 ? null : last, before.evidence);
  const events: ModelEvent[] = [];
  const explained = new Map<string, ExplainedRebuild>();
  const rebuilds = model.rebuilds.map((one) => {
    const known = before.rebuilds.get(one.id);
    const { failures, basis } = explain(one, model, last, evidence, known, before.rooms.get(one.id));
    const next = failures === one.failures ? one : { ...one, failures };
    const { told, waits } =
      known?.failures === failures && !known.waits
        ? known
        : tellFailures(next, model.timeMs, last === null, known?.told, evidence, events);
    if (hasEnded(one, known, model.timeMs)) events.push(...endEvents(next, model.timeMs));
    explained.set(one.id, { ...basis, failures, told, waits, over: one.over });
    return next;
  });
  const changed = rebuilds.some((one, i) => one !== model.rebuilds[i]);
  return {
    model: {
      ...model,
      rebuilds: changed ? rebuilds : model.rebuilds,
      events: appendEvents(model.events, events),
    },
    explained: { evidence, rebuilds: explained, rooms: before.rooms },
  };
}

function explain(
  one: FollowedRebuild,
  model: Model,
  last: Model | null,
  evidence: EvidenceKept,
  known: ExplainedRebuild | undefined,
  entered: readonly FilesystemRoom[] = [],
) {
  const { failed, dependents, errors, toolFailures } = one.rebuild;
  const said = { failed, dependents, errors, toolFailures };
  const sameSaid =
    known !== undefined &&
    known.rebuild.failed === failed &&
    known.rebuild.dependents === dependents &&
    known.rebuild.errors === errors &&
    known.rebuild.toolFailures === toolFailures;
  const nothing = failed.size + errors.length + toolFailures.length === 0;
  const sameEvidence =
    known?.evidence.oomKills === evidence.oomKills &&
    known?.evidence.inputs === evidence.inputs &&
    known?.evidence.endedByUs === evidence.endedByUs;
  if (nothing || (sameSaid && sameEvidence)) {
    const failures = nothing && one.failures.length > 0 ? [] : one.failures;
    return { failures, basis: { rebuild: said, evidence, rooms: known?.rooms ?? [] } };
  }
  const rooms = sameSaid
    ? known.rooms
    : leastRooms(leastRooms(known?.rooms ?? entered, last?.filesystems ?? []), model.filesystems);
  const failures = rootCauses(one.rebuild, evidenceOf(evidence, failed.keys(), rooms));
  return { failures: kept(one.failures, failures), basis: { rebuild: said, evidence, rooms } };
}

/** Adds what is to be told; returns the ids of all that has been. */
function tellFailures(
  one: FollowedRebuild,
  timeMs: number,
  first: boolean,
  before: ReadonlySet<string> | undefined,
  evidence: EvidenceKept,
  events: ModelEvent[],
): Pick<ExplainedRebuild, 'told' | 'waits'> {
  const told = new Set<string>();
  let waits = false;
  for (const root of one.failures) {
    const ids = failedIds(one.id, root);
    // Of what began before we looked, or before the moment at which a recording is entered, it has been told.
    const isNews = !(first && root.atMs < timeMs) && !ids.some((id) => before?.has(id));
    if (isNews && !isDue(root, one.over, timeMs)) {
      waits = true;
      continue;
    }
    for (const id of ids) told.add(id);
    if (isNews && isFailure(root))
      events.push(...limitKills(root, evidence), failureEvent(one, root, timeMs));
  }
  return { told, waits };
}

function hasEnded(one: FollowedRebuild, known: ExplainedRebuild | undefined, timeMs: number): boolean {
  if (!one.over) return false;
  return known === undefined ? one.rebuild.ended?.atMs === timeMs : !known.over;
}

function isDue({ cause, atMs }: RootCause, over: boolean, nowMs: number): boolean {
  const awaits = cause.kind === 'killed' || (cause.kind === 'unknown' && !over);
  return !awaits || nowMs - atMs >= wordsWithinMs;
}

function failureEvent(one: FollowedRebuild, root: RootCause, timeMs: number): ModelEvent {
  const build = failedBuild(one, root);
  const [drv = null] = root.drvs;
  const { startedMs, endedMs } = build ?? { startedMs: null, endedMs: null };
  return {
    timeMs,
    level: 'warning',
    kind: 'build-failed',
    rebuild: one.id,
    command: one.command,
    drv,
    name: drv === null ? null : nameOfDerivation(drv),
    phase: build?.phases.at(-1)?.name ?? null,
    ageSec: startedMs === null || endedMs === null ? null : (endedMs - startedMs) / 1000,
    cause: root.cause,
    said: saidOf(root),
  };
}

/** What a build said last, else Nix's words. */
function saidOf({ cause, text, lines }: RootCause): string {
  if (cause.kind !== 'exit' && cause.kind !== 'signal') return text;
  return lines.map(withoutEscapes).findLast((line) => line.trim() !== '') ?? text;
}

/** None for what did nothing: an evaluation, a question to the daemon. */
function endEvents(one: FollowedRebuild, timeMs: number): readonly ModelEvent[] {
  const { done, failed, dependents, fetchedPaths } = totalsOf(one.rebuild);
  const failures = one.failures.length;
  if (done + failed + fetchedPaths + failures === 0) return [];
  const { startedMs } = one.rebuild;
  return [
    {
      timeMs,
      level: failures > 0 ? 'warning' : 'ok',
      kind: 'rebuild-ended',
      rebuild: one.id,
      command: one.command,
      built: done,
      failed,
      unbuilt: dependents,
      lengthSec: Math.max(0, (timeMs - startedMs) / 1000),
    },
  ];
}

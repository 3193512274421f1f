/**
 * Models, one after the other, to an incident: pure, the same live and of a recording. What it keeps is bounded, so that a
 * status report may go on for days.
 */
import type { TimeSpan } from '../base/time-span.ts';
import type { Clock, Figures, Incident, RebuildEnd } from '../model/incident/incident.ts';
import type { TimelineEntry } from '../model/incident/timeline.ts';
import { isForMemory } from '../model/machine/killers.ts';
import type { Level, Model, ModelEvent, Shortage } from '../model/model.ts';
import { isAlert, subjectOf } from '../model/past/event-data.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import { trackPointOf } from '../model/past/track.ts';
import { scoreCardOf } from '../score/card.ts';
import { nextScore, type ScoreFold } from '../score/fold.ts';
import type { ScoreLimits } from '../score/limits.ts';
import { bestTold } from './best-told.ts';
import { coalesce } from './coalesce.ts';
import { createColumns } from './columns.ts';
import { createCriticalTime } from './critical-time.ts';
import { environmentOf, sandboxOf, systemsOf } from './environment.ts';
import {
  actionEntry,
  eventEntry,
  isSpelled,
  isToldByNotice,
  noticeEntry,
  probeEntry,
  silenceEntry,
} from './happenings.ts';
import { createLosses } from './losses.ts';
import { createPending } from './pending.ts';
import { figuresOf, recoveryOf } from './recovery.ts';
import { severityOf } from './severity.ts';
import { createSpells } from './spells.ts';
import { createStalledTime } from './stalled-time.ts';
import { createSuspects, othersOf, rootCauseOf } from './suspects.ts';

export interface IncidentFold {
  /** The next Model. */
  add(model: Model): void;
  /** What a recording holds beside Samples, or an action that has just ended; in any order. */
  tell(event: RecordedEvent): void;
  /** As it is now; null before the first Model. */
  incident(how: Pick<Incident, 'chosenBy'> & { readonly span?: TimeSpan }): Incident | null;
}

export interface FoldOptions {
  /** Of what was before, Unix ms, events are not told. */
  readonly fromMs?: number;
  /** By which the score card judges; default: the usual ones. */
  readonly scoreLimits?: ScoreLimits;
  /** Entries of the timeline at most. */
  readonly mostEntries?: number;
}

/** Between two Samples further apart than this is a hole. */
const holeMs = 10_000;
/** What is kept of a status report that goes on and on. */
const mostRaw = 2000;
const mostRebuilds = 50;
const usualEntries = 60;
/** The same event derived and recorded: a log is read a little later. */
const sameEventMs = 60_000;

export function createIncidentFold(options: FoldOptions = {}): IncidentFold {
  const { fromMs = Number.NEGATIVE_INFINITY, mostEntries = usualEntries, scoreLimits } = options;
  const spells = createSpells();
  const suspects = createSuspects();
  const losses = createLosses();
  const columns = createColumns();
  const stalled = createStalledTime();
  const critical = createCriticalTime();
  let raw: TimelineEntry[] = [];
  let dropped = 0;
  /** Alerts wait for longer: what a Model tells of itself, too, it may tell a little later. */
  const pending = createPending();
  const alerts = createPending();
  let first: Clock | null = null;
  let last: Model | null = null;
  let samples = 0;
  let ended = 0;
  let kills = 0;
  let bystander = false;
  let logs = false;
  /** The wall clock went back: times are no order. */
  let clockSet = false;
  let worst: Figures | null = null;
  let score: ScoreFold | null = null;
  let sandbox: boolean | null = null;
  let systems: readonly string[] = [];
  const rebuilds: RebuildEnd[] = [];

  function put(entry: TimelineEntry): void {
    raw.push(entry);
    if (raw.length <= mostRaw) return;
    const kept = coalesce(raw, mostRaw / 2, true);
    dropped += kept.omitted;
    raw = [...kept.entries];
  }

  function happened(event: ModelEvent): void {
    if (event.timeMs < fromMs) return;
    if (event.kind === 'killed' && isForMemory(event)) {
      kills += 1;
      bystander ||= isBystander(event, first);
    } else if (event.kind === 'oom-kill' || event.kind === 'oom-limit') kills += event.count;
    if (event.kind === 'build-ended') ended += 1;
    if (event.kind === 'rebuild-ended') {
      rebuilds.push(endOf(event));
      if (rebuilds.length > mostRebuilds) rebuilds.shift();
    }
    if (isKill(event)) critical.touch(event.timeMs);
    losses.event(event);
    if (!isSpelled(event)) put(eventEntry(event));
  }

  /** Those that were recorded and that no Sample leads to: what happened while Samples were lost. */
  function isUnknown(event: ModelEvent): boolean {
    if (!isAlert(event) || isSpelled(event)) return false;
    const same = subjectOf(event);
    return !raw.some(({ what }) => {
      return (
        what.kind === 'event' &&
        Math.abs(what.event.timeMs - event.timeMs) < sameEventMs &&
        subjectOf(what.event) === same
      );
    });
  }

  function recorded(event: RecordedEvent, before: Model | null): void {
    if (event.timeMs < fromMs) return;
    if (event.kind === 'action') {
      // What a test brought stands in the timeline itself.
      if (event.entry.intent?.type === 'probe') return;
      losses.action(event.entry, event.timeMs, before?.builds ?? []);
      put(actionEntry(event.entry, event.timeMs, before));
    } else if (event.kind === 'gap') put(silenceEntry(event.fromMs, event.timeMs, event.why));
    else if (event.kind === 'alert' && isUnknown(event.event)) happened(event.event);
  }

  function lookAtHole(model: Model, before: Model): void {
    const byMonotonic = model.monotonicMs - before.monotonicMs;
    const ms = byMonotonic >= 0 ? byMonotonic : model.timeMs - before.timeMs;
    if (model.timeMs < before.timeMs) clockSet = true;
    if (ms <= holeMs) return;
    const isTold = raw.some(({ what, timeMs }) => {
      return what.kind === 'silence' && what.toMs >= before.timeMs && timeMs <= model.timeMs;
    });
    if (!isTold) put(silenceEntry(before.timeMs, model.timeMs, null));
  }

  return {
    tell(event) {
      (event.kind === 'alert' ? alerts : pending).add(event);
    },
    add(model) {
      const before = last;
      first ??= { timeMs: model.timeMs, monotonicMs: model.monotonicMs };
      for (const event of pending.take(model.timeMs)) recorded(event, before);
      if (before !== null) lookAtHole(model, before);
      // What the first one tells of happened before it, nobody knows when.
      if (before !== null && before.events !== model.events) {
        const known = new Set(before.events);
        for (const event of model.events) if (!known.has(event)) happened(event);
      }
      for (const event of alerts.take(model.timeMs - sameEventMs)) recorded(event, before);
      if (before !== null && before.notices !== model.notices) {
        const heard = new Set(before.notices);
        for (const notice of model.notices)
          if (!heard.has(notice) && notice.timeMs >= fromMs && isToldByNotice(notice))
            put(noticeEntry(notice));
      }
      if (before !== null && before.probes.results !== model.probes.results) {
        const done = new Set(before.probes.results);
        for (const result of model.probes.results) if (!done.has(result)) put(probeEntry(result));
      }
      spells.look(model);
      suspects.look(model);
      stalled.look(model, before);
      if (before?.readAtMs !== model.readAtMs) columns.add(trackPointOf(model));
      critical.look(model);
      logs ||= model.rebuilds.length > 0;
      if (isAtWork(model)) score = nextScore(score, model, null);
      if (before?.builds !== model.builds) {
        sandbox = sandboxOf(model) ?? sandbox;
        systems = systemsOf(model, systems);
      }
      const now = figuresOf(model);
      if (now.availableBytes !== null && now.availableBytes < (worst?.availableBytes ?? Infinity))
        worst = now;
      samples += 1;
      last = model;
    },
    incident({ chosenBy, span }) {
      if (last === null || first === null) return null;
      for (const event of alerts.take(last.timeMs)) recorded(event, last);
      const lost = losses.all();
      const found = suspects.all();
      const entries = bestTold(raw, losses);
      const told = coalesce([...entries, ...spells.entries()], mostEntries, clockSet);
      const impact = {
        lost,
        ended: Math.max(0, ended - lost.length),
        running: last.builds.length,
        rebuilds,
        logs,
        kills,
        stalledSec: stalled.sec(),
        longestStall: spells.longestStall(),
      };
      const known = critical.known();
      const spanNow = critical.span();
      const unended =
        chosenBy !== 'asked' &&
        chosenBy !== 'status' &&
        last.shortages.some((one) => one.level === 'critical' && isFreeze(one.resource));
      return {
        version: 1,
        host: last.host,
        span: span ?? { fromMs: first.timeMs, toMs: last.timeMs },
        chosenBy,
        samples,
        critical: spanNow,
        severity: severityOf({ critical: spanNow, impact, suspects: found, bystander, unended }),
        impact,
        timeline: told.entries,
        omitted: told.omitted + dropped,
        suspects: found,
        others: othersOf(known?.hypotheses ?? last.hypotheses, found),
        othersAt: known?.clock ?? { timeMs: last.timeMs, monotonicMs: last.monotonicMs },
        rootCause: rootCauseOf(found, spanNow, impact),
        recovery: recoveryOf(entries, critical, { worst, last: figuresOf(last) }),
        columns: columns.all(),
        environment: environmentOf(last, { sandbox, systems }),
        score:
          score === null
            ? null
            : scoreCardOf(
                score,
                { command: null, exitCode: null, succeeded: succeededIn(rebuilds), generation: null },
                scoreLimits,
              ),
      };
    },
  };
}

/** Somebody was killed for want of memory. */
function isKill(event: ModelEvent): boolean {
  return (
    event.kind === 'oom-kill' || event.kind === 'oom-limit' || (event.kind === 'killed' && isForMemory(event))
  );
}

/** Its own limit is its own fault, and who was killed before anybody looked may have been of a build. */
function isBystander(
  { killer, build, builds, command, timeMs }: Extract<ModelEvent, { readonly kind: 'killed' }>,
  first: Clock | null,
): boolean {
  if (killer === 'limit' || first === null || timeMs < first.timeMs) return false;
  return build === null && builds === 0 && command === null;
}

/** Also one that waits for its first build, or only fetches. */
function isAtWork({ builds, clients, rebuilds }: Model): boolean {
  return builds.length > 0 || clients.length > 0 || rebuilds.some(({ over }) => !over);
}

/** Null: no log told how they ended. */
function succeededIn(rebuilds: readonly RebuildEnd[]): boolean | null {
  return rebuilds.length === 0 ? null : rebuilds.every(({ level }) => level === 'ok');
}

/** Of these a machine freezes; a full disk lasts, and does not. */
function isFreeze(resource: Shortage['resource']): boolean {
  return resource === 'memory' || resource === 'io';
}

function endOf(event: Extract<ModelEvent, { readonly kind: 'rebuild-ended' }>): RebuildEnd {
  const { command, timeMs, built, failed, unbuilt } = event;
  const level: Level = event.level;
  return { command, timeMs, level, built, failed, unbuilt };
}

/**
 * Models, one after the other, to an incident: pure, the same live and of a recording. What it keeps is bounded, so that a
 * status report may go on for days.
 */
import type { TimeSpan } from '../base/time-span.ts';
import { isWorthALine } from '../model/diagnosis/worth-a-line.ts';
import type {
  Clock,
  CriticalSpan,
  Figures,
  Incident,
  RebuildEnd,
  Recovery,
} from '../model/incident/incident.ts';
import type { TimelineEntry } from '../model/incident/timeline.ts';
import { isForMemory } from '../model/machine/killers.ts';
import type { Level, Model, ModelEvent, Shortage } from '../model/model.ts';
import { isAlert, subjectOf } from '../model/past/event-data.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import { trackPointOf } from '../model/past/track.ts';
import { scoreCardOf } from '../score/card.ts';
import { nextScore, type ScoreFold } from '../score/fold.ts';
import { coalesce } from './coalesce.ts';
import { createColumns } from './columns.ts';
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
import { severityOf } from './severity.ts';
import { createSpells } from './spells.ts';
import { createStalledTime } from './stalled-time.ts';
import { createSuspects, isPast, othersOf, rootCauseOf } from './suspects.ts';

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
  const { fromMs = Number.NEGATIVE_INFINITY, mostEntries = usualEntries } = options;
  const spells = createSpells();
  const suspects = createSuspects();
  const losses = createLosses();
  const columns = createColumns();
  const stalled = createStalledTime();
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
  /** When it was critical last. */
  let grave: { readonly model: Pick<Model, 'hypotheses'>; readonly clock: Clock } | null = null;
  let critical: (CriticalSpan & { readonly sinceMs: number | null; readonly lastMs: number }) | null = null;
  let calmMs: number | null = null;
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
    if (isKill(event)) touchCritical(event.timeMs);
    losses.event(event);
    if (!isSpelled(event)) put(eventEntry(event));
  }

  /** For a moment, if it is not critical for longer. */
  function touchCritical(timeMs: number): void {
    critical ??= { fromMs: timeMs, toMs: timeMs, lengthSec: 0, shortages: [], sinceMs: null, lastMs: timeMs };
    if (timeMs > critical.lastMs)
      critical = { ...critical, lastMs: timeMs, ...(critical.sinceMs === null && { toMs: timeMs }) };
    calmMs = null;
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

  function lookAtLevels(model: Model): void {
    const { timeMs, shortages, findings, monotonicMs, hypotheses } = model;
    const now = shortages
      .filter(({ resource, level }) => resource !== 'cpu' && level === 'critical')
      .map(({ resource }) => resource);
    const finding = findings.find((one) => one.level === 'critical' && isWorthALine(one) && !isPast(one));
    const short = shortages.some(({ resource }) => resource === 'memory' || resource === 'io');
    if (now.length === 0 && finding === undefined) {
      if (critical !== null && critical.sinceMs !== null) {
        const more = Math.max(0, timeMs - critical.sinceMs) / 1000;
        critical = { ...critical, sinceMs: null, toMs: timeMs, lengthSec: critical.lengthSec + more };
      }
      if (critical !== null && !short) calmMs ??= timeMs;
      return;
    }
    calmMs = null;
    grave = { model: { hypotheses }, clock: { timeMs, monotonicMs } };
    critical ??= { fromMs: timeMs, toMs: null, lengthSec: 0, shortages: [], sinceMs: null, lastMs: timeMs };
    const all = [...new Set([...critical.shortages, ...now])];
    critical = {
      ...critical,
      ...{ sinceMs: critical.sinceMs ?? timeMs, toMs: null, lastMs: timeMs },
      shortages: all.length === critical.shortages.length ? critical.shortages : all,
    };
  }

  function recoveryOf(model: Model): Recovery | null {
    if (critical === null) return null;
    const { fromMs: begunMs, lastMs } = critical;
    const helped = entriesOf(raw).findLast(({ what, timeMs }) => {
      if (timeMs < begunMs - holeMs || timeMs > lastMs + holeMs) return false;
      return what.kind === 'event' ? isGuardHelp(what.event) : what.kind === 'action' && isHelp(what.entry);
    });
    const what = helped?.what;
    const after = what?.kind === 'action' || what?.kind === 'event' ? what : null;
    return { after, afterMs: helped?.timeMs ?? null, calmMs, worst, last: figuresOf(model) };
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
      lookAtLevels(model);
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
      const told = coalesce([...entriesOf(raw), ...spells.entries()], mostEntries, clockSet);
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
      const at = critical === null || grave === null ? null : grave;
      const othersAt = at?.clock ?? { timeMs: last.timeMs, monotonicMs: last.monotonicMs };
      const hypotheses = at?.model.hypotheses ?? last.hypotheses;
      const spanNow = spanOfCritical(critical, last.timeMs);
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
        others: othersOf(hypotheses, found),
        othersAt,
        rootCause: rootCauseOf(found, spanNow, impact),
        recovery: recoveryOf(last),
        columns: columns.all(),
        environment: environmentOf(last, { sandbox, systems }),
        score:
          score === null
            ? null
            : scoreCardOf(score, {
                command: null,
                exitCode: null,
                succeeded: succeededIn(rebuilds),
                generation: null,
              }),
      };
    },
  };

  /** Without what another line says better. */
  function entriesOf(all: readonly TimelineEntry[]): readonly TimelineEntry[] {
    return all.flatMap((entry) => {
      if (entry.what.kind === 'action' && entry.what.entry.via === 'guard') {
        // With its rule and its figures, where they were seen.
        return all.some((one) => isGuardEvent(one, entry)) ? [] : [entry];
      }
      if (entry.what.kind !== 'event') return [entry];
      const { event } = entry.what;
      switch (event.kind) {
        case 'build-ended':
          return losses.lost(event)?.cause == null && !isOurs(losses.lost(event)) ? [entry] : [];
        case 'build-failed': {
          const known = losses.lost(event);
          // A log says only by which signal; we know whose it was.
          const ours = known?.killer === 'nixpulse' && event.cause.kind === 'killed';
          const told: ModelEvent = ours ? { ...event, cause: { kind: 'killed', by: 'us' } } : event;
          return [eventEntry(told, known?.by ?? null)];
        }
        case 'killed':
          // Of ours the action tells, of a limit of Nix's the failure.
          return isAlert(event) || !isToldElsewhere(event, all) ? [entry] : [];
        case 'client-ended':
          return all.some(({ what }) => isEndOf(what, event)) ? [] : [entry];
        default:
          return [entry];
      }
    });
  }
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

function isOurs(lost: { readonly by: string | null } | null): boolean {
  return lost !== null && lost.by !== null;
}

function isToldElsewhere(event: ModelEvent, all: readonly TimelineEntry[]): boolean {
  return all.some(({ what, timeMs }) => {
    if (Math.abs(timeMs - event.timeMs) > sameEventMs) return false;
    return what.kind === 'action' || (what.kind === 'event' && what.event.kind === 'build-failed');
  });
}

function isGuardEvent({ what, timeMs }: TimelineEntry, entry: TimelineEntry): boolean {
  return (
    what.kind === 'event' && what.event.kind === 'guard' && Math.abs(timeMs - entry.timeMs) < sameEventMs
  );
}

function isEndOf(
  what: TimelineEntry['what'],
  { command, timeMs }: Extract<ModelEvent, { readonly kind: 'client-ended' }>,
): boolean {
  if (what.kind !== 'event' || what.event.kind !== 'rebuild-ended') return false;
  return what.event.command === command && Math.abs(what.event.timeMs - timeMs) < sameEventMs;
}

function isGuardHelp(event: ModelEvent): boolean {
  return event.kind === 'guard' && !event.dryRun && event.action !== 'tell' && event.status === 'done';
}

/** What takes load off the machine. */
function isHelp({ intent, status }: Extract<TimelineEntry['what'], { readonly kind: 'action' }>['entry']) {
  if (status !== 'done' && status !== 'incomplete') return false;
  const helps = [
    'kill',
    'pause',
    'cancel',
    'lower',
    'limit',
    'collect-garbage',
    'restart-daemon',
    'restart-unit',
  ];
  return intent !== null && helps.includes(intent.type);
}

function spanOfCritical(
  critical: (CriticalSpan & { readonly sinceMs: number | null }) | null,
  nowMs: number,
): CriticalSpan | null {
  if (critical === null) return null;
  const { fromMs, toMs, lengthSec, shortages, sinceMs } = critical;
  const open = sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs) / 1000;
  return { fromMs, toMs, lengthSec: lengthSec + open, shortages };
}

function figuresOf({ timeMs, memory }: Model): Figures {
  return { timeMs, availableBytes: memory.availableBytes, swapUsedBytes: memory.swapUsedBytes };
}

function endOf(event: Extract<ModelEvent, { readonly kind: 'rebuild-ended' }>): RebuildEnd {
  const { command, timeMs, built, failed, unbuilt } = event;
  const level: Level = event.level;
  return { command, timeMs, level, built, failed, unbuilt };
}

/**
 * When a rule becomes an act: its level AND for its duration AND not getting better by itself AND a second source that
 * agrees AND not right after another act. The gentlest action first, the next one when that did not help; what can be
 * undone is undone once it is calm. Where all of it is gone within seconds, durations and rests are a share of those.
 * Pure: a fold over the Models, the same live, in a dry run and over a recording (docs/decisions/0024-guard.md).
 */
import { identityKey, type ProcessIdentity } from '../base/identity.ts';
import { subjectName } from '../model/diagnosis/subject-name.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import type { GuardAction, GuardReading, GuardRuleId } from '../model/guard/guard.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { OutcomeStatus } from '../model/intents/outcome.ts';
import type { Model } from '../model/model.ts';
import { barKey, limitOfAll, nextRung, showsAfterSec } from './ladder.ts';
import {
  barredIn,
  forgotten,
  type GuardDecision,
  type GuardMemory,
  type Held,
  mostPauses,
  type Standing,
  type Undoable,
} from './memory.ts';
import { afterOthers } from './others-kills.ts';
import { nextPaces, type Pace } from './pace.ts';
import type { Candidate, GuardRule, GuardScene, GuardScope, GuardUnitState } from './rule.ts';
import { guardRules } from './rules/rules.ts';
import { retrySec } from './rules/unit.ts';
import type { GuardRuleSettings, GuardSettings } from './settings.ts';
import { mayCancelCommand, touchable } from './touchable.ts';
import { undoing } from './undo.ts';

export type { GuardDecision, GuardMemory, Undoable } from './memory.ts';
export { noGuardMemory } from './memory.ts';

export interface GuardGiven {
  readonly settings: GuardSettings;
  readonly scope: GuardScope | null;
  /** Monotonic ms until which somebody asked it to do nothing; what it did is undone all the same. */
  readonly heldUntilMs?: number | null;
  /** Of the units that the settings name; absent: nobody looks. */
  readonly units?: readonly GuardUnitState[];
  readonly rules?: readonly GuardRule[];
}

export interface Ruling {
  /** One a rule that is on, in the order of the table. */
  readonly readings: readonly GuardReading[];
  /** At most one at a time. */
  readonly decisions: readonly GuardDecision[];
  readonly memory: GuardMemory;
}

interface Wish {
  readonly reading: GuardReading;
  readonly candidate: Candidate;
  readonly key: string;
}

/** An action that has not ended after so long does not keep others from theirs. */
const pendingMs = 30_000;
/** And after so long nobody will say what became of it. */
const forgottenMs = 600_000;
/** A build that is paused again so soon has not got any further. */
const againSec = 15;
/** A build that could not be resumed so often is left to whoever resumes it by hand, and to our end. */
const mostUndoTries = 5;
/** Of the time that is left, what proof and rests may take. */
const share = 0.25;

export function judge(model: Model, known: GuardMemory, given: GuardGiven): Ruling {
  const { settings, scope, rules = guardRules, units = [] } = given;
  const nowMs = model.monotonicMs;
  const before = afterOthers(forgotten(known, model, settings.calmSec * 1000, settings.dryRun), model);
  const kept = new Map<string, unknown>();
  const paces = nextPaces(before.paces, model);
  const standings = new Map<string, Standing>();
  const readings: GuardReading[] = [];
  const wishes: Wish[] = [];
  const busy = before.pending.some(({ decidedMs }) => nowMs - decidedMs < pendingMs);
  const scene = {
    ...{ model, nowMs, settings, scope, units, paces },
    ...{ actedMs: before.acted?.atMs ?? null, ...touchable(model, scope) },
  };
  const whole = mayCancelCommand(model, scope);
  for (const { id, look } of rules) {
    const own = settings.rules[id];
    if (!own.enabled) continue;
    const candidates = look({ ...scene, keep: keeperOf(id, before.kept, kept) } satisfies GuardScene);
    if (candidates === null) continue;
    const judged = candidates.map((seen): Wish => {
      const candidate = whole ? { ...seen, command: true as const } : seen;
      const key = `${id} ${subjectKey(candidate)}`;
      const standing = nextStanding(candidate, before.standings.get(key), nowMs, id, settings);
      standings.set(key, standing);
      const resting = busy || isResting(candidate, standing, before, nowMs, id, settings);
      return { candidate, key, reading: readingOf(id, candidate, standing, own, { nowMs, resting }) };
    });
    readings.push(worstOf(judged.map(({ reading }) => reading)) ?? nothingSeen(id, own));
    wishes.push(...judged.filter(({ reading }) => reading.state === 'tripped'));
  }
  for (const [key, standing] of before.standings)
    if (!standings.has(key) && nowMs - standing.heldMs < forgetMs(ruleOfKey(key), before, settings))
      standings.set(key, { ...standing, sinceMs: null });
  const pending = before.pending.filter(({ decidedMs }) => nowMs - decidedMs < forgottenMs);
  const held = new Map([...before.held].filter(([id]) => pending.some((one) => one.id === id)));
  const memory: GuardMemory = { ...before, standings, kept, paces, pending, held };
  if (busy) return { readings, decisions: [], memory };
  // Who is asked to leave all alone goes on undoing: nothing is to stand still until a hold ends.
  const isHeld = (given.heldUntilMs ?? Number.NEGATIVE_INFINITY) > nowMs;
  const act = isHeld ? null : firstAct(wishes.toSorted(byUrgency), memory, given, model);
  if (act !== null) return decided(readings, act.decision, act.memory);
  const undo = undoing({ model, memory, settings, readings });
  if (undo === null || (isHeld && undo.action === 'kill')) return { readings, decisions: [], memory };
  const { action, intent, names, of } = undo;
  const { rule, key } = of;
  const now = readings.find((one) => one.rule === rule) ?? nothingSeen(rule, settings.rules[rule]);
  const reading = action === 'kill' ? { ...now, value: shareOf(of, model), heldSec: 0 } : now;
  return decided(
    readings,
    {
      ...{ id: memory.lastId + 1, rule, action, intent, names, reading, evidence: [] },
      ...{ decidedMs: nowMs, key, ...(action !== 'kill' && { undoesDone: of.done }) },
    },
    memory,
  );
}

/**
 * What became of it; null: nothing was to be done (`tell`, a dry run), which is judged as if it had been; `conflict`:
 * another action was in its way, and it is decided anew. A refusal or a failure does not rest: the next action has its
 * turn at the next look.
 */
export function learned(
  memory: GuardMemory,
  id: number,
  status: OutcomeStatus | 'conflict' | null,
  nowMs: number,
): GuardMemory {
  const decision = memory.pending.find((one) => one.id === id);
  if (decision === undefined) return memory;
  const pending = memory.pending.filter((one) => one !== decision);
  const held = new Map([...memory.held].filter(([one]) => one !== id));
  const rest: GuardMemory = { ...memory, pending, held };
  if (status === 'conflict') return { ...rest, standings: takenBack(memory, decision, nowMs) };
  const { action, intent } = decision;
  const isResume = action === 'resume';
  // Of a build that goes on in part the rest still stands.
  const done = status === null || status === 'done' || (status === 'incomplete' && !isResume);
  const targets = intent !== null && 'targets' in intent ? intent.targets : [];
  if (action === 'resume' || action === 'restore') {
    const keys = new Set(targets.map(({ root }) => identityKey(root)));
    const isOf = (one: Undoable) =>
      isResume === (one.action === 'pause') && keys.has(identityKey(one.target.root));
    // What stands still is tried again; but not for ever, and not where a right is missing.
    const again = isResume && !done && status !== 'denied';
    return {
      ...rest,
      undoable: memory.undoable.flatMap((one): readonly Undoable[] => {
        if (!isOf(one)) return [one];
        const failures = one.failures + 1;
        return again && one.seen && failures < mostUndoTries ? [{ ...one, failures }] : [];
      }),
      resumedMs: isResume ? nowMs : memory.resumedMs,
    };
  }
  if (action === 'tell' || action === 'restart-unit') return rest;
  // In a dry run it is there as before, and is not to be told of for ever.
  const ends = action === 'kill' || action === 'cancel';
  const failed = new Map(memory.failed);
  if (!done || (status === null && ends))
    for (const process of processesOf(intent)) failed.set(barKey(action, process), nowMs);
  if (!done) return { ...rest, failed };
  return {
    ...rest,
    failed,
    acted: { action, atMs: nowMs },
    ...undoableBy(decision, memory, status !== null),
  };
}

function processesOf(intent: GuardDecision['intent']): readonly ProcessIdentity[] {
  if (intent === null) return [];
  if (intent.type === 'cancel') return intent.clients.map(({ process }) => process);
  return 'targets' in intent ? intent.targets.map(({ root }) => root) : [];
}

/** As if it had not been decided. */
function takenBack(
  { standings }: GuardMemory,
  { key, before }: GuardDecision,
  conflictMs: number,
): GuardMemory['standings'] {
  const standing = standings.get(key);
  if (standing === undefined || before === undefined) return standings;
  const { next, taken, last, lastMs } = before;
  return new Map(standings).set(key, { ...standing, next, taken, last, lastMs, conflictMs });
}

/** With what can be undone; what a build held was noted when it was decided. */
function undoableBy(
  { id, action, intent, rule, key, decidedMs }: GuardDecision,
  { undoable, pauses, resumedMs, held: heldBy }: GuardMemory,
  done: boolean,
): Pick<GuardMemory, 'undoable' | 'pauses'> {
  if (intent === null || (action !== 'pause' && action !== 'lower' && action !== 'limit'))
    return { undoable, pauses };
  const targets: readonly BuildTarget[] = 'targets' in intent ? intent.targets : [];
  const held = heldBy.get(id);
  const added = targets.map((target): Undoable => {
    const own = held?.get(identityKey(target.root));
    return {
      ...{ rule, key, action, target, atMs: decidedMs, done, failures: 0 },
      ...{ seen: false, goneMs: null, awakeMs: null },
      ...{ heldBytes: own?.heldBytes ?? null, growthBytesPerMin: own?.growthBytesPerMin ?? null },
    };
  });
  if (action !== 'pause') return { undoable: [...undoable, ...added], pauses };
  const times = new Map(pauses);
  for (const { root } of targets) {
    const build = identityKey(root);
    const before = times.get(build) ?? 0;
    // One that was let go on, and takes all at once again, is not tried a third time.
    const atOnce = before > 0 && decidedMs - resumedMs < againSec * 1000;
    times.set(build, atOnce ? mostPauses : before + 1);
  }
  return { undoable: [...undoable, ...added], pauses: times };
}

/** Who is known to grow without end goes before who only holds much: the rule of memory would take the youngest. */
function byUrgency(a: Wish, b: Wish): number {
  return Number(b.reading.rule === 'leak') - Number(a.reading.rule === 'leak');
}

function keeperOf(rule: GuardRuleId, before: ReadonlyMap<string, unknown>, kept: Map<string, unknown>) {
  return <Kept>(key: string, next: (known: Kept | undefined) => Kept): Kept => {
    const place = `${rule} ${key}`;
    const value = next((kept.get(place) ?? before.get(place)) as Kept | undefined);
    kept.set(place, value);
    return value;
  };
}

function subjectKey({ subject }: Candidate): string {
  return 'pid' in subject ? identityKey(subject) : (subjectName(subject) ?? subject.kind);
}

function ruleOfKey(key: string): GuardRuleId {
  return key.slice(0, key.indexOf(' ')) as GuardRuleId;
}

/** After so long without it a rule begins with its gentlest action again. */
function forgetMs(rule: GuardRuleId, { undoable }: GuardMemory, { calmSec }: GuardSettings): number {
  if (rule === 'unit') return Math.max(calmSec, retrySec.at(-1) ?? 0) * 1000;
  // What is paused waits for longer each time.
  return undoable.some((one) => one.rule === rule) ? calmSec * 8000 : calmSec * 1000;
}

const noStanding: Omit<Standing, 'sinceMs' | 'heldMs'> = {
  ...{ next: 0, taken: 0, last: null, lastMs: Number.NEGATIVE_INFINITY },
  conflictMs: Number.NEGATIVE_INFINITY,
};

function nextStanding(
  { over, worsening, agrees, sinceMs: knownMs }: Candidate,
  before: Standing | undefined,
  nowMs: number,
  rule: GuardRuleId,
  { calmSec }: GuardSettings,
): Standing {
  const holds = over && worsening !== false && agrees !== false;
  const heldMs = holds ? nowMs : (before?.heldMs ?? Number.NEGATIVE_INFINITY);
  const calmMs = rule === 'unit' ? Math.max(calmSec, retrySec.at(-1) ?? 0) * 1000 : calmSec * 1000;
  // In a freeze looks may be a minute apart.
  const goesOn = before !== undefined && (before.sinceMs !== null || nowMs - before.heldMs < calmMs);
  const sinceMs = holds ? Math.min(before?.sinceMs ?? nowMs, knownMs ?? nowMs) : null;
  return goesOn ? { ...before, sinceMs, heldMs } : { ...noStanding, sinceMs, heldMs };
}

/** For how long it must have held: less where all is gone before, and never one look alone. */
function holdsLongEnough({ leftSec }: Candidate, heldSec: number, { forSec }: GuardRuleSettings): boolean {
  if (leftSec === undefined) return heldSec >= forSec;
  return heldSec >= Math.min(forSec, leftSec * share) && (heldSec > 0 || forSec === 0);
}

/** What was done has to show first, as far as there is time for that. */
function isResting(
  { leftSec }: Candidate,
  { last, lastMs, taken, conflictMs }: Standing,
  { acted }: GuardMemory,
  nowMs: number,
  rule: GuardRuleId,
  { restSec }: GuardSettings,
): boolean {
  const within = (atMs: number, sec: number) => nowMs - atMs < sec * 1000;
  if (rule === 'unit') return last === 'restart-unit' && within(lastMs, retrySec[taken] ?? restSec);
  const soonest = leftSec === undefined ? restSec : leftSec * share;
  if (within(conflictMs, Math.min(restSec, soonest))) return true;
  if (last === 'tell' && within(lastMs, Math.min(restSec, soonest))) return true;
  if (acted === null) return false;
  return within(acted.atMs, Math.min(restSec, Math.max(showsAfterSec[acted.action], soonest)));
}

function readingOf(
  rule: GuardRuleId,
  candidate: Candidate,
  { sinceMs, taken }: Standing,
  own: GuardRuleSettings,
  { nowMs, resting }: { readonly nowMs: number; readonly resting: boolean },
): GuardReading {
  const { subject, name, value, limit, unit, over, worsening, agrees, below } = candidate;
  const heldSec = sinceMs === null ? 0 : (nowMs - sinceMs) / 1000;
  const trips = sinceMs !== null && holdsLongEnough(candidate, heldSec, own);
  const state = trips
    ? resting
      ? 'resting'
      : 'tripped'
    : over
      ? 'over'
      : value === null
        ? 'unknown'
        : 'calm';
  return {
    ...{ rule, state, subject, name, value, limit, unit, heldSec: Math.floor(heldSec), forSec: own.forSec },
    ...{ worsening, agrees, taken, ...(below && { below }) },
  };
}

const worstFirst = ['tripped', 'resting', 'over', 'calm', 'unknown'] as const;

/** Of equals the first. */
function worstOf(readings: readonly GuardReading[]): GuardReading | undefined {
  return worstFirst.map((state) => readings.find((one) => one.state === state)).find((one) => one);
}

function nothingSeen(rule: GuardRuleId, { forSec }: GuardRuleSettings): GuardReading {
  return {
    ...{ rule, state: 'unknown', subject: null, name: null, value: null, limit: 0, unit: 'none' },
    ...{ heldSec: 0, forSec, worsening: null, agrees: null, taken: 0 },
  };
}

/** The next action of the first wish that has one. */
function firstAct(
  wishes: readonly Wish[],
  memory: GuardMemory,
  { settings, scope }: Pick<GuardGiven, 'settings' | 'scope'>,
  { builds, clients, monotonicMs }: Model,
): { readonly decision: GuardDecision; readonly memory: GuardMemory } | null {
  const barred = new Set(barredIn(memory));
  const isSpared = clients.some(isActivating);
  if (isSpared) barred.add('restart-daemon');
  if (isSpared || scope !== null) barred.add(limitOfAll);
  for (const { reading, candidate, key } of wishes) {
    const { rule } = reading;
    const standing = memory.standings.get(key);
    if (standing === undefined) continue;
    const rung = nextRung(candidate, standing, actionsOf(rule, standing, settings), barred);
    if (rung === null) continue;
    const { step, next } = rung;
    const id = memory.lastId + 1;
    const decision: GuardDecision = {
      ...step,
      ...{ id, rule, reading, key, before: standing, decidedMs: monotonicMs },
      evidence: candidate.evidence,
    };
    const { taken } = standing;
    const last = { next, taken: taken + 1, last: step.action, lastMs: monotonicMs };
    const standings = new Map(memory.standings).set(key, { ...standing, ...last });
    const held: Held = new Map(
      builds.map((build) => [
        identityKey(build),
        {
          heldBytes: build.residentBytes,
          growthBytesPerMin: perMinuteOf(memory.paces.get(identityKey(build))),
        },
      ]),
    );
    return { decision, memory: { ...memory, standings, held: new Map(memory.held).set(id, held) } };
  }
  return null;
}

/** What a build that has been paused holds of memory, for the rule that counts in that; null: another one counts. */
function shareOf({ rule, target }: Undoable, { builds, memory: { totalBytes } }: Model): number | null {
  const key = identityKey(target.root);
  const bytes = builds.find((build) => identityKey(build) === key)?.residentBytes ?? null;
  return rule !== 'leak' || bytes === null || !totalBytes ? null : (100 * bytes) / totalBytes;
}

function perMinuteOf(pace: Pace | undefined): number | null {
  return pace === undefined || pace.perSec === null ? null : pace.perSec * 60;
}

/** Of a unit: so many tries, and then it is only told. */
function actionsOf(rule: GuardRuleId, { taken }: Standing, settings: GuardSettings): readonly GuardAction[] {
  const { actions } = settings.rules[rule];
  if (rule !== 'unit' || !actions.includes('restart-unit')) return actions;
  return taken < settings.rules.unit.numbers.tries ? ['restart-unit'] : ['tell'];
}

function decided(readings: readonly GuardReading[], decision: GuardDecision, memory: GuardMemory): Ruling {
  const pending = [...memory.pending, decision];
  return { readings, decisions: [decision], memory: { ...memory, pending, lastId: decision.id } };
}

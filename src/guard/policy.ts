/**
 * When a rule becomes an act: its level AND for its duration AND not getting better by itself AND a second source that
 * agrees AND not right after another act. The gentlest action first, the next one when that did not help; what can be
 * undone is undone once it is calm. Pure: a fold over the Models, the same live, in a dry run and over a recording.
 */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import { subjectName } from '../model/diagnosis/subject-name.ts';
import { isActivating } from '../model/forest/derive-activation.ts';
import type { GuardAction, GuardReading, GuardRuleId, GuardUndo } from '../model/guard/guard.ts';
import type { BuildTarget, Intent } from '../model/intents/intent.ts';
import type { OutcomeStatus } from '../model/intents/outcome.ts';
import type { Build, Client, Model } from '../model/model.ts';
import { type Step, stepOf } from './ladder.ts';
import type { Candidate, GuardRule, GuardScene, GuardScope } from './rule.ts';
import { guardRules } from './rules/rules.ts';
import type { GuardRuleSettings, GuardSettings } from './settings.ts';

/** What the policy wants done now. */
export interface GuardDecision {
  /** Grows by one with each. */
  readonly id: number;
  readonly rule: GuardRuleId;
  readonly action: GuardAction | GuardUndo;
  /** Null: it is only told. */
  readonly intent: Intent | null;
  readonly names: readonly string[];
  readonly reading: GuardReading;
  readonly evidence: Candidate['evidence'];
}

/** What was done and can be undone, oldest first. */
export interface Undoable {
  readonly rule: GuardRuleId;
  readonly action: 'pause' | 'lower' | 'limit';
  readonly targets: readonly BuildTarget[];
}

/** What is remembered of one rule on one subject. Times are monotonic ms. */
interface Standing {
  /** Since when all of it has held. */
  readonly sinceMs: number | null;
  /** When it held last. */
  readonly heldMs: number;
  /** Index of the next action. */
  readonly next: number;
}

/** What the next Model is judged with. */
export interface GuardMemory {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly undoable: readonly Undoable[];
  readonly kept: ReadonlyMap<string, unknown>;
  /** Nothing is done before; monotonic ms. */
  readonly restUntilMs: number;
  /** Decided and not ended yet. */
  readonly pending: readonly GuardDecision[];
  readonly lastId: number;
  /** Kills by others that were seen; a new one is rested after. */
  readonly killsSeen: number;
}

export const noGuardMemory: GuardMemory = {
  standings: new Map(),
  undoable: [],
  kept: new Map(),
  restUntilMs: Number.NEGATIVE_INFINITY,
  pending: [],
  lastId: 0,
  killsSeen: -1,
};

export interface GuardGiven {
  readonly settings: GuardSettings;
  readonly scope: GuardScope | null;
  /** Monotonic ms until which somebody asked it to leave everything alone. */
  readonly heldUntilMs?: number | null;
  readonly rules?: readonly GuardRule[];
}

export interface Ruling {
  /** One a rule that is on, in the order of the table. */
  readonly readings: readonly GuardReading[];
  /** At most one act at a time, and undoings. */
  readonly decisions: readonly GuardDecision[];
  readonly memory: GuardMemory;
}

export function judge(model: Model, before: GuardMemory, given: GuardGiven): Ruling {
  const { settings, scope, rules = guardRules } = given;
  const nowMs = model.monotonicMs;
  const kept = new Map<string, unknown>();
  const standings = new Map<string, Standing>();
  const readings: GuardReading[] = [];
  const wishes: { readonly reading: GuardReading; readonly candidate: Candidate; readonly key: string }[] =
    [];
  const { killsSeen, rested } = restAfterOthers(model, before, settings);
  const resting = nowMs < rested || before.pending.length > 0;
  const held = (given.heldUntilMs ?? Number.NEGATIVE_INFINITY) > nowMs;
  const within = touchable(model, scope);
  for (const { id, look } of rules) {
    const own = settings.rules[id];
    if (!own.enabled) continue;
    const scene = { model, nowMs, settings, scope, ...within, keep: keeperOf(id, before.kept, kept) };
    const judged = look(scene satisfies GuardScene).map((candidate) => {
      const key = `${id} ${subjectKey(candidate)}`;
      const standing = nextStanding(candidate, before.standings.get(key), nowMs, settings);
      standings.set(key, standing);
      return { candidate, key, reading: readingOf(id, candidate, standing, own, { nowMs, resting }) };
    });
    readings.push(judged[0]?.reading ?? nothingSeen(id, own));
    for (const one of judged) if (one.reading.state === 'tripped') wishes.push(one);
  }
  const memory: GuardMemory = { ...before, standings, kept, restUntilMs: rested, killsSeen };
  if (held || resting) return { readings, decisions: [], memory };
  const act = firstAct(wishes, memory, settings);
  if (act !== null) return decided(readings, act.decision, act.memory);
  const undo = undoing(readings, model, memory, settings);
  return undo === null ? { readings, decisions: [], memory } : decided(readings, undo, memory);
}

/** What became of it. A refusal or a failure does not rest: the next action has its turn at the next look. */
export function learned(
  memory: GuardMemory,
  id: number,
  status: OutcomeStatus | null,
  nowMs: number,
  { restSec }: GuardSettings,
): GuardMemory {
  const decision = memory.pending.find((one) => one.id === id);
  if (decision === undefined) return memory;
  const pending = memory.pending.filter((one) => one !== decision);
  const done = status === null || status === 'done' || status === 'incomplete';
  const { action, intent, rule } = decision;
  const restUntilMs = done && action !== 'tell' ? nowMs + restSec * 1000 : memory.restUntilMs;
  const undoable = undoableAfter(memory.undoable, { action, intent, rule, done });
  return { ...memory, pending, restUntilMs, undoable };
}

function undoableAfter(
  undoable: readonly Undoable[],
  {
    action,
    intent,
    rule,
    done,
  }: Pick<GuardDecision, 'action' | 'intent' | 'rule'> & { readonly done: boolean },
): readonly Undoable[] {
  if (intent === null || !('targets' in intent)) return undoable;
  if (action === 'resume' || action === 'restore') {
    // Whatever came of it: what could not be undone is not tried for ever.
    const keys = new Set(intent.targets.map(({ root }) => identityKey(root)));
    const isOf = (one: Undoable) => (action === 'resume') === (one.action === 'pause');
    return undoable.filter(
      (one) => !(isOf(one) && one.targets.every(({ root }) => keys.has(identityKey(root)))),
    );
  }
  if (!done || (action !== 'pause' && action !== 'lower' && action !== 'limit')) return undoable;
  return [...undoable, { rule, action, targets: intent.targets }];
}

/** Builds and clients that may be touched: an activation, and what it builds, is left alone. */
function touchable(
  { builds, clients }: Model,
  scope: GuardScope | null,
): Pick<GuardScene, 'builds' | 'clients'> {
  const isOurs = ({ pid, processes }: Client) =>
    scope === null || pid === scope.pid || processes.some((process) => process.pid === scope.pid);
  const own = clients.filter((client) => isOurs(client) && !isActivating(client));
  const pids = new Set(own.map(({ pid }) => pid));
  const spared = new Set(clients.filter(isActivating).map(({ pid }) => pid));
  const isTouchable = ({ clientPid }: Build) =>
    scope === null ? clientPid === null || !spared.has(clientPid) : clientPid !== null && pids.has(clientPid);
  return { builds: builds.filter(isTouchable), clients: own };
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

function nextStanding(
  { over, worsening, agrees }: Candidate,
  before: Standing | undefined,
  nowMs: number,
  { calmSec }: GuardSettings,
): Standing {
  const holds = over && worsening !== false && agrees !== false;
  const heldMs = holds ? nowMs : (before?.heldMs ?? Number.NEGATIVE_INFINITY);
  const next = nowMs - heldMs < calmSec * 1000 ? (before?.next ?? 0) : 0;
  return { sinceMs: holds ? (before?.sinceMs ?? nowMs) : null, heldMs, next };
}

function readingOf(
  rule: GuardRuleId,
  { subject, name, value, limit, unit, over, worsening, agrees }: Candidate,
  { sinceMs, next }: Standing,
  { forSec }: GuardRuleSettings,
  { nowMs, resting }: { readonly nowMs: number; readonly resting: boolean },
): GuardReading {
  const heldSec = sinceMs === null ? 0 : (nowMs - sinceMs) / 1000;
  const trips = sinceMs !== null && heldSec >= forSec;
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
    ...{ rule, state, subject, name, value, limit, unit, heldSec: Math.floor(heldSec), forSec },
    ...{ worsening, agrees, taken: next },
  };
}

function nothingSeen(rule: GuardRuleId, { forSec }: GuardRuleSettings): GuardReading {
  return {
    ...{ rule, state: 'unknown', subject: null, name: null, value: null, limit: 0, unit: 'none' },
    ...{ heldSec: 0, forSec, worsening: null, agrees: null, taken: 0 },
  };
}

/** A kill by the kernel or another guard has to show before we act: two kills for one shortage are one too many. */
function restAfterOthers(
  { events, monotonicMs }: Model,
  { killsSeen: before, restUntilMs }: GuardMemory,
  { restSec }: GuardSettings,
): { readonly killsSeen: number; readonly rested: number } {
  const last = events.findLast(
    ({ kind }) => kind === 'killed' || kind === 'oom-kill' || kind === 'oom-limit',
  );
  const killsSeen = last?.timeMs ?? 0;
  // What was there when we began is none of ours.
  const isNew = before >= 0 && killsSeen > before;
  return { killsSeen, rested: isNew ? Math.max(restUntilMs, monotonicMs + restSec * 1000) : restUntilMs };
}

/** The next action of the first wish that has one; one that has none left is only told of, once. */
function firstAct(
  wishes: readonly { readonly reading: GuardReading; readonly candidate: Candidate; readonly key: string }[],
  memory: GuardMemory,
  settings: GuardSettings,
): { readonly decision: GuardDecision; readonly memory: GuardMemory } | null {
  const changed = new Set(
    memory.undoable.flatMap(({ action, targets }) =>
      targets.map(({ root }) => `${action} ${identityKey(root) satisfies IdentityKey}`),
    ),
  );
  for (const { reading, candidate, key } of wishes) {
    const { actions } = settings.rules[reading.rule];
    const standing = memory.standings.get(key);
    if (standing === undefined) continue;
    for (let next = standing.next; next < actions.length; next++) {
      const action = actions[next];
      const step = action === undefined ? null : stepOf(action, candidate, changed);
      if (step === null) continue;
      const standings = new Map(memory.standings).set(key, { ...standing, next: next + 1 });
      return { decision: decisionOf(step, reading, candidate, memory), memory: { ...memory, standings } };
    }
  }
  return null;
}

function decisionOf(
  { action, intent, names }: Step,
  reading: GuardReading,
  { evidence }: Candidate,
  { lastId }: GuardMemory,
): GuardDecision {
  return { id: lastId + 1, rule: reading.rule, action, intent, names, reading, evidence };
}

/** The oldest whose rule, and every other that could have done it, has been calm for long. */
function undoing(
  readings: readonly GuardReading[],
  model: Model,
  { undoable, standings, lastId }: GuardMemory,
  { calmSec }: GuardSettings,
): GuardDecision | null {
  if (readings.some(({ state }) => state === 'over' || state === 'tripped' || state === 'resting'))
    return null;
  const heldMs = Math.max(Number.NEGATIVE_INFINITY, ...[...standings.values()].map((one) => one.heldMs));
  if (model.monotonicMs - heldMs < calmSec * 1000) return null;
  const [oldest] = undoable;
  if (oldest === undefined) return null;
  const { rule, targets } = oldest;
  const action = oldest.action === 'pause' ? 'resume' : 'restore';
  const reading = readings.find((one) => one.rule === rule);
  if (reading === undefined) return null;
  const names = targets.map(({ name, user, root }) => name ?? user ?? `build ${root.pid}`);
  return { id: lastId + 1, rule, action, intent: { type: action, targets }, names, reading, evidence: [] };
}

function decided(readings: readonly GuardReading[], decision: GuardDecision, memory: GuardMemory): Ruling {
  const pending = [...memory.pending, decision];
  return { readings, decisions: [decision], memory: { ...memory, pending, lastId: decision.id } };
}

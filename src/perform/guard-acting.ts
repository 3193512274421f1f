/**
 * A guard put together once, for whoever runs one: each Model that was looked at is judged, what is decided is carried
 * out, what came of it is learned, and each act is told. Nothing of it waits for a disk or loads a module.
 */
import type { ProcessIdentity } from '../base/identity.ts';
import { type GuardDecision, type GuardGiven, judge, learned, noGuardMemory } from '../guard/policy.ts';
import type { GuardScope } from '../guard/rule.ts';
import type { GuardSettings } from '../guard/settings.ts';
import type { GuardAct, GuardReading, GuardRuleId, GuardStatus } from '../model/guard/guard.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import type { Model } from '../model/model.ts';
import type { Clock } from '../platform/ports.ts';

export interface GuardingOptions {
  readonly settings: GuardSettings;
  /** Null: the whole machine. */
  readonly scope: GuardScope | null;
  /** Of a performer; null: it was not begun, for another action is in its way. */
  readonly perform: (intent: Intent, rule?: GuardRuleId) => Promise<JournalEntry | null>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Ourselves, for the status. */
  readonly process: ProcessIdentity;
  /** Once it is over, or told; with the entry that the performer wrote into the journal, where there is one. */
  readonly onAct: (act: GuardAct, entry: JournalEntry | null) => void;
  /** After every look: how far each rule is from acting. */
  readonly onReadings?: (readings: readonly GuardReading[]) => void;
  /** Until then somebody asked it to leave everything alone, Unix ms. */
  readonly heldUntilMs?: () => number | null;
  /** What else the policy is given with each look. */
  readonly given?: () => Partial<GuardGiven>;
}

export interface Guarding {
  /** With every Model, right after the look. */
  looked(model: Model): void;
  /** From the next look on. What is remembered of earlier ones stays. */
  use(given: Partial<Pick<GuardingOptions, 'settings' | 'scope'>>): void;
  readonly settings: GuardSettings;
  /** Something was decided and is not over. */
  readonly busy: boolean;
  /** What it says of itself now. */
  status(): GuardStatus;
  /** Nothing is judged any more; what is under way is not touched. */
  end(): void;
}

interface Done extends Pick<GuardAct, 'status' | 'summary'> {
  readonly entry: JournalEntry | null;
}
const onlyTold: Done = { status: null, summary: null, entry: null };
/** It is not done, and the next look may decide anew. */
const inTheWay: Done = { status: 'refused', summary: 'another action was in its way', entry: null };

/** In the status. */
const mostActs = 20;

export function createGuarding(options: GuardingOptions): Guarding {
  const { clock, perform, onAct, onReadings, heldUntilMs = () => null } = options;
  const sinceMs = clock.now();
  let { settings, scope } = options;
  let memory = noGuardMemory;
  let readings: readonly GuardReading[] = [];
  let acts: readonly GuardAct[] = [];
  let ended = false;

  /** The policy knows no wall clock. */
  function heldUntilMonotonic({ monotonicMs }: Model): number | null {
    const untilMs = heldUntilMs();
    return untilMs === null ? null : monotonicMs + (untilMs - clock.now());
  }

  async function carryOut(decision: GuardDecision): Promise<void> {
    const atMs = clock.now();
    const { intent } = decision;
    // What was done while it was armed is undone by a dry run, too.
    const dryRun = decision.undoesDone === undefined ? settings.dryRun : !decision.undoesDone;
    const done = intent === null || dryRun ? onlyTold : await attempt(intent, decision.rule);
    memory = learned(memory, decision.id, done === inTheWay ? 'conflict' : done.status, clock.monotonic());
    const act = actOf(decision, { atMs, dryRun, status: done.status, summary: done.summary });
    acts = [...acts, act].slice(-mostActs);
    onAct(act, done.entry);
  }

  async function attempt(intent: Intent, rule: GuardRuleId): Promise<Done> {
    try {
      const entry = await perform(intent, rule);
      return entry === null ? inTheWay : { status: entry.status, summary: entry.summary, entry };
    } catch (error) {
      // It must not be waited for for ever.
      return { status: 'failed', summary: `a bug in nixpulse: ${String(error)}`, entry: null };
    }
  }

  return {
    looked(model) {
      if (ended) return;
      const given = { ...options.given?.(), settings, scope, heldUntilMs: heldUntilMonotonic(model) };
      const ruling = judge(model, memory, given);
      ({ memory, readings } = ruling);
      for (const decision of ruling.decisions) void carryOut(decision);
      onReadings?.(readings);
    },
    use(given) {
      settings = given.settings ?? settings;
      if (given.scope !== undefined) ({ scope } = given);
    },
    get settings() {
      return settings;
    },
    get busy() {
      return memory.pending.length > 0;
    },
    status: () => ({
      version: 1,
      ...options.process,
      atMs: clock.now(),
      sinceMs,
      scope: scope === null ? 'machine' : 'command',
      dryRun: settings.dryRun,
      heldUntilMs: heldUntilMs(),
      readings,
      acts,
    }),
    end() {
      ended = true;
    },
  };
}

function actOf(
  { rule, action, names, intent, reading: { value, limit, unit, heldSec, below }, evidence }: GuardDecision,
  done: Pick<GuardAct, 'atMs' | 'dryRun' | 'status' | 'summary'>,
): GuardAct {
  const processes = processesOf(intent);
  const whom = { names, ...(processes.length > 0 && { processes }) };
  const level = { value, limit, ...(below && { below }), unit, heldSec };
  return { rule, action, ...whom, ...level, evidence, ...done };
}

/** By which others know them: those of builds, and of clients. */
function processesOf(intent: Intent | null): readonly ProcessIdentity[] {
  if (intent === null) return [];
  if ('targets' in intent) return intent.targets.map(({ root: { pid, startTime } }) => ({ pid, startTime }));
  return intent.type === 'cancel' ? intent.clients.map(({ process }) => process) : [];
}

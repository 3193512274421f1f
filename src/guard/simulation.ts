/**
 * What a guard would have done, over Models that were recorded. An open loop: each act is taken to be done and to change
 * nothing, unless the recording itself shows it (a build that ended is gone). So the first act of a trouble is what would
 * have come, and those after it only if it had not helped. Pure.
 */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { GuardAct } from '../model/guard/guard.ts';
import type { Simulated, SimulatedAct, SimulatedTarget } from '../model/guard/simulated.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Build, Client, Model } from '../model/model.ts';
import { type GuardDecision, judge, learned, noGuardMemory } from './policy.ts';
import type { GuardSettings } from './settings.ts';

export interface Simulation {
  /** With each Model, oldest first. What would be done at it. */
  look(model: Model): readonly SimulatedAct[];
  result(): Simulated;
}

/** What follows on an act within so long belongs to the same trouble. */
const sameTroubleMs = 5 * 60_000;

export function createSimulation(settings: GuardSettings): Simulation {
  let memory = noGuardMemory;
  let looks = 0;
  let fromMs: number | null = null;
  let last: Pick<Model, 'timeMs' | 'monotonicMs'> | null = null;
  let lastActMs = Number.NEGATIVE_INFINITY;
  const acts: SimulatedAct[] = [];
  let cpuSec = new Map<IdentityKey, number>();

  return {
    look(model) {
      const { monotonicMs, timeMs, builds, clients } = model;
      // Another boot: what was known of the one before is gone with it.
      if (last !== null && monotonicMs < last.monotonicMs) memory = noGuardMemory;
      const sec = last === null ? 0 : Math.max(0, (monotonicMs - last.monotonicMs) / 1000);
      cpuSec = usedBy([...builds, ...clients], cpuSec, sec);
      last = { timeMs, monotonicMs };
      fromMs ??= timeMs;
      looks += 1;
      const ruling = judge(model, memory, { settings, scope: null });
      memory = ruling.memory;
      const now = ruling.decisions.map((decision): SimulatedAct => {
        memory = learned(memory, decision.id, null, monotonicMs);
        const after =
          changes(decision) && monotonicMs - lastActMs < sameTroubleMs && monotonicMs >= lastActMs;
        if (changes(decision)) lastActMs = monotonicMs;
        return { act: actOf(decision, timeMs), ...targetsOf(decision.intent, model, cpuSec), after };
      });
      acts.push(...now);
      return now;
    },
    result: () => ({ looks, fromMs, toMs: last?.timeMs ?? null, acts }),
  };
}

function changes({ action }: Pick<GuardDecision, 'action'>): boolean {
  return action !== 'tell' && action !== 'resume' && action !== 'restore';
}

function actOf({ rule, action, names, reading, evidence }: GuardDecision, atMs: number): GuardAct {
  const { value, limit, unit, heldSec, below } = reading;
  return {
    ...{ atMs, rule, action, names, value, limit, ...(below && { below }), unit, heldSec },
    ...{ evidence, dryRun: true, status: null, summary: null },
  };
}

/** Of what ran at the last look, too. */
function usedBy(
  some: readonly (Build | Client)[],
  before: ReadonlyMap<IdentityKey, number>,
  sec: number,
): Map<IdentityKey, number> {
  return new Map(
    some.map((one) => {
      const key = identityKey(one);
      return [key, (before.get(key) ?? 0) + (sec * (one.cpuPercent ?? 0)) / 100];
    }),
  );
}

function targetsOf(
  intent: Intent | null,
  { builds, clients }: Model,
  cpuSec: ReadonlyMap<IdentityKey, number>,
): Pick<SimulatedAct, 'lost' | 'held'> {
  const none = { lost: [], held: [] };
  if (intent === null) return none;
  const target = (one: Build | Client, name: string): SimulatedTarget => ({
    ...{ name, ageSec: one.ageSec, residentBytes: one.residentBytes },
    cpuSec: cpuSec.get(identityKey(one)) ?? 0,
  });
  if (intent.type === 'cancel') {
    const keys = new Set(intent.clients.map(({ process }) => identityKey(process)));
    const own = clients.filter((client) => keys.has(identityKey(client)));
    const pids = new Set(own.map(({ pid }) => pid));
    const theirs = builds.filter(
      ({ clientPid, host }) => host === null && clientPid !== null && pids.has(clientPid),
    );
    return {
      held: [],
      lost: [
        ...own.map((client) => target(client, client.command)),
        ...theirs.map((build) => target(build, build.name ?? `pid ${build.pid}`)),
      ],
    };
  }
  if (!('targets' in intent)) return none;
  const keys = new Set(intent.targets.map(({ root }) => identityKey(root)));
  const own = builds
    .filter((build) => keys.has(identityKey(build)))
    .map((build) => target(build, build.name ?? `pid ${build.pid}`));
  return intent.type === 'kill' ? { lost: own, held: [] } : { lost: [], held: own };
}

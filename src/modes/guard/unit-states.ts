/** The units that the settings name, asked beside the looks: one program for all of them, and each whether it answers. */
import type { GuardUnitState } from '../../guard/rule.ts';
import type { GuardedUnit } from '../../guard/settings.ts';
import { isActivating } from '../../model/forest/derive-activation.ts';
import type { Model } from '../../model/model.ts';
import { parseUnitStates, unitStateProperties } from '../../parse/unit-states.ts';
import type { Clock, Spawn } from '../../platform/ports.ts';

export interface UnitStates {
  /** With every look, when nothing is urgent any more. */
  looked(model: Model): void;
  /** As they were seen last; what was seen too long ago is not known. */
  states(): readonly GuardUnitState[];
}

export interface UnitStatesOptions {
  readonly spawn: Pick<Spawn, 'run'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly units: () => readonly GuardedUnit[];
  /** Of a URL or a socket. Never rejects. */
  readonly ask: (what: string) => Promise<boolean | null>;
}

const everyMs = 5000;
/** A connection is a line in the journal of many a service. */
const askEveryMs = 30_000;
const programMs = 4000;
/** Then nobody has looked for too long. */
const staleMs = 20_000;
/** One answer that is missing may be a restart, or a busy machine: so many in a row are none. */
const mostMissing = 2;

interface Asked {
  readonly dueMs: number;
  readonly missing: number;
  readonly answers: boolean | null;
}
const neverAsked: Asked = { dueMs: 0, missing: 0, answers: null };

export function createUnitStates({ spawn, clock, units, ask }: UnitStatesOptions): UnitStates {
  let seen: readonly GuardUnitState[] = [];
  let seenMs = Number.NEGATIVE_INFINITY;
  let dueMs = 0;
  let asking = false;
  let resting = false;
  const asked = new Map<string, Asked>();

  async function look(named: readonly GuardedUnit[]): Promise<void> {
    const names = named.map(({ unit }) => unit);
    const args = ['show', `--property=${unitStateProperties.join(',')}`, '--', ...names];
    const run = await spawn.run('systemctl', args, { timeoutMs: programMs, environment: { LC_ALL: 'C' } });
    const active = parseUnitStates(run.ok && run.value.exitCode === 0 ? run.value.stdout : '', names);
    const states = named.map(async ({ unit, asks }, index): Promise<GuardUnitState> => {
      const up = active[index] ?? null;
      return { unit, active: up, answers: asks === null ? null : await answersOf(unit, asks, up) };
    });
    seen = await Promise.all(states);
    seenMs = clock.monotonic();
  }

  /** One that is down is not asked, and begins anew when it is up. */
  async function answersOf(unit: string, asks: string, up: boolean | null): Promise<boolean | null> {
    const before = asked.get(unit) ?? neverAsked;
    if (up === false) {
      asked.delete(unit);
      return null;
    }
    const nowMs = clock.monotonic();
    if (nowMs < before.dueMs) return before.answers;
    const answer = await ask(asks);
    const missing = answer === false ? before.missing + 1 : 0;
    const answers = answer === false && missing < mostMissing ? before.answers : answer;
    asked.set(unit, { missing, answers, dueMs: nowMs + (answer === false ? everyMs : askEveryMs) });
    return answers;
  }

  return {
    looked(model) {
      const named = units();
      const nowMs = clock.monotonic();
      // A switch stops units and starts them again itself.
      resting = model.clients.some(isActivating);
      // While memory is short no program is started, and who is slow then has a reason.
      const short = model.pressure.memory.level === 'critical';
      if (named.length === 0 || asking || resting || short || nowMs < dueMs) return;
      asking = true;
      dueMs = nowMs + everyMs;
      void look(named).finally(() => {
        asking = false;
      });
    },
    states: () => (resting || clock.monotonic() - seenMs > staleMs ? [] : seen),
  };
}

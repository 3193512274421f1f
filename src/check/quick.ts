/** The items of `diagnose --quick`: what the checks find of a machine as it is, and what only a moment tells. */
import type { CheckItem } from '../model/advice/check.ts';
import type { AskedUnit, QuickFacts } from '../model/advice/quick-facts.ts';
import type { RebuildFacts } from '../model/advice/rebuild-facts.ts';
import { memoryItem } from './rebuild/memory.ts';
import { cacheItems } from './rebuild/peers.ts';
import { disksItem } from './rebuild/running.ts';
import { spaceItems } from './rebuild/space.ts';
import { databaseItem, stateItems } from './rebuild/state.ts';
import { unseen } from './unseen.ts';

export function quickItems(facts: QuickFacts): readonly CheckItem[] {
  return [
    ...ofMachine(facts),
    failedUnits(facts),
    ...facts.asked.map(askedUnit),
    journalErrors(facts),
    ...cacheItems({ ...facts, builders: [], refusedMachines: [], unreadMachines: [], asRoot: false }),
  ];
}

/** Where the machine was not read in time, all that it would have told is not known. */
function ofMachine(facts: QuickFacts): readonly CheckItem[] {
  const { machine } = facts;
  if (!machine.ok) {
    const late = (['daemon', 'store-space', 'memory', 'disks'] as const).map((id) =>
      unseen(id, null, machine.problem),
    );
    return [...late, databaseItem(facts)];
  }
  const known: Omit<RebuildFacts, 'boot' | 'builders' | 'refusedMachines' | 'unreadMachines' | 'asRoot'> = {
    ...facts,
    machine: machine.value,
    // Nothing is evaluated: what will come is not known.
    dryRun: null,
  };
  return [...stateItems(known), ...spaceItems(known), memoryItem(known), disksItem(machine.value)];
}

function failedUnits({ units }: Pick<QuickFacts, 'units'>): CheckItem {
  if (!units.ok) return unseen('failed-units', null, units.problem);
  const failed = units.value.failed.map(({ unit }) => unit);
  // Of many a machine one has failed for years: it is no failure of this rebuild.
  const state = failed.length === 0 ? 'ok' : failed.some(isOfNix) ? 'failed' : 'warning';
  return {
    id: 'failed-units',
    subject: null,
    state,
    found: { kind: 'failed-units', units: failed },
  };
}

function isOfNix(unit: string): boolean {
  return /^nix(?:os)?-/.test(unit);
}

function askedUnit({ unit, active, asks }: AskedUnit): CheckItem {
  if (asks?.found.ok === false) return unseen('unit', unit, asks.found.problem);
  // Without systemd what it answers is all that is known of it.
  if (!active.ok && asks === null) return unseen('unit', unit, active.problem);
  const state = active.ok ? active.value : null;
  const silent = asks?.found.ok === true ? asks.found.value : null;
  const isUp = state === null || state === 'active';
  return {
    id: 'unit',
    subject: unit,
    state: isUp && silent === null ? 'ok' : isComing(state) ? 'warning' : 'failed',
    found: { kind: 'unit', unit, active: state, asks: asks?.address ?? null, silent },
  };
}

function isComing(active: string | null): boolean {
  return active === 'activating' || active === 'reloading';
}

function journalErrors({ errors }: Pick<QuickFacts, 'errors'>): CheckItem {
  if (!errors.ok) return unseen('journal-errors', null, errors.problem);
  return {
    id: 'journal-errors',
    subject: null,
    state: errors.value.count === 0 ? 'ok' : 'warning',
    found: { kind: 'journal-errors', ...errors.value },
  };
}

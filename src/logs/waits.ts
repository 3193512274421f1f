/** What goals stand still for. */
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { WaitFor } from '../model/rebuild/activity.ts';
import type { Draft } from './draft.ts';

export function startWait(draft: Draft, id: string, waitFor: WaitFor, said: boolean): void {
  const before = draft.rebuild.waits.get(id);
  if (!said) draft.memory.realised = true;
  // `SQLite database … is busy` is said again and again: it waits since the first time.
  const sinceMs = said && before !== undefined ? before.sinceMs : draft.timeMs;
  draft.map('waits').set(id, { for: waitFor, sinceMs, drv: drvOf(draft, waitFor), said });
}

export function endWait(draft: Draft, id: string): void {
  if (draft.rebuild.waits.has(id)) draft.map('waits').delete(id);
}

/** Who said that it waits and says something else now, waits no more; who says it again does. */
export function endSaidWaits(draft: Draft, again?: WaitFor['kind']): void {
  for (const [id, wait] of draft.rebuild.waits)
    if (wait.said && wait.for.kind !== again && wait.sinceMs < draft.timeMs) draft.map('waits').delete(id);
}

/** An output's lock is waited for by the planned derivation of that name, `-dev` and the like aside. */
function drvOf(draft: Draft, waitFor: WaitFor): string | null {
  const { rebuild } = draft;
  if (waitFor.kind === 'machine' || waitFor.kind === 'build-user') return waitFor.drv;
  if (waitFor.kind !== 'output-lock') return null;
  const names = new Set(waitFor.paths.map((path) => `${nameOfPath(path)}.drv`));
  const stems = new Set(waitFor.paths.map((path) => `${nameOfPath(path).replace(/-[a-z]+$/, '')}.drv`));
  const byName = plannedByName(draft);
  for (const places of [names, stems]) {
    for (const name of places) {
      const drv = byName.get(name);
      if (drv !== undefined && rebuild.planned.has(drv)) return drv;
    }
  }
  return null;
}

const indexes = new WeakMap<Draft, { readonly size: number; readonly byName: ReadonlyMap<string, string> }>();

/** Made once while the events of a tick are folded, and again where more was planned: hundreds may begin to wait at once. */
function plannedByName(draft: Draft): ReadonlyMap<string, string> {
  const { planned } = draft.rebuild;
  const known = indexes.get(draft);
  if (known !== undefined && planned.size <= known.size) return known.byName;
  const byName = new Map<string, string>();
  for (const drv of planned) byName.set(nameOfPath(drv), drv);
  indexes.set(draft, { size: planned.size, byName });
  return byName;
}

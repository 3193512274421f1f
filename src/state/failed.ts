/** What failed and stays in view until it is dismissed: a row for each root cause, below the builds that run. */
import { keptRows } from '../base/same.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { KeptEntry } from '../model/intents/outcome.ts';
import type { Model } from '../model/model.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { Cause, RootCause } from '../model/rebuild/cause.ts';
import { failedBuild, failedBuildId, failedIds, isFailure } from '../model/rebuild/failed.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { FailedRow, State, UiState } from './state.ts';
import { withUi } from './ui.ts';

type Known = Pick<Model, 'rebuilds'>;

/** The last one first. The same rows and the same list while nothing changed. */
export function failedRows(
  { rebuilds }: Known,
  { view, dismissed, filter }: UiState,
  entries: readonly KeptEntry[],
  before: readonly FailedRow[],
): readonly FailedRow[] {
  if (view !== 'overview' || rebuilds.every(({ failures }) => failures.length === 0)) {
    return before.length === 0 ? before : [];
  }
  const rows = rebuilds
    .flatMap((followed) => followed.failures.map((root) => failedRow(followed, root, entries)))
    .filter(({ root, ids }) => isFailure(root) && !ids.every((id) => dismissed.has(id)))
    .filter((row) => matchesFailed(row, filter))
    .sort((a, b) => b.root.atMs - a.root.atMs);
  return keptRows(before, rows);
}

/** By its key, or by the rebuild and derivation of a build that was looked at while it ran. */
export function findFailed(
  { rebuilds }: Known,
  { entries }: Pick<State['journal'], 'entries'>,
  key: string,
): FailedRow | null {
  for (const followed of rebuilds)
    for (const root of followed.failures)
      if (failedIds(followed.id, root).includes(key)) return failedRow(followed, root, entries);
  return null;
}

function failedRow(followed: FollowedRebuild, root: RootCause, entries: readonly KeptEntry[]): FailedRow {
  const { id, command } = followed;
  const ids = failedIds(id, root);
  const [drv] = root.drvs;
  const build = failedBuild(followed, root);
  const endedMs = build?.endedMs ?? root.atMs;
  const names = root.drvs.map(nameOfDerivation);
  const cause: Cause = wasEndedByUs(root.cause, names, command, endedMs, entries)
    ? { kind: 'killed', by: 'us' }
    : root.cause;
  return {
    key: ids[0] ?? failedBuildId(id, ''),
    rebuild: id,
    command,
    ids,
    name: drv === undefined ? null : nameOfDerivation(drv),
    root: cause === root.cause ? root : { ...root, cause },
    build,
  };
}

/** Ends that a signal can lead to. */
const endings: readonly Cause['kind'][] = ['killed', 'signal', 'exit', 'unknown', 'out-of-memory'];
const endingIntents: readonly Intent['type'][] = ['kill', 'signal', 'cancel'];
const beforeMs = 30_000;
const afterMs = 5_000;

/** The journal names what was killed by its name, and a client by its command. */
function wasEndedByUs(
  { kind }: Cause,
  names: readonly string[],
  command: string | null,
  endedMs: number,
  entries: readonly KeptEntry[],
): boolean {
  if (!endings.includes(kind)) return false;
  return entries.some(({ intent, time }) => {
    if (intent === null || !endingIntents.includes(intent.type)) return false;
    const atMs = Date.parse(time);
    if (!(atMs <= endedMs + afterMs && atMs >= endedMs - beforeMs)) return false;
    switch (intent.type) {
      case 'kill':
        return intent.targets.some(({ name }) => name !== null && names.includes(name));
      case 'signal':
        return (
          intent.signal !== 'CONT' &&
          intent.signal !== 'STOP' &&
          intent.build.name !== null &&
          names.includes(intent.build.name)
        );
      case 'cancel':
        return (
          intent.clients.some((client) => client.command === command) ||
          intent.orphans.some(({ name }) => name !== null && names.includes(name))
        );
      default:
        return false;
    }
  });
}

function matchesFailed({ name, command, root, ids }: FailedRow, filter: string): boolean {
  if (filter === '') return true;
  const lower = filter.toLowerCase();
  return [name, command, root.text, ...ids].some((text) => text?.toLowerCase().includes(lower) === true);
}

/** The selected one; where no build runs and nothing is selected, the one at the top. */
export function cursorFailed({ failed, ui, rows, layout }: State): FailedRow | null {
  if (ui.selected !== null) return failed.find(({ key }) => key === ui.selected) ?? null;
  return rows.length === 0 && layout.failedRows > 0 ? (failed[0] ?? null) : null;
}

/** Takes it out of view; the next one is selected. */
export function dismiss(state: State, row: FailedRow): State {
  const { ui, failed } = state;
  const at = failed.findIndex(({ key }) => key === row.key);
  const next = failed[at + 1] ?? failed[at - 1];
  return withUi(state, {
    dismissed: new Set([...ui.dismissed, ...row.ids]),
    selected: next?.key ?? (ui.selected === row.key ? null : ui.selected),
  });
}

/** What was dismissed of rebuilds that nobody follows any more is forgotten. */
export function stillDismissed(dismissed: UiState['dismissed'], { rebuilds }: Known): UiState['dismissed'] {
  if (dismissed.size === 0) return dismissed;
  const alive = new Set(
    rebuilds.flatMap((followed) => followed.failures.flatMap((root) => failedIds(followed.id, root))),
  );
  const rest = [...dismissed].filter((id) => alive.has(id));
  return rest.length === dismissed.size ? dismissed : new Set(rest);
}

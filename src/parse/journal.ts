/** The journal's lines (JSON lines of our own), checked before anything of them is shown. */
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry, OutcomeStatus } from '../model/intents/outcome.ts';
import { isJsonObject, parseJsonObject } from './json-object.ts';

const statuses: readonly string[] = [
  'done',
  'incomplete',
  'failed',
  'refused',
  'denied',
  'cancelled',
] satisfies readonly OutcomeStatus[];

/** The last `most` entries; lines that are none (torn by a crash, of another version) are left out. */
export function parseJournal(text: string, most: number): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  const lines = text.split('\n');
  for (let index = lines.length - 1; index >= 0 && entries.length < most; index -= 1) {
    const entry = parseJournalLine(lines[index] ?? '');
    if (entry !== null) entries.push(entry);
  }
  return entries.reverse();
}

export function parseJournalLine(line: string): JournalEntry | null {
  if (line === '') return null;
  const value = parseJsonObject(line);
  return isEntry(value) ? value : null;
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isJsonObject(value) || value.version !== 1) return false;
  const { time, user, via, intent, title, status, summary, details, durationMs } = value;
  return (
    typeof time === 'string' &&
    Number.isFinite(Date.parse(time)) &&
    typeof user === 'string' &&
    (via === 'dashboard' || via === 'command') &&
    isIntent(intent) &&
    typeof title === 'string' &&
    typeof status === 'string' &&
    statuses.includes(status) &&
    typeof summary === 'string' &&
    Array.isArray(details) &&
    details.every((line) => typeof line === 'string') &&
    typeof durationMs === 'number'
  );
}

/** As far as it is shown: its kind and the identities it names. */
function isIntent(value: unknown): value is Intent {
  if (!isJsonObject(value)) return false;
  const { targets, build, process, clients, orphans, profile, paths } = value;
  switch (value.type) {
    case 'kill':
    case 'pause':
    case 'resume':
      return isList(targets, isBuildTarget);
    case 'signal':
      return isBuildTarget(build) && isIdentity(process);
    case 'cancel':
      return isList(clients, isClientTarget) && isList(orphans, isBuildTarget);
    case 'rollback':
      return isJsonObject(profile) && typeof profile.path === 'string';
    case 'repair':
      return isList(paths, (path) => typeof path === 'string');
    case 'restart-daemon':
    case 'verify':
    case 'collect-garbage':
      return true;
    default:
      return false;
  }
}

function isBuildTarget(value: unknown): boolean {
  return isJsonObject(value) && isIdentity(value.root);
}

function isClientTarget(value: unknown): boolean {
  return isJsonObject(value) && isIdentity(value.process) && typeof value.command === 'string';
}

function isIdentity(value: unknown): boolean {
  return isJsonObject(value) && typeof value.pid === 'number' && typeof value.startTime === 'number';
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

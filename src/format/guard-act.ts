/** What a guard did, for the journal, a hook and a desktop: one sentence, and fields that programs read. */
import { oneLine, printable } from '../base/text.ts';
import type { GuardAct } from '../model/guard/guard.ts';
import { actClause } from './guard-words.ts';
import type { JournalFields } from './journal-entry.ts';

type Done = GuardAct['action'];

/** `paused a-1 (memory short: 34%, limit 20%, for 5 s)`; of what failed with the action's own words. */
export function guardActText(act: GuardAct): string {
  const { status, summary } = act;
  const trouble = summary === null || status === null || status === 'done' ? '' : `: ${summary}`;
  return printable(oneLine(`${actClause(act)}${trouble}`));
}

/** syslog(3): 3 error, 4 warning, 5 notice. */
export function guardPriority({ action, dryRun, status }: GuardAct): 3 | 4 | 5 {
  if (dryRun || action === 'resume' || action === 'restore') return 5;
  if (status !== null && status !== 'done') return 3;
  return action === 'kill' || action === 'cancel' ? 3 : 4;
}

/** One a kind of entry, for `journalctl MESSAGE_ID=…` (docs/guard.md). */
export const guardMessageIds = {
  tell: '77e4b8496a1a439083b35a8b10bbee28',
  act: 'd9ce692062b94735ac560efc475526c8',
  kill: '9093a59ccb1c49febcceb466366421da',
  undo: '4f07f144ec3f447c99fbc7429fdbe02e',
  'dry-run': 'afe3a9fb56f54b379817308af045029e',
  state: 'efe65151f29d42b2a9175a8c5f95c849',
} as const;
export type GuardMessage = keyof typeof guardMessageIds;

export function guardMessageOf({ action, dryRun }: GuardAct): GuardMessage {
  if (dryRun) return 'dry-run';
  if (action === 'tell') return 'tell';
  if (action === 'resume' || action === 'restore') return 'undo';
  return action === 'kill' || action === 'cancel' ? 'kill' : 'act';
}

/** Those that name builds. One without a name is called after its user, in several words. */
const onBuilds: readonly Done[] = ['lower', 'limit', 'pause', 'kill', 'resume', 'restore'];

/** systemd.journal-fields(7), and ours. Values are in the unit that NIXPULSE_UNIT names. */
export function guardJournalFields(act: GuardAct): JournalFields {
  return {
    MESSAGE: guardActText(act),
    PRIORITY: guardPriority(act),
    MESSAGE_ID: guardMessageIds[guardMessageOf(act)],
    SYSLOG_IDENTIFIER: 'nixpulse-guard',
    ...guardWordsOf(act),
    DRV: onBuilds.includes(act.action) ? (act.names.find((name) => /^\S+$/.test(name)) ?? null) : null,
  };
}

/** For a hook: the same words as in the journal. */
export function guardEnvironment(act: GuardAct): Readonly<Record<string, string>> {
  const known = Object.entries({ NIXPULSE_MESSAGE: guardActText(act), ...guardWordsOf(act) });
  return Object.fromEntries(known.map(([name, value]) => [name, value === null ? '' : String(value)]));
}

function guardWordsOf(act: GuardAct): JournalFields {
  const { rule, action, names, value, limit, unit, heldSec, dryRun, status, summary } = act;
  return {
    NIXPULSE_RULE: rule,
    NIXPULSE_ACTION: action,
    NIXPULSE_TARGET: names.map((name) => printable(oneLine(name))).join(' '),
    NIXPULSE_VALUE: value,
    NIXPULSE_LIMIT: limit,
    NIXPULSE_UNIT: unit,
    NIXPULSE_HELD_SEC: heldSec,
    NIXPULSE_STATUS: status,
    NIXPULSE_SUMMARY: summary === null ? null : printable(oneLine(summary)),
    NIXPULSE_DRY_RUN: dryRun ? 1 : 0,
  };
}

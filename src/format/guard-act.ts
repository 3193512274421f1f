/** What a guard did, for the journal, a hook and a desktop: one sentence, and fields that programs read. */
import { listText, plural } from '../base/plural.ts';
import { oneLine, printable } from '../base/text.ts';
import type { GuardAct, GuardRuleId } from '../model/guard/guard.ts';
import { evidenceValue } from './evidence.ts';
import type { JournalFields } from './journal-entry.ts';

type Done = GuardAct['action'];
/** What is said of it. */
export type ToldAct = Omit<GuardAct, 'atMs' | 'evidence' | 'processes'>;

const verbs: Readonly<Record<Exclude<Done, 'tell'>, readonly [done: string, would: string]>> = {
  lower: ['lowered', 'lower'],
  limit: ['limited', 'limit'],
  pause: ['paused', 'pause'],
  kill: ['killed', 'kill'],
  cancel: ['cancelled', 'cancel'],
  'restart-daemon': ['restarted', 'restart'],
  'restart-unit': ['restarted', 'restart'],
  resume: ['resumed', 'resume'],
  restore: ['restored', 'restore'],
};

/** What the value of a rule is of. */
export const guardRuleWords: Readonly<Record<GuardRuleId, string>> = {
  memory: 'memory pressure',
  leak: 'memory of one build',
  io: 'disk await',
  stuck: 'no progress',
  'rebuild-time': 'time of a rebuild',
  'build-time': 'time of a build',
  space: 'space left',
  'memory-delta': 'memory of a rebuild',
  unit: 'unit down',
};

/** Where seconds are left, or little is. */
const secondsWords: Readonly<Partial<Record<GuardRuleId, string>>> = {
  memory: 'memory is gone in',
  space: 'full in',
};
const leftWords: Readonly<Partial<Record<GuardRuleId, string>>> = { memory: 'memory left' };

/** `paused a-1: memory pressure 34%, limit 20%, for 5 s`; `would pause …`; `could not pause …: needs root`. */
export function guardActText(act: ToldAct): string {
  return printable(oneLine(`${deedText(act)}: ${reasonText(act)}${troubleText(act)}`));
}

/** `paused a-1`, `would pause a-1`, `could not pause a-1`, `look at a-1`. */
export function deedText({ action, names, dryRun, status }: ToldAct): string {
  const whom = names.length === 0 ? 'the machine' : listText(names);
  if (action === 'tell') return names.length === 0 ? 'look' : `look at ${whom}`;
  const [done, would] = verbs[action];
  if (dryRun) return `would ${would} ${whom}`;
  return status === 'done' || status === 'incomplete' ? `${done} ${whom}` : `could not ${would} ${whom}`;
}

/** What the value is of: of what is left, or of the time until nothing is, other words. */
export function measureWords({
  rule,
  unit,
  below,
}: Pick<GuardAct, 'rule' | 'unit'> & { readonly below?: true | undefined }): string {
  const own = guardRuleWords[rule];
  return (below && unit === 's' ? secondsWords[rule] : below && leftWords[rule]) || own;
}

/** `memory pressure 34%, limit 20%, for 5 s`; what is undone is undone because it is calm. */
export function reasonText({ action, rule, value, limit, unit, heldSec, below }: ToldAct): string {
  const own = guardRuleWords[rule];
  if (rule === 'unit')
    return `down or silent${heldSec > 0 ? ` for ${plural(heldSec, 'second', 'seconds')}` : ''}`;
  if (action === 'resume' || action === 'restore') return `${own} is calm`;
  const words = measureWords({ rule, unit, below });
  const text = (number: number) => evidenceValue({ value: number, unit });
  const level = value === null ? '' : ` ${text(value)}`;
  const bound = limit === 0 || unit === 'none' ? '' : `, limit ${text(limit)}`;
  return `${words}${level}${bound}${heldSec > 0 ? `, for ${plural(heldSec, 'second', 'seconds')}` : ''}`;
}

function troubleText({ status, summary }: ToldAct): string {
  return summary === null || status === 'done' || status === null ? '' : ` (${summary})`;
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

/** The words of a guard that is armed: how far one can rely on it, and how near its rules are to acting. */
import { lengthText } from '../base/duration.ts';
import { subjectName } from '../model/diagnosis/subject-name.ts';
import { clientCommand, commandTitle } from '../model/forest/client-command.ts';
import type { GuardReading } from '../model/guard/guard.ts';
import { type GuardSeen, type GuardStanding, silentMs, standingOf } from '../model/guard/guard-seen.ts';
import { evidenceValue } from './evidence.ts';
import { deedText } from './guard-act.ts';
import type { Tone } from './paint.ts';

interface Word {
  readonly text: string;
  /** The same where room is short. */
  readonly short: string;
  readonly tone: Tone | undefined;
}

/** So long what it did stands in the place of its state. */
const justMs = 60_000;

/** `guard`, `guard dry run`, `guard paused firefox-130.0`, `guard held 42 min`, `guard silent 40 s`. `nowMs`: Unix ms. */
export function guardWord(guard: GuardSeen, nowMs: number): Word {
  const standing = standingOf(guard, nowMs);
  const act = guard.acts.at(-1);
  const isJust = act !== undefined && nowMs - act.atMs >= 0 && nowMs - act.atMs < justMs;
  if (standing === 'armed' && isJust) {
    // A command without its options: the title is narrow.
    const names = act.names.map((name) => (name.includes(' ') ? commandTitle(name) : name));
    const text = `guard: ${deedText({ ...act, names })}`;
    return { text, short: `guard: ${act.dryRun ? 'would ' : ''}${act.action}`, tone: 'accent' };
  }
  const text = standingText(guard, nowMs);
  const short = standing === 'armed' ? 'guard' : `guard ${standing}`;
  return { text: `guard${text === 'armed' ? '' : ` ${text}`}`, short, tone: standingTones[standing] };
}

export const standingTones: Readonly<Record<GuardStanding, Tone | undefined>> = {
  armed: undefined,
  held: 'accent',
  silent: 'warning',
  ended: 'warning',
};

/** `armed`, `dry run`, `held 42 min`, `silent 40 s`, `ended`. */
export function standingText(guard: GuardSeen, nowMs: number): string {
  const standing = standingOf(guard, nowMs);
  switch (standing) {
    case 'ended':
      return 'ended';
    case 'silent':
      return `silent ${lengthText(silentMs(guard, nowMs))}`;
    case 'held':
      return `held ${lengthText(Math.max(0, (guard.heldUntilMs ?? nowMs) - nowMs))}`;
    case 'armed':
      return guard.dryRun ? 'dry run' : 'armed';
  }
}

const order: readonly GuardStanding[] = ['silent', 'held', 'armed', 'ended'];

/** Of several the one that most needs a look: none that is gone while another is there. Null: there is none. */
export function mainGuard(guards: readonly GuardSeen[], nowMs: number): GuardSeen | null {
  const rank = (guard: GuardSeen) => order.indexOf(standingOf(guard, nowMs));
  return guards.reduce<GuardSeen | null>(
    (first, one) => (first === null || rank(one) < rank(first) ? one : first),
    null,
  );
}

/**
 * How near it is to acting: its level is the first half, its duration the second one; 1: it acts, or rests after that.
 * Null: not known, or it has no limit.
 */
export function nearness(reading: GuardReading): number | null {
  const { value, limit, unit, state, heldSec, forSec } = reading;
  if (value === null || limit <= 0 || unit === 'none') return null;
  if (state === 'tripped' || state === 'resting') return 1;
  const held = forSec <= 0 ? 0 : Math.min(1, heldSec / forSec);
  return (levelPart(value, reading) + (state === 'over' ? held : 0)) / 2;
}

/** 0 far from its level, 1 there or beyond. */
function levelPart(value: number, { limit, below }: GuardReading): number {
  const part = below === true ? (value <= 0 ? 1 : limit / value) : value / limit;
  return Math.min(1, Math.max(0, part));
}

/** `42%`, `12 min`; empty of what is there or not. Nothing is told in the unit of what it acts at. */
export function measuredText({ value, unit, limit }: GuardReading): string {
  if (value === null) return '';
  const text = amountText(value, unit);
  return value === 0 && unit === 's' ? `0 ${amountText(limit, unit).split(' ').at(-1)}` : text;
}

/** `20%`, `below 3%`; empty where there is none. */
export function limitText({ limit, unit, below }: GuardReading): string {
  const text = limit <= 0 ? '' : amountText(limit, unit);
  return text !== '' && below === true ? `below ${text}` : text;
}

function amountText(value: number, unit: GuardReading['unit']): string {
  if (unit === 'none') return '';
  return unit === 's' ? lengthText(value * 1000) : evidenceValue({ value, unit });
}

/** From here on minutes tell more. */
const minutesFromSec = 120;

/** `3 of 5 s`, `12 of 30 min`; empty of a rule that acts at once. */
export function heldText({ heldSec, forSec }: GuardReading): string {
  if (forSec <= 0) return '';
  if (forSec < minutesFromSec) return `${heldSec} of ${forSec} s`;
  return `${Math.floor(heldSec / 60)} of ${Math.round(forSec / 60)} min`;
}

/** Of the machine nothing has a name but the command that is watched. */
const ofCommand = (subject: GuardReading['subject']) =>
  subject?.kind === 'client' || subject?.kind === 'rebuild' || subject?.kind === 'machine';

/** What it is nearest to its level of; of a command what tells it from others comes first, for it is cut. */
export function readingName({ name, subject, state }: GuardReading): string {
  if (name !== null) return ofCommand(subject) ? clientCommand(name) : name;
  const named = subject === null ? null : subjectName(subject);
  return named ?? (state === 'unknown' ? '' : 'the machine');
}

export interface ReadingState {
  readonly short: string;
  /** With why it does not act. */
  readonly text: string;
  readonly tone: Tone | undefined;
}

export function readingState(reading: GuardReading, dryRun: boolean): ReadingState {
  const { state, worsening, agrees, heldSec, forSec } = reading;
  switch (state) {
    case 'unknown':
      return { short: 'unknown', text: 'nothing to judge', tone: 'muted' };
    case 'calm': {
      const beyond = reading.value !== null && reading.limit > 0 && levelPart(reading.value, reading) === 1;
      return {
        short: 'calm',
        text: beyond && worsening === false ? 'calm, does not grow' : 'calm',
        tone: 'ok',
      };
    }
    case 'over': {
      const why =
        agrees === false
          ? ', no second source'
          : worsening === false
            ? ', but gets better'
            : heldSec < forSec
              ? ', not long enough'
              : '';
      return { short: 'over', text: `over${why}`, tone: 'warning' };
    }
    case 'tripped':
      return {
        short: dryRun ? 'would act' : 'acts',
        text: dryRun ? 'would act now' : 'acts now',
        tone: 'danger',
      };
    case 'resting':
      return { short: 'rests', text: 'rests after an act', tone: 'warning' };
  }
}

/** `dry run, 2 of 9 rules over`. */
export function guardSummary(guard: GuardSeen, nowMs: number): string {
  const over = guard.readings.filter(({ state }) => state !== 'calm' && state !== 'unknown').length;
  const rules = over === 0 ? '' : `, ${over} of ${guard.readings.length} rules over`;
  return `${standingText(guard, nowMs)}${rules}`;
}

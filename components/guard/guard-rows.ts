/** The page of guards: how far each can be relied on, how near its rules are to acting, what it did lately. */
import { clockText, dayText, minuteText } from '../../src/base/clock-time.ts';
import { lengthText } from '../../src/base/duration.ts';
import { type Problem, problemText } from '../../src/base/problem.ts';
import { oneLine, printable, textColumns } from '../../src/base/text.ts';
import { bar } from '../../src/format/chart.ts';
import { type Cell, type Column, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { guardActText, measureWords } from '../../src/format/guard-act.ts';
import {
  heldText,
  limitText,
  mainGuard,
  measuredText,
  nearness,
  readingName,
  readingState,
  standingText,
  standingTones,
} from '../../src/format/guard-words.ts';
import { composeRow, type Span, span } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import type { GuardAct, GuardReading } from '../../src/model/guard/guard.ts';
import {
  type GuardSeen,
  type GuardStanding,
  guardToHold,
  silentMs,
  standingOf,
} from '../../src/model/guard/guard-seen.ts';
import type { Theme } from '../theme.ts';
import type { Head } from '../why/why-rows.ts';

interface Line {
  readonly reading: GuardReading;
  readonly dryRun: boolean;
  readonly unicode: boolean;
}

/** From here on a state says why, and a rule what it looks at. */
const wordyFrom = 96;
const roomyFrom = 116;
const barColumns = 10;

const quiet = ({ state }: GuardReading) => state === 'unknown';

const nearCell = ({ reading, unicode }: Line): Cell => {
  const { tone } = readingState(reading, false);
  return { text: bar(nearness(reading), barColumns, unicode), tone };
};

const columns = (width: number): readonly Column<Line>[] => [
  {
    ...{ id: 'rule', title: 'RULE', align: 'left', width: 12, keep: 100 },
    cell: ({ reading }) => ({ text: reading.rule, tone: quiet(reading) ? 'muted' : undefined }),
  },
  ...(width < roomyFrom
    ? []
    : [
        {
          ...{ id: 'what', title: 'LOOKS AT', align: 'left', width: 12, most: 20, keep: 40 },
          cell: ({ reading }) => ({ text: measureWords(reading), tone: 'muted' }),
        } as const satisfies Column<Line>,
      ]),
  {
    ...{ id: 'on', title: 'ON', align: 'left', width: 12, most: 24, keep: 60 },
    cell: ({ reading }) => ({ text: readingName(reading) }),
  },
  {
    ...{ id: 'now', title: 'NOW', align: 'right', width: 8, keep: 95 },
    cell: ({ reading }) => ({ text: measuredText(reading), tone: readingState(reading, false).tone }),
  },
  {
    ...{ id: 'limit', title: 'ACTS AT', align: 'right', width: 9, keep: 90 },
    cell: ({ reading }) => ({ text: limitText(reading) }),
  },
  {
    ...{ id: 'near', title: 'HOW NEAR', align: 'left', width: barColumns, keep: 50 },
    cell: nearCell,
  },
  {
    ...{ id: 'held', title: 'HELD', align: 'right', width: 12, keep: 70 },
    cell: ({ reading }) => ({ text: heldText(reading), tone: reading.heldSec > 0 ? undefined : 'muted' }),
  },
  {
    ...{ id: 'state', title: 'STATE', align: 'left', width: 8, most: Number.POSITIVE_INFINITY, keep: 92 },
    cell: ({ reading, dryRun }) => {
      const { short, text, tone } = readingState(reading, dryRun);
      return { text: width < wordyFrom ? short : text, tone };
    },
  },
];

/** Of the page: the guard that most needs a look. `nowMs`: Unix ms. */
export function guardHead(guards: readonly GuardSeen[], nowMs: number): Head {
  const guard = mainGuard(guards, nowMs);
  if (guard === null) return { marks: [span('none', 'muted')], text: 'No guard is armed here.' };
  return { marks: [standingSpan(guard, nowMs)], text: whoseText(guard) };
}

function standingSpan(guard: GuardSeen, nowMs: number): Span {
  return span(standingText(guard, nowMs), standingTones[standingOf(guard, nowMs)] ?? 'ok');
}

function whoseText({ scope, uid, directory }: GuardSeen): string {
  if (scope === 'command') return 'guards the command that it runs';
  return uid === 0 || directory === null ? 'guards this machine' : `guards what is of uid ${uid}`;
}

/** Below its head. `holdKey` null: nothing can be held here. `problem`: of a status that cannot be read, or is not to be trusted. */
export function guardRows(
  guards: readonly GuardSeen[],
  nowMs: number,
  holdKey: string | null,
  width: number,
  theme: Theme,
  problem: Problem | null = null,
): string[] {
  const main = mainGuard(guards, nowMs);
  if (main === null) {
    const told =
      problem === null ? [] : words([`What one says is not read: ${problemText(problem)}`], width, theme);
    return [...told, ...words(noGuard, width, theme)];
  }
  const others = guards.filter((guard) => guard !== main);
  const keyOf = (guard: GuardSeen) => (guard === guardToHold(guards) ? holdKey : null);
  return [
    ...guardPart(main, nowMs, keyOf(main), width, theme),
    ...others.flatMap((guard) => [
      '',
      composeRow(
        [span(' '), standingSpan(guard, nowMs), span('  '), span(whoseText(guard), 'title')],
        width,
        theme,
      ),
      ...guardPart(guard, nowMs, keyOf(guard), width, theme),
    ]),
  ];
}

const noGuard = [
  'A guard acts when nobody watches: it lowers or pauses a build before the machine stands still, and ends one only when nothing gentler helps.',
  'nixpulse guard starts one; services.nixpulse.guard.enable has NixOS run it. At first it only says what it would do. docs/guard.md tells more.',
];

function guardPart(
  guard: GuardSeen,
  nowMs: number,
  holdKey: string | null,
  width: number,
  theme: Theme,
): string[] {
  const standing = standingOf(guard, nowMs);
  return [
    ...words([noteText(guard, standing, nowMs, holdKey)], width, theme),
    '',
    ...ruleRows(guard, width, theme),
    '',
    ...actRows(guard.acts, nowMs, width, theme),
  ];
}

/** What one can rely on, and what there is to do about it. */
function noteText(guard: GuardSeen, standing: GuardStanding, nowMs: number, holdKey: string | null): string {
  const since = `since ${minuteText(guard.sinceMs)}`;
  const hold = holdKey === null ? '' : `; ${holdKey} holds it for an hour`;
  switch (standing) {
    case 'armed':
      return guard.dryRun
        ? `It only says what it would do, ${since}: dry-run = false in [guard] of config.toml arms it${hold}.`
        : `It acts by itself, ${since}${hold}.`;
    case 'held': {
      const until = minuteText(guard.heldUntilMs ?? nowMs);
      const end = holdKey === null ? '' : `; ${holdKey} ends that`;
      return `It was asked to leave everything alone until ${until}${end}.`;
    }
    case 'silent':
      return `It has said nothing for ${lengthText(silentMs(guard, nowMs))}: it is held up, or stands still. What it said last:`;
    case 'ended':
      return 'It was killed, and guards nothing any more. What it paused is resumed by nixpulse guard release. What it said last:';
  }
}

function words(lines: readonly string[], width: number, theme: Theme): string[] {
  return lines.flatMap((line) =>
    wrapped(printable(line, theme.unicode), width - 2).map((part) =>
      composeRow([span(' '), span(part, 'muted')], width, theme),
    ),
  );
}

function ruleRows({ readings, dryRun }: GuardSeen, width: number, theme: Theme): string[] {
  if (readings.length === 0) return words(['None of its rules is on.'], width, theme);
  const lines = readings.map((reading): Line => ({ reading, dryRun, unicode: theme.unicode }));
  const fit = fitColumns(columns(width), width - 2, lines);
  return [
    titleRow(fit, width, theme, ' '),
    ...lines.map((line) => tableRow(fit, line, width, theme, { before: [span(' ')] })),
  ];
}

/** Newest first; what has no room in its line goes on in the next one. */
function actRows(acts: readonly GuardAct[], nowMs: number, width: number, theme: Theme): string[] {
  const title = composeRow([span(' WHAT IT DID LATELY', 'title')], width, theme);
  if (acts.length === 0) return [title, ...words(['Nothing yet.'], width, theme)];
  const times = acts.map(({ atMs }) =>
    dayText(atMs) === dayText(nowMs) ? clockText(atMs) : `${dayText(atMs)} ${clockText(atMs)}`,
  );
  const timeColumns = Math.max(...times.map((time) => textColumns(time)));
  const rows = acts.flatMap((act, index) => {
    const text = printable(oneLine(guardActText(act)), theme.unicode);
    const before = [span(' '), { text: times[index] ?? '', tone: 'muted', width: timeColumns } as const];
    return wrapped(text, Math.max(20, width - timeColumns - 4)).map((part, line) => ({
      act,
      spans: [
        ...(line === 0 ? before : [span(' '.repeat(timeColumns + 1))]),
        span('  '),
        span(part, actTone(act)),
      ],
    }));
  });
  const ordered = acts.toReversed().flatMap((act) => rows.filter((row) => row.act === act));
  return [title, ...ordered.map(({ spans }) => composeRow(spans, width, theme))];
}

function actTone({ action, dryRun, status }: GuardAct) {
  if (dryRun) return undefined;
  if (status !== null && status !== 'done') return 'warning';
  return action === 'kill' || action === 'cancel' ? 'danger' : undefined;
}

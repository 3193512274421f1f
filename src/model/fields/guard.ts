/** Fields of guards: what each says of itself, of its rules, and of what it did. */
import { subjectName } from '../diagnosis/subject-name.ts';
import type { GuardAct, GuardReading } from '../guard/guard.ts';
import { type GuardSeen, standingOf } from '../guard/guard-seen.ts';
import {
  changingFlag,
  changingText,
  count,
  type Field,
  flag,
  list,
  number,
  seconds,
  text,
  ticks,
  time,
  within,
} from './field.ts';

export interface WordedGuard extends GuardSeen {
  readonly acts: readonly (GuardAct & { readonly text: string })[];
}
/** A guard and the moment at which it is looked at: Unix ms, monotonic ms. */
export interface GuardAt {
  readonly guard: WordedGuard;
  readonly timeMs: number;
  readonly monotonicMs: number;
}
/** What it did, and when: monotonic ms. */
export interface GuardActAt {
  readonly act: WordedGuard['acts'][number];
  readonly monotonicMs: number;
}

export function actsOf({ guard, timeMs, monotonicMs }: GuardAt): readonly GuardActAt[] {
  return guard.acts.map((act) => ({ act, monotonicMs: monotonicMs - (timeMs - act.atMs) }));
}

export const guardFields: readonly Field<GuardAt>[] = [
  number('pid', 'PID', 'Process of the guard.', ({ guard }) => guard.pid),
  ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.', ({ guard }) => guard.startTime),
  changingText(
    'state',
    'STATE',
    '`armed`; `held`: somebody asked it to leave everything alone for a while; `silent`: it has said nothing for ten seconds; `ended`: its process is gone.',
    ({ guard, timeMs }) => standingOf(guard, timeMs),
  ),
  flag('dryRun', 'DRY RUN', 'It only tells what it would do.', ({ guard }) => guard.dryRun),
  text('scope', 'SCOPE', '`machine`, or `command`: what it runs itself.', ({ guard }) => guard.scope),
  time('since', 'SINCE', 'When it was armed, ISO 8601 in UTC.', ({ guard }) => guard.sinceMs),
  time('said', 'SAID', 'When it said this.', ({ guard }) => guard.atMs),
  time(
    'heldUntil',
    'HELD UNTIL',
    'Until then it leaves everything alone; null: it does not.',
    ({ guard }) => guard.heldUntilMs,
  ),
  text(
    'directory',
    'DIRECTORY',
    'Where its files are; null: it guards within the nixpulse that says so.',
    ({ guard }) => guard.directory,
  ),
  number('uid', 'UID', 'Whose directory that is.', ({ guard }) => guard.uid),
];

type Measure = Pick<GuardReading, 'value' | 'limit' | 'unit' | 'heldSec' | 'below'>;

function measureFields<Row>(of: (row: Row) => Measure): readonly Field<Row>[] {
  return [
    count('value', 'VALUE', 'What was measured, in `unit`; null: not known.', (row) => of(row).value),
    count('limit', 'LIMIT', 'Level of the rule, in `unit`; 0: it has none.', (row) => of(row).limit),
    text('unit', 'UNIT', 'Of both.', (row) => of(row).unit),
    flag('below', 'BELOW', 'It acts where the value is below the limit.', (row) => of(row).below === true),
    seconds('heldSec', 'HELD', 'For so long it had held without a pause.', (row) => of(row).heldSec),
  ];
}

export const guardReadingFields: readonly Field<GuardReading>[] = [
  text('rule', 'RULE', 'Which one.'),
  changingText(
    'state',
    'STATE',
    '`unknown`; `calm`: below its level; `over`: above it, and not for long enough, or it gets better, or no second source agrees; `tripped`: it acts; `resting`: it would, and it was acted a moment ago.',
  ),
  ...within('subject', ({ subject }: GuardReading) => subject, [
    text(
      'kind',
      'SUBJECT',
      '`machine`, `build`, `client`, `rebuild`, `device`, `filesystem`, `unit`; what is nearest to the level.',
    ),
    number('pid', 'PID', 'Of a process.', (subject) => ('pid' in subject ? subject.pid : undefined)),
    ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.', (subject) =>
      'startTime' in subject ? subject.startTime : undefined,
    ),
    text(
      'name',
      'NAME',
      'Of what is no process: device, mount point, unit.',
      (subject) => subjectName(subject) ?? undefined,
    ),
  ]),
  text('name', 'NAME', 'What it is called; null: nobody names it.'),
  ...measureFields((reading: GuardReading) => reading),
  seconds('forSec', 'FOR', 'It acts when it has held for so long.'),
  changingFlag('worsening', 'WORSENING', 'It gets worse; null: it does not matter to this rule.'),
  changingFlag('agrees', 'AGREES', 'A second source says the same; null: there is none.'),
  count('taken', 'TAKEN', 'How many of its actions were taken since it was calm.'),
];

export const guardActFields: readonly Field<GuardActAt>[] = [
  time('time', 'TIME', 'When, ISO 8601 in UTC.', ({ act }) => act.atMs),
  text('rule', 'RULE', 'Which one.', ({ act }) => act.rule),
  text(
    'action',
    'ACTION',
    '`tell`, `lower`, `limit`, `pause`, `kill`, `cancel`, `restart-daemon`, `restart-unit`; what was undone: `resume`, `restore`.',
    ({ act }) => act.action,
  ),
  list('names', 'NAMES', 'On whom; empty: the machine.', ({ act }) => act.names),
  flag('dryRun', 'DRY RUN', 'It was only said.', ({ act }) => act.dryRun),
  text(
    'status',
    'STATUS',
    '`done`, `incomplete`, `failed`, `refused`, `denied`, `cancelled`; null: nothing was to be done.',
    ({ act }) => act.status,
  ),
  text('summary', 'SUMMARY', 'What came of it; null: nothing was to be done.', ({ act }) => act.summary),
  ...measureFields(({ act }: GuardActAt) => act),
  text('text', 'WHAT', 'One clause for people.', ({ act }) => act.text),
];

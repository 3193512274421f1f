/** Fields of findings and hypotheses. */
import type { Remedy } from '../diagnosis/remedy.ts';
import { subjectName } from '../diagnosis/subject-name.ts';
import { changingText, type Field, flag, list, number, seconds, text, ticks, within } from './field.ts';
import type { WordedModel } from './notes.ts';

/** Of a finding and the moment (monotonic ms) at which it is looked at. */
export interface FindingAt {
  readonly finding: WordedModel['findings'][number];
  readonly monotonicMs: number;
}

export const findingFields: readonly Field<FindingAt>[] = [
  text('id', 'ID', 'The same as long as it lasts.', ({ finding }) => finding.id),
  text('hypothesis', 'HYPOTHESIS', 'Which hypothesis it speaks for.', ({ finding }) => finding.hypothesis),
  changingText(
    'level',
    'LEVEL',
    '`ok` (worth knowing), `warning` or `critical`.',
    ({ finding }) => finding.level,
  ),
  changingText('state', 'STATE', '`possible`, `likely` or `confirmed`.', ({ finding }) => finding.state),
  text('kind', 'KIND', 'What was found, as a word.', ({ finding }) => finding.found.kind),
  ...within('subject', ({ finding }: FindingAt) => finding.subject, [
    text(
      'kind',
      'SUBJECT',
      '`machine`, `build`, `client`, `process`, `rebuild`, `device`, `filesystem`, `cgroup`, `path`, `unit`, `cache` or `builder`.',
    ),
    number('pid', 'PID', 'Of a process.', (subject) => ('pid' in subject ? subject.pid : undefined)),
    ticks('startTime', 'STARTED', 'With `pid` it names the process for ever.', (subject) =>
      'startTime' in subject ? subject.startTime : undefined,
    ),
    text(
      'name',
      'NAME',
      'Of what is no process: device, mount point, path, unit, address, host.',
      (subject) => subjectName(subject) ?? undefined,
    ),
  ]),
  seconds('sinceSec', 'SINCE', 'For how long.', ({ finding, monotonicMs }) =>
    Math.max(0, (monotonicMs - finding.sinceMs) / 1000),
  ),
  text('probe', 'PROBE', 'What would settle it; null: nothing is open.', ({ finding }) => finding.probe),
  text('text', 'WHAT', 'One line for people.', ({ finding }) => finding.text),
];

export const remedyFields: readonly Field<Remedy>[] = [
  text('kind', 'KIND', '`key`, `command`, `nix` or `advice`.'),
  text('title', 'TITLE', 'What it does.'),
  text('risk', 'RISK', 'What may be lost by it; null: nothing.'),
  text(
    'command',
    'COMMAND',
    'Of `command` the command, of `key` the id of the command of the dashboard.',
    (one) => ('command' in one ? one.command : undefined),
  ),
  flag('root', 'ROOT', 'Of `command`: it takes root.', (one) => ('root' in one ? one.root : undefined)),
  list('lines', 'LINES', 'Of `nix`: lines of a NixOS configuration.', (one) =>
    'lines' in one ? one.lines : undefined,
  ),
];

export const hypothesisFields: readonly Field<WordedModel['hypotheses'][number]>[] = [
  text('id', 'ID', 'Which one.'),
  changingText('state', 'STATE', '`untested`, `refuted`, `unlikely`, `possible`, `likely` or `confirmed`.'),
  list('findings', 'FINDINGS', 'Ids of its findings, the worst first.'),
  text(
    'untested',
    'UNTESTED',
    'Why nothing is known: `privilege`, `log`, `probe`, `unsupported` or `time`.',
    (one) => (one.ground.untested === null ? undefined : one.ground.untested.kind),
  ),
  text('title', 'TITLE', 'In words.'),
];

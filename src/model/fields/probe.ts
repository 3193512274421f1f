/** Fields of probes that run, and of what each brought last. */
import { changingFlag, changingText, type Field, text, time } from './field.ts';
import type { ProbeAt } from './notes.ts';
import { problemFieldsOf } from './shared.ts';

export const probeFields: readonly Field<ProbeAt>[] = [
  text('id', 'PROBE', 'Which one.'),
  text('subject', 'SUBJECT', 'What it is asked about; null: the machine.'),
  changingFlag('ok', 'OK', 'It brought something; null while it runs.'),
  changingText('text', 'WHAT', 'What it brought, or what it does now: one line for people.'),
  time('started', 'STARTED', 'When it began, ISO 8601 in UTC.', (row) => row.startedMs),
  time('ended', 'ENDED', 'When it ended; null while it runs.', (row) => row.endedMs),
  ...problemFieldsOf('it brought nothing'),
];

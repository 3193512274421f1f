/** Fields of the decision path: one row a question. */
import { changingFlag, changingText, type Field, list, text, within } from './field.ts';
import type { WordedModel } from './notes.ts';

/** Of a question and the moment (monotonic ms) at which it is looked at. */
export interface QuestionAt {
  readonly step: WordedModel['questions'][number];
  readonly monotonicMs: number;
}

export const decisionFields: readonly Field<QuestionAt>[] = [
  text('id', 'ID', 'Which question.', ({ step }) => step.id),
  text('question', 'QUESTION', 'In words.', ({ step }) => step.question),
  changingText('answer', 'ANSWER', '`yes`, `no` or `open`.', ({ step }) => step.answer),
  changingFlag('here', 'HERE', 'The path stands here.', ({ step }) => step.here),
  list('hypotheses', 'HYPOTHESES', 'Which hypotheses answer it.', ({ step }) => step.hypotheses),
  list('findings', 'FINDINGS', 'Ids of their findings, the worst first.', ({ step }) => step.findings),
  changingText(
    'basis',
    'BY',
    'By what it is answered: `progress`, `nothing-runs`, `findings`, `verdict`, `grounds`, `evaluation` or `bisection`.',
    ({ step }) => step.basis.kind,
  ),
  text('text', 'WHAT', 'One clause for people.', ({ step }) => step.text),
  ...within('next', ({ step }: QuestionAt) => step.next, [
    changingText(
      'kind',
      'NEXT',
      'What comes next: `probe`, `remedy`, `privilege`, `log`, `time` or `wait`; null: the next question.',
    ),
    text('probe', 'PROBE', 'Of `probe` which one.', (next) => ('probe' in next ? next.probe : undefined)),
    text('subject', 'SUBJECT', 'Of `probe` what it looks at; null: the machine.', (next) =>
      'subject' in next ? next.subject : undefined,
    ),
    text('finding', 'FINDING', 'Of `remedy` the id of the finding.', (next) =>
      'finding' in next ? next.finding : undefined,
    ),
    text('privilege', 'PRIVILEGE', 'Of `privilege` which one.', (next) =>
      'privilege' in next ? next.privilege : undefined,
    ),
  ]),
  text(
    'nextText',
    'NEXT',
    'What comes next, for people; null: the next question.',
    ({ step }) => step.nextText,
  ),
];

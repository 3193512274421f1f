/** What is typed, chosen or said, above the footer. */
import { memo, type ReactElement } from 'react';
import { sortIds, topMode, useSelect } from '../../hooks/use-select.ts';
import { isQuestion, type Question } from '../../src/model/ui/modes.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { promptRow } from './prompt-row.ts';
import { questionLines } from './question.ts';

export const Prompt = memo(function Prompt(): ReactElement | null {
  const mode = useSelect(topMode);
  const notice = useSelect((state) => state.ui.notice);
  const { columns, promptRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const question = isQuestion(mode) ? mode : null;
  if (promptRows === 0) return null;
  if (question !== null) return <QuestionPrompt question={question} />;
  const row = promptRow({ mode, notice, sortIds }, columns, theme);
  return <Lines rows={row === null ? [] : [row]} height={promptRows} />;
});

/** Apart, so that only an open question is drawn anew with every tick. */
function QuestionPrompt({ question }: { readonly question: Question }): ReactElement {
  const model = useSelect((state) => state.model);
  const paused = useSelect((state) => state.paused);
  const lowered = useSelect((state) => state.lowered);
  const actions = useSelect((state) => state.actions);
  const command = useSelect((state) => state.command);
  const generations = useSelect((state) => state.generations);
  const garbage = useSelect((state) => state.storeCheck.garbage);
  const { columns, promptRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const around = { model, paused, lowered, actions, command, generations, garbage };
  return <Lines rows={questionLines(question, around, columns, theme)} height={promptRows} />;
}

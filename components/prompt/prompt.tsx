/** What is typed, chosen or said, above the footer. */
import { memo, type ReactElement } from 'react';
import { sortIds, topMode } from '../../hooks/selectors.ts';
import { useSelect } from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { promptRow } from './prompt-row.ts';

export const Prompt = memo(function Prompt(): ReactElement | null {
  const mode = useSelect(topMode);
  const notice = useSelect((state) => state.ui.notice);
  const { columns, promptRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (promptRows === 0) return null;
  const row = promptRow({ mode, notice, sortIds }, columns, theme);
  return <Lines rows={row === null ? [] : [row]} height={promptRows} />;
});

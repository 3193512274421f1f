/** What is typed, chosen or said, above the footer. */
import { memo, type ReactElement } from 'react';
import { useSelect } from '../../hooks/use-select.ts';
import type { SortId } from '../../src/store/state.ts';
import { Lines } from '../line/line.tsx';
import { topMode } from '../shown.ts';
import { useTheme } from '../theme.ts';
import { promptRow } from './prompt-row.ts';

/** As the store's cursor counts them. */
const sortIds: readonly SortId[] = ['name', 'age', 'user', 'cpu', 'resident', 'growth', 'io'];

export const Prompt = memo(function Prompt(): ReactElement | null {
  const mode = useSelect(topMode);
  const notice = useSelect((state) => state.ui.notice);
  const { columns, promptRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (promptRows === 0) return null;
  const row = promptRow({ mode, notice, sortIds }, columns, theme);
  return <Lines rows={row === null ? [] : [row]} height={promptRows} />;
});

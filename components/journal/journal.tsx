/** View 7: what was done and what happened. */
import { memo, type ReactElement } from 'react';
import { useSelect } from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { useTheme } from '../theme.ts';
import { journalRows } from './journal-rows.ts';

export const Journal = memo(function Journal(): ReactElement {
  const journal = useSelect((state) => state.journal);
  const key = useSelect((state) => state.ui.selectedEntry);
  const { columns, pageRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const selected = Math.max(
    0,
    journal.rows.findIndex((row) => row.key === key),
  );
  return (
    <>
      <Pressure />
      <Lines rows={journalRows(journal, selected, pageRows, columns, theme)} height={pageRows} />
    </>
  );
});

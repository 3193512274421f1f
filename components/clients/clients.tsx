/** The clients above the build list. */
import { memo, type ReactElement } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { clientRows } from './client-rows.ts';

export const Clients = memo(function Clients(): ReactElement | null {
  const clients = useSelect((state) => shownModel(state).clients);
  const transfers = useSelect((state) => shownModel(state).transfers);
  const { columns, clientRows: height } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (height === 0) return null;
  return <Lines rows={clientRows({ clients, transfers }, height, columns, theme)} height={height} />;
});

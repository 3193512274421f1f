/** View 4: charts of what was. */
import { memo, type ReactElement } from 'react';
import { useSelect } from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';

export const HistoryView = memo(function HistoryView(): ReactElement {
  const { pageRows } = useSelect((state) => state.layout);
  return (
    <>
      <Pressure />
      <Lines rows={[]} height={pageRows} />
    </>
  );
});

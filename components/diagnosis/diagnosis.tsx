/** View 6: what may keep a rebuild from getting on. */
import { memo, type ReactElement, useMemo, useRef } from 'react';
import {
  diagnosisIndex,
  diagnosisRows,
  shownModel,
  testsOf,
  useModelParts,
  useSelect,
} from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { useTheme } from '../theme.ts';
import { type DrawnRows, diagnosisViewRows } from './diagnosis-rows.ts';

const shownParts = [
  'findings',
  'hypotheses',
  'verdicts',
  'probes',
  'guards',
  'decision',
  'builds',
  'clients',
] as const;

export const Diagnosis = memo(function Diagnosis(): ReactElement {
  const model = useModelParts(shownParts);
  const monotonicMs = useSelect((state) => Math.floor(shownModel(state).monotonicMs / 1000) * 1000);
  const key = useSelect((state) => state.ui.selectedDiagnosis);
  const { columns, pageRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const disks = useSelect((state) => shownModel(state).disks);
  const { findings, hypotheses, clients } = model;
  const rows = useMemo(
    () =>
      diagnosisRows({ findings, hypotheses }).map((row) => ({
        ...row,
        // What would settle the hypothesis stands in its first row, unless the finding has a subject of its own.
        tests: row.first || row.finding?.probe != null ? testsOf(row, { disks, clients }) : [],
      })),
    [findings, hypotheses, disks, clients],
  );
  const drawn = useRef<{ readonly theme: unknown; readonly rows: DrawnRows }>({ theme, rows: new Map() });
  const before = drawn.current.theme === theme ? drawn.current.rows : undefined;
  // Times go on while nothing changes.
  const now = { ...model, monotonicMs, timeMs: model.timeMs + monotonicMs - model.monotonicMs };
  const list = { rows, selected: diagnosisIndex(rows, key) };
  const view = diagnosisViewRows(now, list, { height: pageRows, width: columns }, theme, before);
  drawn.current = { theme, rows: view.drawn };
  return (
    <>
      <Pressure />
      <Lines rows={view.rows} height={pageRows} />
    </>
  );
});

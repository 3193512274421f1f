/** The evidence of a finding, a hypothesis, or the verdict on a build. */
import { memo, type ReactElement, useMemo } from 'react';
import {
  diagnosisMode,
  lookedAt,
  shownModel,
  testsOf,
  useModelParts,
  useSelect,
} from '../../hooks/use-select.ts';
import { span } from '../../src/format/row.ts';
import { useTheme } from '../theme.ts';
import { WordedPage } from './page.tsx';
import { type Head, headOf, whyRows } from './why-rows.ts';

const shownParts = ['findings', 'hypotheses', 'verdicts', 'builds', 'clients', 'probes'] as const;

export const Why = memo(function Why(): ReactElement | null {
  const model = useModelParts(shownParts);
  const monotonicMs = useSelect((state) => Math.floor(shownModel(state).monotonicMs / 1000) * 1000);
  const disks = useSelect((state) => shownModel(state).disks);
  const mode = useSelect(diagnosisMode);
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const page = useMemo(() => {
    const looked = mode === null ? null : lookedAt(model, mode.of);
    const clock = { monotonicMs, timeMs: model.timeMs + monotonicMs - model.monotonicMs };
    const head = looked === null ? null : headOf(looked, clock);
    if (looked === null || head === null) return null;
    const tests = testsOf(looked, { disks, clients: model.clients });
    return { head, rows: whyRows({ looked, tests, probes: model.probes }, clock, columns, theme) };
  }, [mode, model, disks, monotonicMs, columns, theme]);
  if (mode === null) return null;
  const { head, rows } = page ?? over;
  return (
    <WordedPage
      title="WHY"
      head={head}
      rows={rows}
      scroll={mode.scroll}
      columns={columns}
      height={bodyRows}
      theme={theme}
    />
  );
});

export const over: { readonly head: Head; readonly rows: readonly string[] } = {
  head: { marks: [span('over', 'muted')], text: 'This is over; Esc goes back.' },
  rows: [],
};

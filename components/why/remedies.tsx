/** The ways out of what was found. */
import { memo, type ReactElement, useMemo } from 'react';
import { useKeyOf } from '../../hooks/use-commands.ts';
import { diagnosisMode, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { useTheme } from '../theme.ts';
import { LookedPage, useLooked } from './looked-page.tsx';
import { remedyRows } from './remedy-rows.ts';
import { WhyFailed } from './why-failed.tsx';

const shownParts = ['findings', 'hypotheses', 'verdicts', 'builds'] as const;

export const Remedies = memo(function Remedies(): ReactElement | null {
  const failed = useSelect((state) => diagnosisMode(state)?.of.kind === 'failed');
  return failed ? <WhyFailed /> : <RemediesFound />;
});

const RemediesFound = memo(function RemediesFound(): ReactElement | null {
  const about = useLooked(useModelParts(shownParts));
  const finding = about?.looked.finding ?? null;
  const { columns } = useSelect((state) => state.layout);
  const keyOf = useKeyOf();
  const theme = useTheme();
  const rows = useMemo(
    () => (finding === null ? [] : remedyRows(finding, keyOf, columns, theme)),
    [finding, keyOf, columns, theme],
  );
  return <LookedPage title="WHAT HELPS" head={finding === null ? null : (about?.head ?? null)} rows={rows} />;
});

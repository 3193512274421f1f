/** The evidence of a finding, a hypothesis, or the verdict on a build. */
import { memo, type ReactElement, useMemo } from 'react';
import { diagnosisMode, shownModel, testsOf, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { useTheme } from '../theme.ts';
import { LookedPage, useLooked } from './looked-page.tsx';
import { WhyFailed } from './why-failed.tsx';
import { whyRows } from './why-rows.ts';

const shownParts = ['findings', 'hypotheses', 'verdicts', 'builds', 'clients', 'probes'] as const;

export const Why = memo(function Why(): ReactElement | null {
  const failed = useSelect((state) => diagnosisMode(state)?.of.kind === 'failed');
  return failed ? <WhyFailed /> : <WhyFound />;
});

const WhyFound = memo(function WhyFound(): ReactElement | null {
  const model = useModelParts(shownParts);
  const about = useLooked(model);
  const disks = useSelect((state) => shownModel(state).disks);
  const { columns } = useSelect((state) => state.layout);
  const theme = useTheme();
  const { clients, probes } = model;
  const rows = useMemo(() => {
    if (about === null) return [];
    const { looked, clock } = about;
    return whyRows({ looked, tests: testsOf(looked, { disks, clients }), probes }, clock, columns, theme);
  }, [about, disks, clients, probes, columns, theme]);
  return <LookedPage title="WHY" head={about?.head ?? null} rows={rows} />;
});

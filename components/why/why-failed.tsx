/** Why a build or a rebuild failed: what its last words mean, what would confirm it, and the ways out. */
import { memo, type ReactElement, useMemo } from 'react';
import { useExplanation } from '../../hooks/use-explanation.ts';
import { diagnosisMode, findFailed, shownModel, useSelect } from '../../hooks/use-select.ts';
import { printable } from '../../src/base/text.ts';
import { rootCauseRow } from '../../src/format/causes.ts';
import { explanationRows } from '../../src/format/explanation-text.ts';
import { failedTitle } from '../../src/format/failed-words.ts';
import { span } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import { useTheme } from '../theme.ts';
import { LookedPage } from './looked-page.tsx';

export const WhyFailed = memo(function WhyFailed(): ReactElement | null {
  const rebuilds = useSelect((state) => shownModel(state).rebuilds);
  const journal = useSelect((state) => state.journal);
  const of = useSelect((state) => diagnosisMode(state)?.of ?? null);
  const { columns } = useSelect((state) => state.layout);
  const theme = useTheme();
  const failed = of?.kind === 'failed' ? findFailed({ rebuilds }, journal, of.failed) : null;
  const root = failed?.root ?? null;
  const explanation = useExplanation(root);
  const rows = useMemo(() => {
    if (root === null) return [];
    const sheet = { width: columns - 1, style: theme, cuts: true } as const;
    const said = wrapped(printable(rootCauseRow(root), theme.unicode), columns - 2);
    const known = explanation === null ? [] : explanationRows(sheet, explanation);
    return [...said, '', ...known].map((row) => (row === '' ? row : ` ${row}`));
  }, [root, explanation, columns, theme]);
  const head = failed === null ? null : { marks: [span('FAILED', 'danger')], text: failedTitle(failed) };
  return <LookedPage title="WHY" head={head} rows={rows} />;
});

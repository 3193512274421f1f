/** View 5: generations above, the store below. */
import { memo, type ReactElement, useMemo } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { composeRow, span } from '../../src/format/row.ts';
import type { GenerationsState } from '../../src/model/nix-store/generations.ts';
import type { StoreCheckState } from '../../src/model/nix-store/store-check.ts';
import type { RunningAction } from '../../src/state/state.ts';
import { GenerationsView } from '../generations/generations.tsx';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { StoreCheck } from '../store-check/store-check.tsx';
import { type Theme, useTheme } from '../theme.ts';

const unread: GenerationsState = {
  profile: {
    target: { kind: 'system', path: '/nix/var/nix/profiles/system' },
    user: null,
    title: 'system',
  },
  list: null,
  sizes: new Map(),
  comparison: null,
};
const storeWork: readonly RunningAction['intent']['type'][] = ['verify', 'repair', 'collect-garbage'];

export const StorePage = memo(function StorePage(): ReactElement {
  const generations = useSelect((state) => state.generations) ?? unread;
  const selected = useSelect((state) => state.ui.selectedGeneration);
  const { last, garbage } = useSelect((state) => state.storeCheck);
  const work = useSelect((state) => state.actions.find(({ intent }) => storeWork.includes(intent.type)));
  const nowMs = useSelect((state) => shownModel(state).timeMs);
  const { columns, pageRows } = useSelect((state) => state.layout);
  const recorded = useSelect((state) => state.replay !== null);
  const theme = useTheme();
  const check = useMemo(
    (): StoreCheckState => ({ work: work ?? null, last, garbage }),
    [work, last, garbage],
  );
  const storeRows = storeRowsOf(pageRows, check);
  if (recorded) {
    return (
      <>
        <Pressure />
        <Lines rows={recordedRows(columns, theme)} height={pageRows} />
      </>
    );
  }
  return (
    <>
      <Pressure />
      <GenerationsView
        state={generations}
        columns={columns}
        rows={pageRows - storeRows}
        selected={selected}
      />
      {storeRows > 0 && <StoreCheck state={check} nowMs={nowMs} columns={columns} rows={storeRows} />}
    </>
  );
});

/** Generations and store are on the disk as it is now. */
function recordedRows(columns: number, theme: Theme): string[] {
  const text = 'Generations and store are of the live machine; a recording has none.';
  return ['', composeRow([span(`  ${text}`, 'muted')], columns, theme)];
}

/** Two rows say how the store is; more while something runs or was found; none on a tiny terminal. */
function storeRowsOf(pageRows: number, { work, last }: StoreCheckState): number {
  if (pageRows < 8) return 0;
  const lines =
    work?.lines.length ??
    (last?.ok && last.value !== null
      ? last.value.corrupt.length + last.value.missing.length + last.value.unreadable.length
      : 0);
  return Math.min(Math.floor(pageRows / 2), 2 + (work === null ? 0 : 2) + Math.min(lines, 10));
}

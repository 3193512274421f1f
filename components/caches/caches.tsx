/** View 8: caches and builders, and what the last checks found. */
import { memo, type ReactElement, useMemo } from 'react';
import {
  peerIndex,
  peerParts,
  peerRows,
  shownModel,
  useModelParts,
  useSelect,
} from '../../hooks/use-select.ts';
import { useCaches } from '../../hooks/use-sources.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { useTheme } from '../theme.ts';
import { cachesRows } from './caches-rows.ts';

/** Slots come and go with builds. */
const slotsEveryMs = 2000;

export const Caches = memo(function Caches(): ReactElement {
  useCaches(slotsEveryMs);
  const model = useModelParts(peerParts);
  // Times go on while nothing else changes.
  const nowMs = useSelect((state) => Math.floor(shownModel(state).timeMs / 1000) * 1000);
  const key = useSelect((state) => state.ui.selectedPeer);
  const recorded = useSelect((state) => state.replay !== null);
  const { columns, pageRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const rows = useMemo(() => peerRows({ ...model, timeMs: nowMs }), [model, nowMs]);
  const { caches } = model;
  const page = { caches, rows, selected: peerIndex(rows, key), nowMs, recorded };
  return (
    <>
      <Pressure />
      <Lines rows={cachesRows(page, pageRows, columns, theme)} height={pageRows} />
    </>
  );
});

/** View 5, lower part: verification, repair and garbage of the store. */
import { memo, type ReactElement } from 'react';
import type { StoreCheckState } from '../../src/model/nix-store/store-check.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { storeCheckRows } from './store-check-rows.ts';

export interface StoreCheckProps {
  readonly state: StoreCheckState;
  /** Wall clock, Unix ms: that of the model shown. */
  readonly nowMs: number;
  readonly columns: number;
  /** Rows to fill, exactly. */
  readonly rows: number;
}

export const StoreCheck = memo(function StoreCheck(props: StoreCheckProps): ReactElement {
  const { state, nowMs, columns, rows } = props;
  const theme = useTheme();
  return <Lines rows={storeCheckRows(state, nowMs, rows, columns, theme)} height={rows} />;
});

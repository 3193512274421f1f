/** The clients above the build list, and how far those are whose log is followed. */
import { memo, type ReactElement, useRef } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { type DrawnRows, workRows } from './work-rows.ts';

export const Clients = memo(function Clients(): ReactElement | null {
  const clients = useSelect((state) => shownModel(state).clients);
  const transfers = useSelect((state) => shownModel(state).transfers);
  const rebuilds = useSelect((state) => shownModel(state).rebuilds);
  const isFollowed = rebuilds.some(({ over }) => !over);
  // Speeds and lengths of time go on while nothing is heard.
  const second = useSelect((state) => (isFollowed ? Math.floor(shownModel(state).timeMs / 1000) : 0));
  const builds = useSelect((state) => (isFollowed ? shownModel(state).builds : none));
  const { columns, titleRows, clientRows: height } = useSelect((state) => state.layout);
  const theme = useTheme();
  const drawn = useRef<{ readonly theme: unknown; readonly rows: DrawnRows }>({ theme, rows: new Map() });
  if (height === 0) return null;
  const before = drawn.current.theme === theme ? drawn.current.rows : new Map<string, string>();
  const model = { clients, transfers, rebuilds, builds, timeMs: second * 1000 };
  const work = workRows(model, { height, width: columns, titled: titleRows > 0 }, theme, before);
  drawn.current = { theme, rows: work.drawn };
  return <Lines rows={work.rows} height={height} />;
});

const none = [] as const;

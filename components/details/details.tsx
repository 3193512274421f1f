/** One build in full: as it runs, or why it failed. */
import { memo, type ReactElement } from 'react';
import {
  findFailed,
  loggedBuild,
  roomOfBuild,
  roomOfFailed,
  shownModel,
  useSelect,
} from '../../hooks/use-select.ts';
import { identityKey } from '../../src/base/identity.ts';
import { composeRow, span } from '../../src/format/row.ts';
import { pausedSinceMs } from '../../src/model/intents/paused-mark.ts';
import type { Build } from '../../src/model/model.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import type { FailedRow, State } from '../../src/state/state.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { factRows, processRows } from './details-rows.ts';
import { failedFactRows, lineRows } from './log-rows.ts';

/** Also below a question. */
function openDetails({ ui }: State): Extract<Mode, { readonly kind: 'details' }> | null {
  const mode = ui.modes.findLast(({ kind }) => kind === 'details');
  return mode?.kind === 'details' ? mode : null;
}

export const Details = memo(function Details(): ReactElement {
  const builds = useSelect((state) => shownModel(state).builds);
  const rebuilds = useSelect((state) => shownModel(state).rebuilds);
  const journal = useSelect((state) => state.journal);
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const details = useSelect(openDetails);
  const key = details?.build ?? '';
  const scroll = details?.scroll ?? 0;
  const build = builds.find((candidate) => identityKey(candidate) === key);
  if (build !== undefined) return <RunningBuild build={build} scroll={scroll} />;
  const failed = findFailed({ rebuilds }, journal, details?.log ?? key);
  if (failed !== null) return <FailedBuild failed={failed} scroll={scroll} />;
  const ended = composeRow(
    [span(' This build has ended.', 'title'), span(' Esc goes back.', 'muted')],
    columns,
    theme,
  );
  return <Lines rows={[ended]} height={bodyRows} />;
});

function RunningBuild({ build, scroll }: { readonly build: Build; readonly scroll: number }): ReactElement {
  const clients = useSelect((state) => shownModel(state).clients);
  const otherDaemons = useSelect((state) => shownModel(state).otherDaemons);
  const rebuilds = useSelect((state) => shownModel(state).rebuilds);
  const timeMs = useSelect((state) => shownModel(state).timeMs);
  const paused = useSelect((state) => state.paused);
  const layout = useSelect((state) => state.layout);
  const theme = useTheme();
  const { columns } = layout;
  const pausedAtMs = pausedSinceMs(build, paused);
  const pausedSec = pausedAtMs === null ? null : Math.max(0, (timeMs - pausedAtMs) / 1000);
  const logged = loggedBuild({ rebuilds }, build);
  const tail = logged?.tail ?? [];
  const room = roomOfBuild(layout, build.tree.length, tail.length);
  const facts = { build, clients, otherDaemons, pausedSec, logged, timeMs };
  const log = { lines: logged?.lines ?? 0, first: tail.length - room.lineRows, height: room.lineRows };
  return (
    <>
      <Lines rows={factRows(facts, layout.factRows, columns, theme)} height={layout.factRows} />
      <Lines
        rows={processRows(build, scroll, room.processRows, columns, theme)}
        height={room.processRows + 1}
      />
      {room.lineRows > 0 && <Lines rows={lineRows(tail, log, columns, theme)} height={room.lineRows + 1} />}
    </>
  );
}

function FailedBuild({
  failed,
  scroll,
}: {
  readonly failed: FailedRow;
  readonly scroll: number;
}): ReactElement {
  const layout = useSelect((state) => state.layout);
  const theme = useTheme();
  const { columns } = layout;
  const { factRows: facts, lineRows: height } = roomOfFailed(layout);
  const { lines } = failed.root;
  const first = Math.max(0, Math.min(scroll, lines.length - height));
  const log = { lines: failed.build?.lines ?? lines.length, first, height };
  return (
    <>
      <Lines rows={failedFactRows(failed, facts, columns, theme)} height={facts} />
      <Lines rows={lineRows(lines, log, columns, theme)} height={height + 1} />
    </>
  );
}

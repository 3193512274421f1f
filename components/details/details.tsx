/** One build in full. */
import { memo, type ReactElement } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { identityKey } from '../../src/base/identity.ts';
import { composeRow, span } from '../../src/format/row.ts';
import { pausedMarkOf } from '../../src/model/intents/paused-mark.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import type { State } from '../../src/state/state.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { factRows, processRows } from './details-rows.ts';

/** Also below a question. */
function openDetails({ ui }: State): Extract<Mode, { readonly kind: 'details' }> | null {
  const mode = ui.modes.findLast(({ kind }) => kind === 'details');
  return mode?.kind === 'details' ? mode : null;
}

export const Details = memo(function Details(): ReactElement {
  const builds = useSelect((state) => shownModel(state).builds);
  const clients = useSelect((state) => shownModel(state).clients);
  const otherDaemons = useSelect((state) => shownModel(state).otherDaemons);
  const timeMs = useSelect((state) => shownModel(state).timeMs);
  const paused = useSelect((state) => state.paused);
  const layout = useSelect((state) => state.layout);
  const theme = useTheme();
  const { columns, bodyRows } = layout;
  const details = useSelect(openDetails);
  const build = builds.find((candidate) => identityKey(candidate) === details?.build);
  if (build === undefined) {
    const ended = composeRow(
      [span(' This build has ended.', 'title'), span(' Esc goes back.', 'muted')],
      columns,
      theme,
    );
    return <Lines rows={[ended]} height={bodyRows} />;
  }
  const scroll = details?.scroll ?? 0;
  const mark = build.paused ? pausedMarkOf(build, paused) : null;
  const pausedSec = mark === null ? null : Math.max(0, (timeMs - mark.pausedAtMs) / 1000);
  return (
    <>
      <Lines
        rows={factRows({ build, clients, otherDaemons, pausedSec }, layout.factRows, columns, theme)}
        height={layout.factRows}
      />
      <Lines
        rows={processRows(build, scroll, layout.processRows, columns, theme)}
        height={layout.processRows + 1}
      />
    </>
  );
});

/** One build in full. */
import { memo, type ReactElement } from 'react';
import { shownModel, topMode } from '../../hooks/selectors.ts';
import { useSelect } from '../../hooks/use-select.ts';
import { composeRow, span } from '../../src/format/row.ts';
import { identityKey } from '../../src/model/identity.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { factRows, processRows } from './details-rows.ts';

export const Details = memo(function Details(): ReactElement {
  const mode = useSelect(topMode);
  const builds = useSelect((state) => shownModel(state).builds);
  const clients = useSelect((state) => shownModel(state).clients);
  const layout = useSelect((state) => state.layout);
  const theme = useTheme();
  const { columns, bodyRows } = layout;
  const details = mode.kind === 'details' ? mode : null;
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
  return (
    <>
      <Lines rows={factRows(build, clients, layout.factRows, columns, theme)} height={layout.factRows} />
      <Lines
        rows={processRows(build, scroll, layout.processRows, columns, theme)}
        height={layout.processRows + 1}
      />
    </>
  );
});

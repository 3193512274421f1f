/** The screen of a fleet: a table of machines, drawn from one state. */
import { Box } from 'ink';
import { type ReactElement, useContext } from 'react';
import { composeRow, span } from '../../src/format/row.ts';
import { type FleetState, fleetLayout } from '../../src/state/fleet/fleet-state.ts';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';
import { Line, Lines } from '../line/line.tsx';
import { themeFor } from '../theme.ts';
import { fleetFooter, fleetHelp, fleetList, fleetMessage, fleetPane, fleetTitle } from './fleet-rows.ts';

export function Fleet({ state }: { readonly state: FleetState }): ReactElement {
  const { terminal, help } = state;
  const { columns, rows } = terminal;
  const theme = themeFor(terminal);
  const keyed = useContext(RowKeysContext) !== null;
  const { tooSmall, listRows, paneRows } = fleetLayout(terminal);
  if (tooSmall) {
    const text = `nixpulse needs 40x8, this is ${columns}x${rows}`;
    return <Line text={composeRow([span(text, 'warning')], columns, theme)} />;
  }
  const between = rows - 3;
  const body = help
    ? fleetHelp(columns, theme).slice(0, between)
    : [...filled(fleetList(state, theme), listRows + 1), ...filled(fleetPane(state, theme), paneRows)];
  return (
    <Box flexDirection="column" {...(!keyed && { width: columns, height: rows })}>
      <Line text={fleetTitle(state, theme)} />
      <Line text={fleetMessage(state, theme)} />
      <Lines rows={body} height={between} />
      <Line text={fleetFooter(state, theme)} />
    </Box>
  );
}

function filled(rows: readonly string[], height: number): readonly string[] {
  return Array.from({ length: height }, (_, at) => rows[at] ?? '');
}

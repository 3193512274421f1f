/** Rows of the screen: text composed and painted beforehand, never wider than the terminal. */
import { Box, Text } from 'ink';
import { memo, type ReactElement, useContext } from 'react';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';

export const Line = memo(function Line({ text }: { readonly text: string }): ReactElement {
  const keys = useContext(RowKeysContext);
  return <Text wrap="truncate">{keys === null ? visible(text) : keys.keyOf(text)}</Text>;
});

/** So many rows from the top; with `height` what is missing stays blank. */
export function Lines({
  rows,
  height = rows.length,
}: {
  readonly rows: readonly string[];
  readonly height?: number;
}): ReactElement {
  const keys = useContext(RowKeysContext);
  const text = keys === null ? rows.map(visible).join('\n') : keys.keyOf(rows.join('\n'));
  return (
    <Box flexDirection="column" flexShrink={0} height={height}>
      {rows.length > 0 && <Text wrap="truncate">{text}</Text>}
    </Box>
  );
}

/** An empty Text has no height. */
function visible(row: string): string {
  return row === '' ? ' ' : row;
}

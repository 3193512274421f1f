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
}): ReactElement | null {
  const keys = useContext(RowKeysContext);
  if (height === 0) return null;
  const filled = rows.length === height ? rows : Array.from({ length: height }, (_, at) => rows[at] ?? '');
  if (keys !== null) return <Text>{keys.keyOf(filled.join('\n'))}</Text>;
  return (
    <Box flexDirection="column" flexShrink={0} height={height}>
      <Text wrap="truncate">{filled.map(visible).join('\n')}</Text>
    </Box>
  );
}

/** An empty Text has no height. */
function visible(row: string): string {
  return row === '' ? ' ' : row;
}

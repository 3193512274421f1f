/** Rows of the screen: text composed and painted beforehand, never wider than the terminal. */
import { Box, Text } from 'ink';
import { memo, type ReactElement, useContext, useEffect, useState } from 'react';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';

export const Line = memo(function Line({ text }: { readonly text: string }): ReactElement {
  return useKeyed([text]) ?? <Text wrap="truncate">{visible(text)}</Text>;
});

/** So many rows from the top; with `height` what is missing stays blank. */
export function Lines({
  rows,
  height = rows.length,
}: {
  readonly rows: readonly string[];
  readonly height?: number;
}): ReactElement | null {
  const filled = rows.length === height ? rows : Array.from({ length: height }, (_, at) => rows[at] ?? '');
  const keyed = useKeyed(filled);
  if (height === 0) return null;
  if (keyed !== null) return keyed;
  return (
    <Box flexDirection="column" flexShrink={0} height={height}>
      <Text wrap="truncate">{filled.map(visible).join('\n')}</Text>
    </Box>
  );
}

/** The same element whatever the rows are, so that neither React nor Ink has anything to do; null without keys. */
function useKeyed(rows: readonly string[]): ReactElement | null {
  const keys = useContext(RowKeysContext);
  const [place] = useState(() => {
    const key = keys?.take();
    return key === undefined ? null : { key, element: <Text>{key}</Text> };
  });
  useEffect(() => () => void (place && keys?.drop(place.key)), [keys, place]);
  // While it renders: by the time Ink draws a new place its rows are there.
  if (place !== null) keys?.put(place.key, rows);
  return place?.element ?? null;
}

/** An empty Text has no height. */
function visible(row: string): string {
  return row === '' ? ' ' : row;
}

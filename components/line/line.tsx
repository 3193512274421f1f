/** One row of the screen: text composed and painted beforehand, never wider than the terminal. */
import { Box, Text } from 'ink';
import { memo, type ReactElement } from 'react';

export const Line = memo(function Line({ text }: { readonly text: string }): ReactElement {
  // An empty Text has no height.
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

/** So many rows from the top; with `height` what is missing stays blank. */
export function Lines({
  rows,
  height,
}: {
  readonly rows: readonly string[];
  readonly height?: number;
}): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0} {...(height === undefined ? {} : { height })}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place.
        <Line key={index} text={row} />
      ))}
    </Box>
  );
}

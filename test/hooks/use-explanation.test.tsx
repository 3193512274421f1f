import { Text } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { useExplanation } from '../../hooks/use-explanation.ts';
import type { FailedWords } from '../../src/explain/explain-cause.ts';

const root: FailedWords = {
  cause: { kind: 'builder-exit', code: 2 } as unknown as FailedWords['cause'],
  text: "builder for '/nix/store/x.drv' failed with exit code 2",
  lines: [],
};

vi.mock('../../src/explain/explain-cause.ts', () => {
  throw new Error('EIO: the disk that holds nixpulse is gone');
});

afterEach(cleanup);

function Why() {
  return <Text>{useExplanation(root) === null ? 'not explained' : 'explained'}</Text>;
}

test('a table of messages that cannot be loaded leaves what failed on the screen, and ends nothing', async () => {
  const unhandled = vi.fn();
  process.on('unhandledRejection', unhandled);
  const { lastFrame } = render(<Why />);
  await expect(import('../../src/explain/explain-cause.ts')).rejects.toThrow();
  await new Promise(setImmediate);
  process.off('unhandledRejection', unhandled);
  expect(lastFrame()).toBe('not explained');
  expect(unhandled).not.toHaveBeenCalled();
});

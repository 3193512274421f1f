/** Rows in the running program: a key for each place, as long as it is on the screen. */
import { render } from 'ink';
import { expect, test } from 'vitest';
import { Line, Lines } from '../../components/line/line.tsx';
import { InkStdout } from '../../src/terminal/ink-stdout.ts';
import { RowKeysContext } from '../../src/terminal/row-keys.ts';

function open() {
  const frames: (readonly string[])[] = [];
  const stdout = new InkStdout(5, (rows) => frames.push(rows));
  const { rowKeys } = stdout;
  const taken: string[] = [];
  const take = rowKeys.take;
  rowKeys.take = () => {
    const key = take();
    taken.push(key);
    return key;
  };
  const screen = (title: string, list: readonly string[] | null) => (
    <RowKeysContext value={rowKeys}>
      <Line text={title} />
      {list !== null && <Lines rows={list} height={3} />}
    </RowKeysContext>
  );
  const app = render(screen('one', null), {
    stdout: stdout as unknown as NodeJS.WriteStream,
    ...{ debug: true, interactive: true, exitOnCtrlC: false, patchConsole: false },
  });
  return {
    taken,
    close: () => app.unmount(),
    /** The last frame, and what of the places is still known. */
    async show(title: string, list: readonly string[] | null) {
      app.rerender(screen(title, list));
      await new Promise<void>((resolve) => setImmediate(resolve));
      return { frame: frames.at(-1), known: taken.filter((key) => rowKeys.rowsOf([key])[0] !== key) };
    },
  };
}

test('a place that is gone is forgotten, and one that comes has its rows at once', async () => {
  const { show, taken, close } = open();
  const both = await show('one', ['a', 'b']);
  expect(both.frame).toEqual(['one', 'a', 'b', '']);
  expect(both.known).toEqual(taken);
  expect((await show('two', ['a', 'c'])).frame).toEqual(['two', 'a', 'c', '']);
  expect(taken).toHaveLength(2);
  const alone = await show('two', null);
  expect(alone.frame).toEqual(['two']);
  expect(alone.known).toEqual(taken.slice(0, 1));
  close();
});

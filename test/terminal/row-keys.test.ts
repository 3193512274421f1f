import { expect, test } from 'vitest';
import { createRowKeys, keyColumns } from '../../src/terminal/row-keys.ts';

test('a frame of keys becomes its rows, several below one key too', () => {
  const keys = createRowKeys();
  const title = keys.keyOf('title');
  const list = keys.keyOf('one\n\u001b[1mtwo\u001b[0m\nthree');
  expect(title).toHaveLength(keyColumns);
  expect(keys.rowsOf(`${title}\n${list}\n\n${title}`)).toEqual([
    ...['title', 'one', '\u001b[1mtwo\u001b[0m', 'three', '', 'title'],
  ]);
});

test('the same rows have the same key, others another one', () => {
  const keys = createRowKeys();
  expect(keys.keyOf('a')).toBe(keys.keyOf('a'));
  expect(keys.keyOf('b')).not.toBe(keys.keyOf('a'));
});

test('what is on the screen keeps its key, however many others come and go', () => {
  const keys = createRowKeys();
  const stays = keys.keyOf('stays');
  for (let tick = 0; tick < 100_000; tick += 1) {
    const shown = keys.rowsOf(`${stays}\n${keys.keyOf(`tick ${tick}`)}`);
    if (shown[1] !== `tick ${tick}` || shown[0] !== 'stays') expect(shown).toEqual(['stays', `tick ${tick}`]);
  }
  expect(keys.keyOf('stays')).toBe(stays);
});

test('a line that is no key is shown as it is', () => {
  const keys = createRowKeys();
  expect(keys.rowsOf(`an error\n${keys.keyOf('1\n2\n')}`)).toEqual(['an error', '1', '2', '']);
});

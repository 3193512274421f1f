import { expect, test } from 'vitest';
import { createRowKeys, keyColumns } from '../../src/terminal/row-keys.ts';

test('a frame of keys becomes its rows, several in one place too', () => {
  const keys = createRowKeys();
  const [title, list] = [keys.take(), keys.take()];
  keys.put(title, ['title']);
  keys.put(list, ['one', '\u001b[1mtwo\u001b[0m', 'three']);
  expect(title).toHaveLength(keyColumns);
  expect(keys.rowsOf([title, list, '', title])).toEqual([
    ...['title', 'one', '\u001b[1mtwo\u001b[0m', 'three', '', 'title'],
  ]);
});

test('other rows in a place are told once, the same ones never', () => {
  let changes = 0;
  const keys = createRowKeys(() => {
    changes += 1;
  });
  const place = keys.take();
  keys.put(place, ['one', 'two']);
  keys.put(place, ['one', 'two']);
  expect(changes).toBe(1);
  keys.put(place, ['one', '2']);
  keys.put(place, ['one']);
  expect(changes).toBe(3);
  expect(keys.rowsOf([place])).toEqual(['one']);
});

test('a place keeps its key, however many others come and go', () => {
  const keys = createRowKeys();
  const stays = keys.take();
  keys.put(stays, ['stays']);
  for (let tick = 0; tick < 100_000; tick += 1) {
    const other = keys.take();
    keys.put(other, [`tick ${tick}`]);
    const shown = keys.rowsOf([stays, other]);
    if (shown[1] !== `tick ${tick}` || shown[0] !== 'stays') expect(shown).toEqual(['stays', `tick ${tick}`]);
    keys.drop(other);
  }
  expect(keys.rowsOf([stays])).toEqual(['stays']);
});

test('a line that is no key is shown as it is', () => {
  const keys = createRowKeys();
  const place = keys.take();
  keys.put(place, ['1', '2', '']);
  expect(keys.rowsOf(['an error', place])).toEqual(['an error', '1', '2', '']);
});

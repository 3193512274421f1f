import headless from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { createFrameWriter } from '../../src/terminal/frame-writer.ts';
import { cellsOf, screenOf } from '../support/fake-terminal.ts';

/** A writer whose terminal takes everything at once, unless it is told to hold. */
function openWriter(columns = 40, rows = 6) {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  const chunks: string[] = [];
  const held: (() => void)[] = [];
  let holding = false;
  terminal.write('\x1b[?7l');
  const writer = createFrameWriter({
    columns,
    rows,
    write(text, done) {
      chunks.push(text);
      terminal.write(text);
      if (holding) held.push(done);
      else done();
    },
  });
  const settle = () => new Promise<void>((resolve) => terminal.write('', resolve));
  return {
    ...writer,
    show: (frame: string) => writer.show(frame.split('\n')),
    terminal,
    chunks,
    hold: () => {
      holding = true;
    },
    release: () => {
      holding = false;
      for (const done of held.splice(0)) done();
    },
    async screen() {
      await settle();
      return screenOf(terminal);
    },
    async cells() {
      await settle();
      return cellsOf(terminal);
    },
  };
}

const red = (text: string) => `\x1b[31m${text}\x1b[0m`;

test('an unchanged frame writes nothing', () => {
  const writer = openWriter();
  writer.show('one\ntwo');
  const before = writer.chunks.length;
  writer.show('one\ntwo');
  expect(writer.chunks.length).toBe(before);
});

describe('what somebody else wrote over it', () => {
  test('is gone after a refresh, without a moment in which the screen is empty', async () => {
    const writer = openWriter(20, 4);
    writer.show(`${red('memory')} 81%\n\n\nlast row, to the end`);
    const before = await writer.cells();
    // As the kernel's console does: at the cursor, and on.
    writer.terminal.write('\x1b[4;1H[ 260.1] Out of memory\r\nKilled process 4711');
    expect(await writer.cells()).not.toEqual(before);
    writer.refresh();
    expect(await writer.cells()).toEqual(before);
    expect(writer.chunks.at(-1)).not.toContain('\x1b[J');
  });

  test('a frame that came meanwhile is drawn whole with it', async () => {
    const writer = openWriter(20, 3);
    writer.show('one\ntwo');
    writer.hold();
    writer.show('one\ntwo and more');
    writer.terminal.write('\x1b[1;1Hoops');
    writer.refresh();
    writer.show('one\nthree 日本');
    writer.release();
    expect(await writer.screen()).toEqual(['one', 'three 日本', '']);
  });

  test('nothing before the first frame, nothing while the terminal is away', () => {
    const writer = openWriter();
    writer.refresh();
    writer.show('one');
    writer.pause();
    const before = writer.chunks.length;
    writer.refresh();
    expect(writer.chunks.length).toBe(before);
  });
});

test('only the changed cells are written', () => {
  const writer = openWriter();
  writer.show('memory some 81% full 63%\nsecond line');
  writer.show('memory some 82% full 64%\nsecond line');
  expect(writer.chunks.at(-1)).toBe('\x1b[1;14H2\x1b[8C4');
});

test('a short gap is written over, a style changes once', () => {
  const writer = openWriter();
  writer.show(`a ${red('12 34')} b`);
  writer.show(`a ${red('13 35')} b`);
  expect(writer.chunks.at(-1)).toBe('\x1b[1;4H\x1b[31m3 35\x1b[m');
});

test('what became shorter is erased', async () => {
  const writer = openWriter();
  writer.show('a long line of text\nabc');
  writer.show('a long\nab');
  expect(await writer.screen()).toEqual(['a long', 'ab', '', '', '', '']);
  expect(writer.chunks.at(-1)).toBe('\x1b[1;8H\x1b[K\x1b[2;3H ');
});

test('a frame that is larger than the terminal is clipped', async () => {
  const writer = openWriter(10, 3);
  writer.show(`${'x'.repeat(30)}\n漢字漢字漢字\n3\n4\n5`);
  expect(await writer.screen()).toEqual(['x'.repeat(10), '漢字漢字漢', '3']);
  writer.show(`a\nx漢字漢字漢字\n3`);
  expect(await writer.screen()).toEqual(['a', 'x漢字漢字', '3']);
});

describe('lines with characters whose width is not sure are rewritten whole', () => {
  test.each([
    ['wide', '漢字 1', '漢字 2'],
    ['emoji', 'a 🙂 b', 'a 🙂 c'],
    ['combining', 'e\u0301 1', 'e\u0301 2'],
    ['joined emoji', '👩‍👩‍👧 x', '👩‍👩‍👧 y'],
    ['to plain', '漢字 1', 'ab 12345'],
    ['from plain', 'ab 12345', '漢字 1'],
  ])('%s', async (_, before, after) => {
    const writer = openWriter();
    writer.show(`${before}\nnext`);
    writer.show(`${after}\nnext`);
    const fresh = openWriter();
    fresh.show(`${after}\nnext`);
    expect(await writer.cells()).toEqual(await fresh.cells());
    expect((await writer.screen())[1]).toBe('next');
  });
});

test('control characters and other sequences of the content never reach the terminal', async () => {
  const writer = openWriter();
  writer.show('a\x07b\tc\x1b[2Jd\x1b]0;title\x07e\x1b]8;;http://x\x1b\\f\x1b[5;5Hg\x9b1mh');
  expect((await writer.screen())[0]).toBe('abcdefg1mh');
  writer.show('漢\x07b\tc\x1b[2Jd\x1b]0;title\x07e');
  expect((await writer.screen())[0]).toBe('漢bcde');
  expect(writer.chunks.join('')).not.toMatch(/\[2J|title|5;5H/);
});

describe('however it came about, the screen is as if drawn afresh', () => {
  /** A small generator, so that a failure can be repeated. */
  function random(seed: number) {
    let state = seed;
    return (below: number) => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return (state >> 8) % below;
    };
  }
  const styles = [
    '',
    '\x1b[31m',
    '\x1b[1m',
    '\x1b[2;32m',
    '\x1b[7m',
    '\x1b[1;7;31m',
    '\x1b[44m',
    '\x1b[4;33m',
  ];
  const words = ['cc1plus', '81%', ' ', '   ', '▁▂▅█', '─┐', '⣿⠿', 'ü', '漢字', '🙂', 'x', '0.9G', 'é'];

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('seed %i', async (seed) => {
    const next = random(seed);
    const line = () => {
      let text = '';
      for (let part = next(8); part > 0; part -= 1) {
        const style = styles[next(styles.length)] ?? '';
        const word = words[next(next(3) === 0 ? words.length : 8)] ?? '';
        text += style === '' ? word : `${style}${word}\x1b[0m`;
      }
      return text;
    };
    const writer = openWriter(24, 6);
    let lines = Array.from({ length: 6 }, line);
    for (let frame = 0; frame < 40; frame += 1) {
      lines = lines.map((old) => (next(3) === 0 ? line() : old));
      if (next(9) === 0) lines = lines.slice(0, next(7));
      while (lines.length < 5) lines.push(line());
      writer.show(lines.join('\n'));
      const fresh = openWriter(24, 6);
      fresh.show(lines.join('\n'));
      expect(await writer.cells()).toEqual(await fresh.cells());
    }
  });
});

test('a terminal that does not read gets the newest frame only, once it reads again', async () => {
  const writer = openWriter();
  writer.show('frame 0');
  writer.hold();
  writer.show('frame 1');
  const before = writer.chunks.length;
  for (let frame = 2; frame < 1000; frame += 1) writer.show(`frame ${frame}`);
  expect(writer.chunks.length).toBe(before);
  writer.release();
  expect(writer.chunks.length).toBe(before + 1);
  expect((await writer.screen())[0]).toBe('frame 999');
});

test('after a resize and on request everything is drawn anew', async () => {
  const writer = openWriter();
  writer.show('one\ntwo');
  writer.terminal.write('\x1b[2;1Hgarbage from elsewhere');
  writer.redraw();
  expect(await writer.screen()).toEqual(['one', 'two', '', '', '', '']);
  writer.terminal.resize(20, 3);
  writer.resize(20, 3);
  writer.show('three\nfour\nfive\nsix');
  expect(await writer.screen()).toEqual(['three', 'four', 'five']);
});

test('a paused writer keeps the newest frame for the redraw', async () => {
  const writer = openWriter();
  writer.show('one');
  writer.pause();
  const before = writer.chunks.length;
  writer.show('two');
  writer.show('three');
  expect(writer.chunks.length).toBe(before);
  writer.redraw();
  expect((await writer.screen())[0]).toBe('three');
});

test('long changes are synchronized, short ones are not worth the markers', () => {
  const writer = openWriter(120, 40);
  writer.show(Array.from({ length: 40 }, (_, row) => `${row}`.repeat(50)).join('\n'));
  expect(writer.chunks.at(-1)?.startsWith('\x1b[?2026h')).toBe(true);
  expect(writer.chunks.at(-1)?.endsWith('\x1b[?2026l')).toBe(true);
  writer.show('short');
  writer.show('shorter');
  expect(writer.chunks.at(-1)).not.toContain('2026');
});

import { describe, expect, test } from 'vitest';
import { playlistOf } from '../../../src/modes/replay/playlist.ts';
import type { RecordedChunk } from '../../../src/record/recording.ts';

/** `a 0-60`: writer and seconds. */
function chunk(text: string): RecordedChunk & { readonly text: string } {
  const [, writer = '', from, to] = /^(\w+) (-?\d+)-(\d+)$/.exec(text) ?? [];
  const point = { fromMs: Number(from) * 1000, toMs: Number(to) * 1000, max: {}, builds: [] };
  return { text, writer, point, load: async () => [] };
}

function played(...chunks: readonly string[]): string[] {
  return playlistOf(chunks.map(chunk)).map(({ chunk: played, run, afterMs }) => {
    const after = afterMs === Number.NEGATIVE_INFINITY ? '' : ` after ${afterMs / 1000}`;
    return `${run}: ${(played as RecordedChunk & { text: string }).text}${after}`;
  });
}

test('one writer: all of it, in one run, over holes too', () => {
  expect(played('a 0-60', 'a 60-120', 'a 900-960')).toEqual(['0: a 0-60', '0: a 60-120', '0: a 900-960']);
});

test('one after the other: a run each', () => {
  expect(played('a 0-60', 'b 100-160')).toEqual(['0: a 0-60', '1: b 100-160']);
});

describe('two at once', () => {
  test('stays with the first and goes on with the other where that one ends', () => {
    expect(played('a 0-60', 'b 30-90', 'a 60-120', 'b 90-150', 'b 150-210')).toEqual([
      '0: a 0-60',
      '0: a 60-120',
      '1: b 90-150 after 120',
      '1: b 150-210',
    ]);
  });

  test('one that lies within the other is not played', () => {
    expect(played('a 0-60', 'b 10-50', 'a 60-120')).toEqual(['0: a 0-60', '0: a 60-120']);
  });

  test('where one has a hole the other fills it', () => {
    expect(played('a 0-60', 'b 30-90', 'b 90-150', 'a 300-360', 'b 150-210')).toEqual([
      '0: a 0-60',
      '1: b 30-90 after 60',
      '1: b 90-150',
      '1: b 150-210',
      '2: a 300-360',
    ]);
  });

  test('a short hole is none', () => {
    expect(played('a 0-60', 'b 30-90', 'a 65-120')).toEqual(['0: a 0-60', '0: a 65-120']);
  });
});

describe('two at once stay two', () => {
  test('a suspend that both see changes nothing', () => {
    const both = ['a 0-60', 'b 30-62', 'b 899-960', 'a 900-960', 'a 960-1020', 'b 960-1025'];
    expect(played(...both)).toEqual(['0: a 0-60', '0: a 900-960', '0: a 960-1020']);
  });

  test('nor which of them was read last', () => {
    expect(played('a 0-60', 'b 30-90', 'a 60-120', 'b 90-123')).toEqual(['0: a 0-60', '0: a 60-120']);
    // What goes on for longer was recorded alone.
    expect(played('a 0-60', 'b 30-90', 'a 60-120', 'b 90-135')).toEqual([
      '0: a 0-60',
      '0: a 60-120',
      '1: b 90-135 after 120',
    ]);
  });

  test('one that begins later is another recording, however short', () => {
    expect(played('a 0-60', 'b 62-65')).toEqual(['0: a 0-60', '1: b 62-65']);
  });

  test('a third fills what the second does not', () => {
    expect(played('a 0-60', 'b 50-64', 'c 55-200', 'a 300-360')).toEqual([
      '0: a 0-60',
      '1: c 55-200 after 60',
      '2: a 300-360',
    ]);
  });
});

test('a clock that was set back loses nothing of its own writer', () => {
  expect(played('a 3600-3660', 'a 60-120', 'a 120-180')).toEqual([
    '0: a 3600-3660',
    '0: a 60-120',
    '0: a 120-180',
  ]);
});

test('many writers, many chunks: at once', () => {
  const chunks = Array.from(
    { length: 20_000 },
    (_, index) => `w${index % 7} ${index * 10}-${index * 10 + 60}`,
  );
  expect(played(...chunks).length).toBeGreaterThan(2000);
});

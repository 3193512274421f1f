/** The palette form of a PNG shows the same pixels, whatever filters the original used. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { drawnFrom, smallPng } from '../../scripts/screenshots/small-png.ts';

const colors = [0x10203040, 0xffffffff, 0xff0000ff, 0x00ff00ff, 0x0000ffff, 0x00000000];

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** RGBA, one filter for each row in turn (PNG specification, 9.2). */
function rgba(width: number, rows: readonly (readonly number[])[], color = 6): Buffer {
  const raw: number[] = [];
  let above = new Array<number>(width * 4).fill(0);
  rows.forEach((row, at) => {
    const filter = at % 5;
    const bytes = row.flatMap((pixel) => [
      pixel >>> 24,
      (pixel >>> 16) & 255,
      (pixel >>> 8) & 255,
      pixel & 255,
    ]);
    const guess = (position: number) => {
      const left = bytes[position - 4] ?? 0;
      const up = above[position] ?? 0;
      const corner = position < 4 ? 0 : (above[position - 4] ?? 0);
      const middle = left + up - corner;
      const nearest = [left, up, corner].reduce((best, value) =>
        Math.abs(middle - value) < Math.abs(middle - best) ? value : best,
      );
      return [0, left, up, (left + up) >> 1, nearest][filter] ?? 0;
    };
    raw.push(filter, ...bytes.map((value, position) => (value - guess(position)) & 255));
    above = bytes;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, color], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(raw))),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Pixels of a palette PNG without filters. */
function pixelsOf(file: Buffer): number[][] {
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    const data = file.subarray(at + 8, at + 8 + file.readUInt32BE(at));
    parts.set(file.toString('latin1', at + 4, at + 8), data);
    expect(file.readUInt32BE(at + 8 + data.length)).toBe(crc32(file.subarray(at + 4, at + 8 + data.length)));
  }
  const [header, palette, alpha, data] = ['IHDR', 'PLTE', 'tRNS', 'IDAT'].map((type) => parts.get(type));
  if (!header || !palette || !alpha || !data) throw new Error(`parts: ${[...parts.keys()]}`);
  const width = header.readUInt32BE(0);
  const bytes = inflateSync(data);
  return Array.from({ length: header.readUInt32BE(4) }, (_, row) =>
    Array.from({ length: width }, (_, column) => {
      const index = bytes[row * (width + 1) + 1 + column] ?? 0;
      return (palette.readUIntBE(index * 3, 3) * 256 + (alpha[index] ?? 0)) >>> 0;
    }),
  );
}

describe('smallPng', () => {
  it('keeps every pixel of few colours, through all five filters', () => {
    const rows = Array.from({ length: 10 }, (_, row) =>
      Array.from({ length: 7 }, (_, column) => colors[(row * 3 + column * column) % colors.length] ?? 0),
    );
    expect(pixelsOf(smallPng(rgba(7, rows), '<svg/>'))).toEqual(rows);
  });

  it('stays near where there are more than a palette has', () => {
    const row = Array.from({ length: 2000 }, (_, at) => ((at * 2654435) % 0x1000000) * 256 + 255);
    const [drawn = []] = pixelsOf(smallPng(rgba(2000, [row]), '<svg/>'));
    const far = row.filter((pixel, at) =>
      [24, 16, 8].some(
        (shift) => Math.abs(((pixel >>> shift) & 255) - (((drawn[at] ?? 0) >>> shift) & 255)) > 96,
      ),
    );
    expect(far.length).toBe(0);
  });

  it('says what it was drawn from, and a PNG that does not was drawn from nothing', () => {
    const plain = rgba(1, [[0xff0000ff]]);
    const png = smallPng(plain, '<svg>now</svg>');
    expect(drawnFrom(png, '<svg>now</svg>')).toBe(true);
    expect(drawnFrom(png, '<svg>then</svg>')).toBe(false);
    expect(drawnFrom(plain, '<svg>now</svg>')).toBe(false);
    expect(pixelsOf(png)).toEqual([[0xff0000ff]]);
  });

  it('refuses other kinds', () => {
    expect(() => smallPng(rgba(1, [[0]], 2), '')).toThrow('not a plain PNG');
  });
});

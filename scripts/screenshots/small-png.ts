/** A PNG of 8-bit RGBA made small: its colours as a palette of 256, which is plenty for text on few grounds. */
import { createHash } from 'node:crypto';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const paletteSize = 256;

interface Image {
  readonly width: number;
  readonly height: number;
  /** One number a pixel: red first, alpha last. */
  readonly pixels: Uint32Array;
}

/** What a PNG says of itself where `drawnFrom` is asked: which drawing it was made from. */
const keyword = 'Source';

/** `source`: the text that it was drawn from; its hash goes along, so that a stale picture is found. */
export function smallPng(file: Buffer, source: string): Buffer {
  const image = decode(file);
  const { palette, nearest } = paletteOf(image.pixels);
  const rows = Buffer.alloc(image.height * (image.width + 1));
  image.pixels.forEach((pixel, at) => {
    rows[at + Math.floor(at / image.width) + 1] = nearest.get(pixel) ?? 0;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('tEXt', Buffer.from(`${keyword}\0${hashOf(source)}`, 'latin1')),
    chunk('PLTE', Buffer.from(palette.flatMap((color) => bytesOf(color).slice(0, 3)))),
    chunk('tRNS', Buffer.from(palette.map((color) => color & 0xff))),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Whether the PNG was made from this text; false where it does not say. */
export function drawnFrom(png: Buffer, source: string): boolean {
  return chunksOf(png, 'tEXt').some((data) => data.toString('latin1') === `${keyword}\0${hashOf(source)}`);
}

function hashOf(text: string): string {
  return `SHA-256 ${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * The edges of letters have every tone between ink and ground; tones that differ in the low half of each
 * channel become the commonest one of them, and past 256 the rarest become their neighbour.
 */
function paletteOf(pixels: Uint32Array): { palette: number[]; nearest: Map<number, number> } {
  const counts = new Map<number, number>();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const common = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const tones = new Map<number, number>();
  for (const color of common) {
    const tone = color & 0xf0f0f0f0;
    if (!tones.has(tone)) tones.set(tone, color);
  }
  const palette = [...tones.values()].slice(0, paletteSize);
  const nearest = new Map<number, number>();
  for (const color of common) {
    let best = 0;
    palette.forEach((candidate, index) => {
      if (distance(candidate, color) < distance(palette[best] ?? 0, color)) best = index;
    });
    nearest.set(color, best);
  }
  return { palette, nearest };
}

function bytesOf(color: number): number[] {
  return [color >>> 24, (color >>> 16) & 0xff, (color >>> 8) & 0xff, color & 0xff];
}

function distance(a: number, b: number): number {
  const other = bytesOf(b);
  return bytesOf(a).reduce((sum, value, at) => sum + (value - (other[at] ?? 0)) ** 2, 0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** Contents of the chunks of a type. */
function chunksOf(file: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at < file.length; at += 12 + file.readUInt32BE(at)) {
    if (file.toString('latin1', at + 4, at + 8) === type) {
      found.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
    }
  }
  return found;
}

/** 8-bit RGBA without interlacing, as rsvg-convert writes it (PNG specification, 3rd edition, 9). */
function decode(file: Buffer): Image {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const [depth, color, , , interlaced] = file.subarray(24, 29);
  if (depth !== 8 || color !== 6 || interlaced !== 0) throw new Error('not a plain PNG of 8-bit RGBA');
  const bytes = inflateSync(Buffer.concat(chunksOf(file, 'IDAT')));
  const stride = width * 4;
  let before: Uint8Array = new Uint8Array(stride);
  const pixels = new Uint32Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = row * (stride + 1);
    const line = bytes.subarray(start + 1, start + 1 + stride);
    unfilter(bytes[start] ?? 0, line, before);
    for (let at = 0; at < width; at += 1) pixels[row * width + at] = line.readUInt32BE(at * 4);
    before = line;
  }
  return { width, height, pixels };
}

function unfilter(kind: number, line: Uint8Array, above: Uint8Array): void {
  for (let at = 0; at < line.length; at += 1) {
    const left = line[at - 4] ?? 0;
    const up = above[at] ?? 0;
    const corner = at < 4 ? 0 : (above[at - 4] ?? 0);
    const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
    line[at] = (line[at] ?? 0) + (guesses[kind] ?? 0);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(guess - value)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

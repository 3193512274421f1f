/** Blocks, lines, triangles and braille as shapes: fonts disagree about them, and leave gaps between rows. */

/** In cells: the cell's left upper corner is 0, 0, its right lower one 1, 1. */
export type Shape =
  | {
      readonly kind: 'rectangle';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly opacity: number;
    }
  | { readonly kind: 'polygon'; readonly points: readonly (readonly [x: number, y: number])[] };

/** Strokes of lines, in cells: a pixel and a third of 9 x 18. */
const across = 0.14;
const down = 0.07;

function rectangle(x: number, y: number, width: number, height: number, opacity = 1): Shape {
  return { kind: 'rectangle', x, y, width, height, opacity };
}

/** Arms of box drawing characters from the middle: left, right, up, down. */
const arms: Readonly<Record<string, string>> = {
  '─': 'lr',
  '│': 'ud',
  '┌': 'rd',
  '┐': 'ld',
  '└': 'ru',
  '┘': 'lu',
  '├': 'rud',
  '┤': 'lud',
  '┬': 'lrd',
  '┴': 'lru',
  '┼': 'lrud',
};

const polygons: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  '▲': [
    [0.5, 0.3],
    [0.98, 0.74],
    [0.02, 0.74],
  ],
  '▼': [
    [0.02, 0.32],
    [0.98, 0.32],
    [0.5, 0.76],
  ],
  '▸': [
    [0.2, 0.34],
    [0.86, 0.55],
    [0.2, 0.76],
  ],
  '▾': [
    [0.1, 0.42],
    [0.9, 0.42],
    [0.5, 0.72],
  ],
};

const shades: Readonly<Record<string, number>> = { '░': 0.22, '▒': 0.45, '▓': 0.7 };

/** Dots of U+2800 to U+28FF by bit: column and row of 2 x 4 (Unicode, Braille Patterns). */
const brailleDots = [
  [0, 0],
  [0, 1],
  [0, 2],
  [1, 0],
  [1, 1],
  [1, 2],
  [0, 3],
  [1, 3],
] as const;
/** In cells: as large on both axes, for a cell is twice as high as wide. */
const dot = { width: 0.28, height: 0.14 };

/** null: a character for the font. */
export function shapesOf(character: string): readonly Shape[] | null {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x2581 && code <= 0x2588) {
    const height = (code - 0x2580) / 8;
    return [rectangle(0, 1 - height, 1, height)];
  }
  if (code >= 0x2589 && code <= 0x258f) return [rectangle(0, 0, (0x2590 - code) / 8, 1)];
  if (code >= 0x2800 && code <= 0x28ff) {
    return brailleDots.flatMap(([column, row], bit) => {
      const x = column / 2 + 0.25 - dot.width / 2;
      const y = row / 4 + 0.125 - dot.height / 2;
      return (code >> bit) & 1 ? [rectangle(x, y, dot.width, dot.height)] : [];
    });
  }
  const shade = shades[character];
  if (shade !== undefined) return [rectangle(0, 0, 1, 1, shade)];
  const points = polygons[character];
  if (points !== undefined) return [{ kind: 'polygon', points }];
  const directions = arms[character];
  return directions === undefined ? null : directions.split('').map(armOf);
}

function armOf(direction: string): Shape {
  const left = 0.5 - across / 2;
  const top = 0.5 - down / 2;
  switch (direction) {
    case 'l':
      return rectangle(0, top, 0.5 + across / 2, down);
    case 'r':
      return rectangle(left, top, 0.5 + across / 2, down);
    case 'u':
      return rectangle(left, 0, across, 0.5 + down / 2);
    default:
      return rectangle(left, top, across, 0.5 + down / 2);
  }
}

/** Trees of plain values such as Samples are, and what becomes of them: nothing of today's fields in them. */
import type { Plain, PlainObject } from '../../src/record/packed.ts';
import type { Random } from './random.ts';

const names = [
  'pid',
  'startTime',
  'device',
  'path',
  'name',
  'file',
  'facts',
  'a',
  'b',
  'c',
  'length',
  'constructor',
  '30001',
  '7',
  '',
  'a\0b',
];
const strings = ['', 'x', 'nvme0n1', 'gcc', '-O2', 'ünïcödé', '👾', '\0', '\x1b[2J', 'y'.repeat(300)];
const numbers = [0, 1, -1, 0.12, 99.99, 2 ** 32, -(2 ** 31), Number.MAX_SAFE_INTEGER, 2 ** 60, 1e300, 1 / 3];

export function randomTree(random: Random, depth: number): Plain {
  const kind = random.below(depth > 0 ? 9 : 5);
  if (kind === 0) return random.pick([null, true, false]);
  if (kind <= 2) return randomNumber(random);
  if (kind <= 4) return random.pick(strings);
  if (kind <= 6) return Array.from({ length: random.below(7) }, () => randomTree(random, depth - 1));
  const made: Record<string, Plain> = {};
  for (let i = random.below(6); i > 0; i--) made[random.pick(names)] = randomTree(random, depth - 1);
  return made;
}

function randomNumber(random: Random): number {
  if (random.chance(0.3)) return random.pick(numbers);
  const integer = random.below(1_000_000) - 300_000;
  return random.chance(0.3) ? integer / random.pick([10, 100, 1000, 7]) : integer;
}

/** The same tree later: most of it the same objects, some equal ones, some other. */
export function changed(tree: Plain, random: Random, depth = 4): Plain {
  if (random.chance(0.35)) return tree;
  if (random.chance(0.05)) return randomTree(random, depth);
  if (tree === null || typeof tree === 'boolean' || typeof tree === 'string') {
    return random.chance(0.9) ? tree : randomTree(random, 1);
  }
  if (typeof tree === 'number') {
    if (random.chance(0.2)) return tree;
    return random.chance(0.8) ? tree + random.below(1000) - 200 : randomNumber(random);
  }
  if (Array.isArray(tree)) {
    const items = tree.map((item: Plain) => changed(item, random, depth - 1));
    if (random.chance(0.2)) items.splice(random.below(items.length + 1), random.below(3));
    if (random.chance(0.2)) items.splice(random.below(items.length + 1), 0, randomTree(random, depth - 1));
    if (random.chance(0.1)) items.reverse();
    if (random.chance(0.1) && items.length > 0) items.push(random.pick(items));
    return items;
  }
  const entries = Object.entries(tree as PlainObject).map(
    ([name, value]) => [name, changed(value, random, depth - 1)] as [string, Plain],
  );
  if (random.chance(0.15)) entries.splice(random.below(entries.length + 1), 1);
  if (random.chance(0.15)) entries.unshift([random.pick(names), randomTree(random, depth - 1)]);
  return Object.fromEntries(entries);
}

/** What a Sample has to have, and anything else. */
export function randomSample(random: Random, before: PlainObject | null, timeMs: number): PlainObject {
  const rest = before === null ? randomTree(random, 5) : changed(before, random);
  const kept = typeof rest === 'object' && rest !== null && !Array.isArray(rest) ? (rest as PlainObject) : {};
  return { ...kept, version: 1, timeMs, monotonicMs: timeMs / 1000 };
}

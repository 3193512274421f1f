/**
 * Descriptors of /proc closed late. Opening a file there and reading it takes kernel memory, a page and more, which in a
 * freeze has to be waited for unless some was given back on this CPU a moment ago (mm/memcontrol.c, consume_stock). So
 * what nobody reads any more stays open until right before memory is taken for something else. docs/decisions/0011.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const atMost = 16;
const waiting: number[] = [];
const byte = new Uint8Array(1);

export function closeLate(descriptor: number): void {
  if (waiting.length === atMost) giveBack();
  waiting.push(descriptor);
}

/** Before the first read of a file, or a call that takes about as much. */
export function giveBack(): void {
  const descriptor = waiting.shift();
  if (descriptor !== undefined) closeSync(descriptor);
}

/** One more that waits, of our own, where there are fewer than may: what is opened and kept uses them up. */
export function stockUp(): void {
  if (waiting.length === atMost || process.platform !== 'linux') return;
  let descriptor: number;
  try {
    descriptor = openSync('/proc/self/stat', 'r');
  } catch {
    return;
  }
  waiting.push(descriptor);
  readSync(descriptor, byte);
}

/**
 * Descriptors of /proc closed late. Opening a file there and reading it takes kernel memory, a page and more, which in a
 * freeze has to be waited for unless some was given back on this CPU a moment ago (mm/memcontrol.c, consume_stock). So
 * what nobody reads any more stays open until right before memory is taken for something else. docs/decisions/0011.
 */
import { closeSync } from 'node:fs';

const atMost = 16;
const waiting: number[] = [];

export function closeLate(descriptor: number): void {
  if (waiting.length === atMost) giveBack();
  waiting.push(descriptor);
}

/** Before the first read of a file, or a call that takes about as much. */
export function giveBack(): void {
  const descriptor = waiting.shift();
  if (descriptor !== undefined) closeSync(descriptor);
}

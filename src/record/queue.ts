/** What waits for the disk, bounded by bytes and by count. */
import type { Item } from './segment-writer.ts';

export interface Queue {
  push(item: Item): void;
  /** The oldest; it counts until it is taken off. */
  readonly first: Item | undefined;
  shift(): void;
  clear(): void;
  /** No room for another sample. */
  readonly full: boolean;
  /** At most half full: samples that were dropped may come in again, for more than a moment. */
  readonly drained: boolean;
}

export function createQueue(most: { readonly bytes: number; readonly items: number }): Queue {
  let items: Item[] = [];
  let bytes = 0;
  return {
    push(item) {
      items.push(item);
      bytes += item.body.length;
    },
    get first() {
      return items[0];
    },
    shift() {
      bytes -= items.shift()?.body.length ?? 0;
    },
    clear() {
      items = [];
      bytes = 0;
    },
    get full() {
      return bytes >= most.bytes || items.length >= most.items;
    },
    get drained() {
      return bytes <= most.bytes / 2 && items.length <= most.items / 2;
    },
  };
}

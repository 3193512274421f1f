/** What a rule found, as data: one kind a sentence (format/findings.ts) and a way out (format/remedies.ts). */
import type { MemoryFound } from './found-memory.ts';
import type { StorageFound } from './found-storage.ts';
import type { WaitFound } from './found-wait.ts';

export type Found = MemoryFound | StorageFound | WaitFound;

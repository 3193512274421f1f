/** `nixpulse replay --json`: the Models of a recording, one JSON document a line. */
import { snapshotDocument } from '../../format/json.ts';
import type { Recording } from '../../record/recording.ts';
import { modelsOf } from './models-of.ts';

export interface ReplayJsonOptions {
  readonly recording: Recording;
  /** Unix ms; null: all of it. */
  readonly fromMs: number | null;
  /** Resolves when the reader has taken it. */
  readonly write: (text: string) => Promise<void>;
}

/** Lines are handed on together once they are so long. */
const fullAt = 64 * 1024;

/** Resolves with how many Models there were. */
export async function writeModels({ recording, fromMs, write }: ReplayJsonOptions): Promise<number> {
  let count = 0;
  let text = '';
  for await (const model of modelsOf(recording, fromMs)) {
    text += `${JSON.stringify(snapshotDocument(model))}\n`;
    count += 1;
    if (text.length < fullAt) continue;
    await write(text);
    text = '';
  }
  if (text !== '') await write(text);
  return count;
}

/** A diagnosis on stdout, and the exit code that goes with it. */

import { jsonDocument } from '../../base/json-text.ts';
import { keyLabel } from '../../commands/key-label.ts';
import { commands } from '../../commands/table.ts';
import { diagnosisDocument } from '../../format/diagnosis-json.ts';
import { formatDiagnosis } from '../../format/diagnosis-text.ts';
import type { Paint } from '../../format/paint.ts';
import type { Seen } from './seen.ts';

export interface TellOptions {
  readonly json: boolean;
  readonly columns: number;
  readonly color: Paint;
  readonly unicode: boolean;
  readonly write: (text: string) => Promise<void>;
}

/** 1 where something was found that is worth a warning; else 0. */
export async function tell(
  seen: Seen,
  { json, columns, color, unicode, write }: TellOptions,
): Promise<number> {
  const { model, ...sight } = seen;
  const text = json
    ? jsonDocument(diagnosisDocument(model, sight))
    : formatDiagnosis(model, { ...sight, ...{ columns, color, unicode, keyOf } });
  await write(`${text}\n`);
  return model.findings.some(({ level }) => level !== 'ok') ? 1 : 0;
}

function keyOf(id: string): string | null {
  const key = commands.find((command) => command.id === id)?.keys[0];
  return key === undefined ? null : keyLabel(key);
}

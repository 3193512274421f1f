/** The real log streams below test/fixtures/logs, and the whole of one as events. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { endLog, newLogReader, readLog } from '../../src/parse/read-log.ts';

const root = new URL('../fixtures/logs/', import.meta.url);
const folders = ['nix-2.8', 'nix-2.34', 'nixos-rebuild'];

/** `nix-2.34/nixbuild-fail`. */
export const logNames: readonly string[] = folders.flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .map((file) => `${folder}/${file.replace(/\.gz$/, '')}`)
    .sort(),
);

/** `pairs-2.34/fail`: what was written twice, `-text` and `-json`. */
export const pairNames: readonly string[] = ['pairs-2.8', 'pairs-2.34'].flatMap((folder) =>
  readdirSync(new URL(folder, root))
    .filter((file) => file.endsWith('-json.gz'))
    .map((file) => `${folder}/${file.replace(/-json\.gz$/, '')}`)
    .sort(),
);

export function logBytes(name: string): Uint8Array {
  return gunzipSync(readFileSync(new URL(`${name}.gz`, root)));
}

/** In pieces of so many bytes; all in one without. */
export function eventsOf(bytes: Uint8Array | string, pieceBytes = Number.POSITIVE_INFINITY): LogEvent[] {
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  const events: LogEvent[] = [];
  let reader = newLogReader;
  for (let at = 0; at < whole.length; at += pieceBytes) {
    const read = readLog(reader, whole.subarray(at, at + pieceBytes));
    reader = read.reader;
    events.push(...read.events);
  }
  events.push(...endLog(reader, null).events);
  return events;
}

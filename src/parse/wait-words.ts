/** What Nix says while it waits: `waiting for …` as an activity (111, 0) or as a message, and what means the same. */
import type { WaitFor } from '../model/rebuild/activity.ts';
import { quoted } from './words.ts';

type Row = readonly [RegExp, (named: readonly string[], text: string) => WaitFor];

const rows: readonly Row[] = [
  // createGeneration of src/libstore/profiles.cc; the quotes differ by version, and old ones have none.
  [
    /^waiting for lock on profile (.+)$/,
    ([first], text) => ({ kind: 'profile-lock', path: first ?? text.replace(/^.* profile |\.*$/g, '') }),
  ],
  [/^waiting for lock on ['"‘]/, (paths) => ({ kind: 'output-lock', paths })],
  [/^waiting for a machine to build /, ([drv = null]) => ({ kind: 'machine', drv })],
  // `UID` up to 2.18, `free build user ID` since 2.24.
  [
    /^waiting for (?:UID to build|a free build user ID for) /,
    ([drv = null]) => ({ kind: 'build-user', drv }),
  ],
  [/^waiting for the upload lock to /, ([host = '']) => ({ kind: 'upload-lock', host })],
  // What wants space waits for the collection that makes it (`min-free`), without another word.
  [
    /^(?:waiting for the big garbage collector lock|running auto-GC to free \d+ bytes)/,
    () => ({ kind: 'garbage-collection' }),
  ],
  [
    /^waiting for (?:the big Nix store lock|exclusive access to the Nix store)/,
    () => ({ kind: 'store-lock' }),
  ],
  [/^waiting for another Nix process to finish fetching /, ([input = '']) => ({ kind: 'fetch-lock', input })],
  // Said every ten seconds, for ever; since 2.31 `error (ignored): SQLite database …`.
  [/SQLite database .* is busy/, ([path = '']) => ({ kind: 'database', path })],
  [/^waiting for /, (_, text) => ({ kind: 'other', text: text.replace(/\.+$/, '') })],
];
const allQuoted = new RegExp(quoted, 'g');

export function waitOfText(text: string): WaitFor | null {
  const row = rows.find(([pattern]) => pattern.test(text));
  if (row === undefined) return null;
  const names = [...text.matchAll(allQuoted)].map((match) => match[1] ?? '');
  return row[1](names, text);
}

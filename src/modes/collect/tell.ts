/** What `collect` says: the list of `--dry-run`, and where the archive is and what is in it. */

import { bytesText } from '../../base/bytes.ts';
import { tookText } from '../../base/duration.ts';
import { jsonDocument, jsonLine } from '../../base/json-text.ts';
import { listText, plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import type { WrittenArchive } from '../../bundle/archive.ts';
import type { Manifest } from '../../bundle/manifest.ts';
import type { FoundPlaces } from '../../bundle/place.ts';
import type { SourceRow } from '../../bundle/source.ts';
import type { Right } from '../../platform/ports.ts';

export interface DryRun {
  readonly json: boolean;
  readonly missing: (right: Right) => readonly string[];
}

export function dryRunText(rows: readonly SourceRow[], { json, missing }: DryRun): string {
  const lacks = ({ needs }: SourceRow) => (needs === undefined ? [] : missing(needs));
  if (json) {
    const sources = rows.map((row) => ({
      ...{
        id: row.id,
        what: row.what,
        from: row.from,
        stage: row.stage,
        mostMs: row.timeMs,
        mostBytes: row.mostBytes,
      },
      ...{ redaction: row.redaction, missingPrivileges: lacks(row) },
    }));
    return `${jsonDocument({ sources })}\n`;
  }
  const lines = rows.flatMap((row) => {
    const without = lacks(row);
    return [
      `${row.id}: ${row.what}`,
      `    ${row.from}`,
      ...(without.length === 0 ? [] : [`    less without ${listText(without)}`]),
    ];
  });
  return [
    'What would be gathered, in this order; secrets are taken out of all of it:',
    '',
    ...lines,
    '',
    `${plural(rows.length, 'source')}; nothing was read.`,
    '',
  ].join('\n');
}

export interface Result {
  readonly written: WrittenArchive;
  readonly manifest: Manifest;
  readonly places: FoundPlaces;
  /** Places that stopped answering. */
  readonly left: readonly string[];
  /** Null: there is none. */
  readonly sumFile: string | null;
  readonly json: boolean;
}

export function resultText({ written, manifest, places, left, sumFile, json }: Result): string {
  const { path, bytes, sha256 } = written;
  const { sources, redactions, tookMs, namesAliased } = manifest;
  const taken = Object.values(redactions).reduce((sum, count) => sum + count, 0);
  const files = sources.reduce((sum, source) => sum + source.files.length, 0);
  const inMemory = places.inMemory || left.length > 0;
  if (json) {
    const result = {
      kind: 'bundle',
      path,
      bytes,
      sha256,
      sumFile,
      place: places.why,
      inMemory,
      files,
      redactions,
    };
    return `${jsonLine({ ...result, missed: sources.filter(({ result: one }) => one !== 'ok' && one !== 'nothing').map(({ id }) => id) })}\n`;
  }
  const late = sources.filter(({ result }) => result === 'left' || result === 'not begun');
  const without = [...new Set(sources.flatMap(({ missingPrivileges }) => missingPrivileges))];
  return [
    path,
    `${bytesText(bytes)}, ${plural(files, 'file')} of ${plural(sources.length, 'source')}, gathered in ${tookText(tookMs)}; sha256 ${sha256}`,
    `Written there because ${places.why}.`,
    ...(left.length > 0 ? [`${listText(left)} stopped answering.`] : []),
    ...(inMemory ? ['It is in memory and gone with the next boot: copy it.'] : []),
    ...(late.length > 0 ? [`${listText(late.map(({ id }) => id))} did not come back in time.`] : []),
    ...(without.length > 0 ? [`There is more for who has ${listText(without)}: run it with sudo.`] : []),
    `${taken === 0 ? 'No secret was found' : `${plural(taken, 'secret')} taken out`}; ${namesAliased ? 'hosts and users have aliases' : '--names gives hosts and users aliases'}. Look before you share it:`,
    `    tar xzf ${shellWord(path)}; nixpulse replay ${shellWord(path)}`,
    '',
  ].join('\n');
}

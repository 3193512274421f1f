/** `manifest.json`: every source with its time, what came of it, what was cut, what was taken out, and a sum of each file. */
import { problemText } from '../base/problem.ts';
import type { RedactionCounts, RedactionKind } from '../redact/kinds.ts';
import type { SourceRecord } from './gather.ts';

export interface ManifestFacts {
  /** Of nixpulse. */
  readonly version: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly uid: number;
  readonly aliased: boolean;
  readonly wholeLogs: boolean;
  readonly why: string;
  /** The user or a signal ended it. */
  readonly stopped: boolean;
}

export interface Manifest {
  readonly format: 1;
  readonly writer: string;
  readonly started: string;
  readonly ended: string;
  readonly tookMs: number;
  readonly uid: number;
  readonly namesAliased: boolean;
  readonly wholeLogs: boolean;
  readonly place: string;
  readonly stopped: boolean;
  readonly redactions: RedactionCounts;
  readonly sources: readonly ManifestSource[];
}

export interface ManifestSource {
  readonly id: string;
  readonly what: string;
  readonly from: string;
  readonly started: string | null;
  readonly tookMs: number;
  readonly limitMs: number;
  readonly result: SourceRecord['result'];
  readonly problems: readonly string[];
  readonly missingPrivileges: readonly string[];
  readonly files: readonly {
    readonly name: string;
    readonly bytes: number;
    readonly sha256: string;
    readonly cut: string | null;
    readonly redactions: RedactionCounts;
  }[];
}

export function manifestOf(records: readonly SourceRecord[], facts: ManifestFacts): Manifest {
  const { startedMs, endedMs } = facts;
  return {
    format: 1,
    writer: `nixpulse ${facts.version}`,
    started: new Date(startedMs).toISOString(),
    ended: new Date(endedMs).toISOString(),
    tookMs: Math.max(0, Math.round(endedMs - startedMs)),
    uid: facts.uid,
    namesAliased: facts.aliased,
    wholeLogs: facts.wholeLogs,
    place: facts.why,
    stopped: facts.stopped,
    redactions: sumOf(records),
    sources: records.map(({ row, startedMs: began, tookMs, result, problems, files, missing }) => ({
      ...{ id: row.id, what: row.what, from: row.from },
      started: began === null ? null : new Date(began).toISOString(),
      ...{ tookMs, limitMs: row.timeMs, result },
      problems: problems.map(problemText),
      missingPrivileges: missing,
      files: files.map(({ name, bytes, sha256, cut, redactions }) => ({
        name,
        bytes,
        sha256,
        cut,
        redactions,
      })),
    })),
  };
}

export function sumOf(records: readonly SourceRecord[]): RedactionCounts {
  const sum: Partial<Record<RedactionKind, number>> = {};
  for (const { files } of records) {
    for (const { redactions } of files) {
      for (const [kind, count] of Object.entries(redactions) as [RedactionKind, number][])
        sum[kind] = (sum[kind] ?? 0) + count;
    }
  }
  return sum;
}

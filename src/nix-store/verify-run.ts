/** One run of a verifying Nix: its lines become counts, findings and progress. */

import type { Result } from '../base/problem.ts';
import type { Progress } from '../model/intents/outcome.ts';
import type { Finding } from '../model/nix-store/store-check.ts';
import { addWorkPoint, rateOf, type WorkTrack } from '../model/nix-store/work-rate.ts';
import { parseInternalJson } from '../parse/internal-json.ts';
import { createVerifyReader, type VerifyNote } from '../parse/verify-log.ts';
import { type Cancellable, type ProcessEnd, runCancellable } from './cancellable.ts';
import type { CommandLine } from './low-priority.ts';

/** What there is to check, as far as it is known. */
export interface Extent {
  readonly paths: number | null;
  readonly bytes: number | null;
  sizeOf(path: string): number | null;
}

/** Who is told how far a verification is. */
export interface Reporting {
  readonly report: (progress: Progress) => void;
}

export interface VerifyRun {
  readonly end: Result<ProcessEnd>;
  readonly began: boolean;
  /** Paths that are through, bad ones too. */
  readonly done: number;
  readonly expected: number | null;
  readonly bytes: number | null;
  /** By path, in the order in which they came. */
  readonly findings: ReadonlyMap<string, Finding>;
  /** Deleted by somebody while it ran. */
  readonly deleted: number;
  /** Rows that the old command removed. */
  readonly dropped: readonly string[];
  readonly complaints: readonly string[];
}

/** A verification says three lines a path: the screen wants to know four times a second. */
const reportEveryMs = 250;
const mostComplaints = 20;

export async function runVerify(
  context: Cancellable & Reporting,
  command: CommandLine,
  extent: Extent,
): Promise<VerifyRun> {
  const { clock } = context.ports;
  const reader = createVerifyReader();
  const findings = new Map<string, Finding>();
  const dropped: string[] = [];
  const complaints: string[] = [];
  /** Ended checks that the count of all does not have yet: an interrupted one never gets there. */
  const ended: string[] = [];
  let [done, settled, bytes, deleted] = [0, 0, 0, 0];
  let expected = extent.paths;
  let track: WorkTrack = [];
  let lines: string[] = [];
  let reportedMs = Number.NEGATIVE_INFINITY;

  /** Threads say the end of a check and the count of all in any order. */
  function settle(): void {
    for (const path of ended.splice(0, done - settled)) {
      settled += 1;
      bytes += extent.sizeOf(path) ?? 0;
    }
  }

  function report(): void {
    const atMs = clock.monotonic();
    if (atMs - reportedMs < reportEveryMs) return;
    reportedMs = atMs;
    track = addWorkPoint(track, { atMs, items: done, bytes });
    context.report({
      done,
      ...(expected === null ? {} : { total: expected }),
      ...(extent.bytes === null ? {} : { doneBytes: bytes, totalBytes: extent.bytes }),
      ...rateOf(track, { items: expected, bytes: extent.bytes }),
      ...(lines.length === 0 ? {} : { lines }),
    });
    lines = [];
  }

  function take(note: VerifyNote): void {
    switch (note.kind) {
      case 'progress':
        expected = note.expected;
        done = Math.max(done, note.done);
        settle();
        break;
      case 'checked':
        // The old command has no count.
        if (!reader.began) done += 1;
        ended.push(note.path);
        settle();
        break;
      case 'found': {
        const known = findings.get(note.path);
        if (known === undefined) lines.push(`${note.finding} ${note.path}`);
        findings.set(note.path, {
          path: note.path,
          kind: note.finding,
          text: note.text ?? known?.text ?? null,
        });
        break;
      }
      case 'deleted':
        // Not even begun, and counted all the same.
        deleted += 1;
        settled += 1;
        break;
      case 'dropped':
        dropped.push(note.path);
        lines.push(`vanished, removed from the database ${note.path}`);
        break;
      case 'stage':
        context.report({ text: note.text });
        break;
      case 'complaint':
        if (complaints.length < mostComplaints) complaints.push(note.text);
    }
  }

  const end = await runCancellable(context, command, {
    onLine(line) {
      const note = reader.read(parseInternalJson(line));
      if (note === null) return;
      take(note);
      report();
    },
  });
  const lastPath = end.ok && end.value.exitCode !== null && !context.cancelled.aborted ? reader.end() : null;
  if (lastPath !== null) take(lastPath);
  reportedMs = Number.NEGATIVE_INFINITY;
  report();
  return {
    end,
    began: reader.began,
    done,
    expected,
    bytes: extent.bytes === null ? null : bytes,
    findings,
    deleted,
    dropped,
    complaints,
  };
}

export const asJson = ['--log-format', 'internal-json', '-v'] as const;

/** `scope`: paths, or `--all`. Reads every one of them, changes nothing, and takes no lock of the store. */
export function verifyCommand(scope: readonly string[]): CommandLine {
  const nix = ['nix', '--extra-experimental-features', 'nix-command'] as const;
  return [...nix, 'store', 'verify', '--no-trust', ...asJson, ...scope];
}

/**
 * `error: 'store' is not a recognised command` and `error: unrecognised flag
 * '--extra-experimental-features'` before Nix 2.4.
 */
export function lacksVerify({ began, complaints }: VerifyRun): boolean {
  return !began && complaints.some((text) => /not a recognised command|unrecognised flag/.test(text));
}

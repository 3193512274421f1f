/** What came of a verification, in words. */

import { bytesText } from '../base/bytes.ts';
import { tookText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Finding } from '../model/nix-store/store-check.ts';
import { endWords } from '../nix-store/cancellable.ts';
import type { VerifyRun } from '../nix-store/verify-run.ts';

export interface CheckedRun {
  readonly run: VerifyRun;
  /** What is still so at a second look. */
  readonly findings: readonly Finding[];
  /** Bad at the first look, good at the second. */
  readonly unsteady: readonly string[];
  /** It was `nix-store --verify`. */
  readonly old: boolean;
  readonly durationMs: number;
  readonly cancelled: boolean;
}

/** Exit bits of `nix store verify` (its manual page); 2, untrusted, is not asked for. */
const corruptBit = 1;
const failedBit = 4;
const mostFindings = 50;

export function describeRun(checked: CheckedRun): Outcome {
  const { run, findings, cancelled } = checked;
  const details = detailsOf(checked);
  if (cancelled) {
    const found = findings.length === 0 ? 'no damage so far' : `${damageText(findings)} so far`;
    return { status: 'cancelled', summary: `cancelled after ${extentText(run)}: ${found}`, details };
  }
  const took = tookText(checked.durationMs);
  const damaged = findings.filter(({ kind }) => kind !== 'unreadable').length;
  if (damaged > 0 || run.dropped.length > 0) {
    const dropped = run.dropped.length === 0 ? [] : [`${run.dropped.length} vanished`];
    const what = [...(findings.length === 0 ? [] : [damageText(findings)]), ...dropped].join(', ');
    return {
      status: 'failed',
      summary: `damage in the store: ${what} of ${extentText(run)} (${took})`,
      details,
    };
  }
  const blind = whyBlind(checked);
  if (findings.length > 0 || blind !== null) {
    const what = findings.length > 0 ? damageText(findings) : (blind ?? '');
    return { status: 'incomplete', summary: `checked ${extentText(run)}: ${what} (${took})`, details };
  }
  return { status: 'done', summary: `the store is sound: ${extentText(run)} (${took})`, details };
}

/** An exit code that the findings do not explain: never said to be sound. Null when all is accounted for. */
function whyBlind({ run, old }: CheckedRun): string | null {
  if (!run.end.ok) return 'the check did not end';
  const { exitCode } = run.end.value;
  if (exitCode === 0) return null;
  if (exitCode === null) return `nix ${endWords(run.end.value)} before its end`;
  if (old) return run.complaints[0] ?? `nix-store ${endWords(run.end.value)}`;
  if ((exitCode & corruptBit) !== 0 && run.findings.size === 0)
    return 'Nix says that paths are corrupt, not which';
  if ((exitCode & failedBit) !== 0 && (run.complaints.length > 0 || run.deleted + run.findings.size === 0))
    return run.complaints[0] ?? 'some paths could not be checked';
  return (exitCode & ~(corruptBit | failedBit)) === 0 ? null : `nix ${endWords(run.end.value)}`;
}

/** `2 corrupt, 1 missing`. */
function damageText(findings: readonly Finding[]): string {
  return (['corrupt', 'missing', 'unreadable'] as const)
    .map((kind) => ({ kind, found: findings.filter((one) => one.kind === kind).length }))
    .filter(({ found }) => found > 0)
    .map(({ kind, found }) => `${found} ${kind}`)
    .join(', ');
}

/** `90412 paths, 312 GB`. */
function extentText({ done, bytes: size, expected }: VerifyRun): string {
  const paths =
    expected !== null && done < expected ? `${done} of ${plural(expected, 'path')}` : plural(done, 'path');
  return size === null || size === 0 ? paths : `${paths}, ${bytesText(size)}`;
}

function detailsOf({ run, findings, unsteady, cancelled }: CheckedRun): readonly string[] {
  const details = findings.slice(0, mostFindings).map(findingText);
  if (findings.length > mostFindings) details.push(`and ${findings.length - mostFindings} more`);
  for (const path of unsteady)
    details.push(
      `${path} was bad at the first look and good at the second: rewritten meanwhile, or memory or disk err`,
    );
  for (const path of run.dropped) details.push(`vanished, removed from the database ${path}`);
  for (const text of run.complaints) details.push(text);
  const repairable = findings.some(({ kind }) => kind !== 'unreadable');
  if (repairable && !cancelled) details.push('to repair them: sudo nixpulse verify --repair');
  return details;
}

function findingText({ kind, path, text }: Finding): string {
  if (text === null || (kind === 'missing' && text.includes(path))) return `${kind} ${path}`;
  return text.includes(path) ? `${kind}: ${text}` : `${kind} ${path}: ${text}`;
}

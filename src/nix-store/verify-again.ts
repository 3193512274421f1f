/** What a verification found, looked at once more before anything is said of it. */
import type { Finding } from '../model/nix-store/store-check.ts';
import type { Cancellable } from './cancellable.ts';
import type { LowPriority } from './low-priority.ts';
import { lookAtPath } from './verify-path.ts';
import type { Reporting, VerifyRun } from './verify-run.ts';

/** Without the low priority of a second look for each of them a broken disk would be read for hours. */
const mostSecondLooks = 100;

/**
 * Paths come and go while it runs, and bits flip in memory too: what was found is looked at once more
 * before anything is said of it.
 */
export async function lookAgain(
  run: VerifyRun,
  context: Cancellable & Reporting,
  low: LowPriority,
): Promise<{ readonly findings: readonly Finding[]; readonly unsteady: readonly string[] }> {
  const findings: Finding[] = [];
  const unsteady: string[] = [];
  const found = [...run.findings.values()];
  if (found.length > 0 && !context.cancelled.aborted)
    context.report({ text: 'looks once more at what was found' });
  for (const [index, finding] of found.entries()) {
    const again =
      index < mostSecondLooks && !context.cancelled.aborted
        ? await lookAtPath(finding.path, context, low)
        : null;
    // Interrupted itself: it says nothing.
    if (again === null || context.cancelled.aborted || again.state === 'unknown') findings.push(finding);
    else if (again.state === 'damaged')
      findings.push({ ...again.finding, text: finding.text ?? again.finding.text });
    else if (again.state === 'sound') unsteady.push(finding.path);
  }
  return { findings, unsteady };
}

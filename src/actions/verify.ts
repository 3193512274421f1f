/**
 * Verifies the store: reads every path and compares it with the database, changes nothing, at the lowest
 * priority. `nix store verify` takes no lock of the store, so that builds and collections go on.
 */
import type { Outcome } from '../model/intents/outcome.ts';
import type { Finding } from '../model/nix-store/store-check.ts';
import { endWords } from '../nix-store/cancellable.ts';
import { keepVerification, verificationOf } from '../nix-store/last-verification.ts';
import { type CommandLine, findLowPriority, type LowPriority } from '../nix-store/low-priority.ts';
import { readStoreTotals } from '../nix-store/store-totals.ts';
import { lookAgain } from '../nix-store/verify-again.ts';
import {
  asJson,
  type Extent,
  lacksVerify,
  runVerify,
  type VerifyRun,
  verifyCommand,
} from '../nix-store/verify-run.ts';
import type { Action, ActionContext, IntentOf } from './action.ts';
import { describeRun } from './verify-words.ts';
import { reasonOf, refused } from './wording.ts';

export const verify: Action<'verify'> = (intent, context) => verifyPaths(intent, context, null);

/** `only`: these paths (no derivations) instead of the whole store; such a result is not kept. */
export async function verifyPaths(
  intent: IntentOf<'verify'>,
  context: ActionContext,
  only: readonly string[] | null,
): Promise<Outcome> {
  const { ports, cancelled } = context;
  if (!ports.files.live) return refused('this is another root directory: its store is not checked');
  const startedMs = ports.clock.monotonic();
  const low = await findLowPriority(ports.spawn);
  const extent = await findExtent(context, low, only);
  if (cancelled.aborted) return { status: 'cancelled', summary: 'nothing was checked', details: [] };

  context.report({ text: 'checks the contents of the store paths' });
  const scope = only ?? ['--all'];
  let run = await runVerify(context, low(verifyCommand(scope)), extent);
  const old = lacksVerify(run);
  if (old) {
    if (intent.allowOldVerify !== true || only !== null) return refusedOld;
    run = await runVerify(context, low(oldVerify), extent);
  }
  const failure = whyNotRun(run, old, cancelled.aborted);
  if (failure !== null) return failure;

  const checked = await lookAgain(run, context, low);
  const durationMs = ports.clock.monotonic() - startedMs;
  const outcome = describeRun({
    run,
    ...checked,
    old,
    durationMs,
    cancelled: cancelled.aborted && !isWhole(run),
  });
  if (only !== null) return outcome;
  const problem = await keep(outcome, run, checked.findings, durationMs, context);
  return problem === null ? outcome : { ...outcome, details: [...outcome.details, problem] };
}

/** The cancel came when all was done: nothing was missed, and nothing found is left to look at again. */
function isWhole({ done, expected, findings, end }: VerifyRun): boolean {
  return end.ok && end.value.exitCode === 0 && done === expected && findings.size === 0;
}

const oldVerify: CommandLine = ['nix-store', '--verify', '--check-contents', ...asJson];

async function findExtent(
  context: ActionContext,
  low: LowPriority,
  only: readonly string[] | null,
): Promise<Extent> {
  context.report({ text: 'reads the list of store paths' });
  const totals = await readStoreTotals(context, low);
  if (!totals.ok) return { paths: only?.length ?? null, bytes: null, sizeOf: () => null };
  if (only === null) return totals.value;
  const { sizeOf } = totals.value;
  return { paths: only.length, bytes: only.reduce((sum, path) => sum + (sizeOf(path) ?? 0), 0), sizeOf };
}

const refusedOld: Outcome = {
  status: 'refused',
  summary: 'this Nix has no `nix store verify`',
  details: [
    'the older nix-store --verify --check-contents also looks, but it removes the database rows of paths that have vanished, and no collection can run beside it',
    'say that it may be used if that is all right',
  ],
};

/** The run did not get as far as checking paths. */
function whyNotRun({ end, began, complaints }: VerifyRun, old: boolean, cancelled: boolean): Outcome | null {
  if (!end.ok) {
    const gone = end.problem.kind === 'gone';
    return refused(gone ? 'there is no Nix in the PATH' : reasonOf(end.problem));
  }
  if (began || cancelled || (old && end.value.exitCode !== null)) return null;
  if (end.value.exitCode === 0) return null;
  return {
    status: 'failed',
    summary: `the store was not checked: nix ${endWords(end.value)}`,
    details: complaints,
  };
}

/** Why it could not be kept, or null. Half a verification does not replace a whole one, except with bad news. */
async function keep(
  { status }: Outcome,
  run: VerifyRun,
  findings: readonly Finding[],
  durationMs: number,
  { ports, stateDirectory }: ActionContext,
): Promise<string | null> {
  if (status === 'cancelled' && findings.length === 0) return null;
  const verification = verificationOf(run, { findings, status, durationMs, nowMs: ports.clock.now() });
  const kept = await keepVerification(ports, stateDirectory, verification);
  return kept.ok ? null : `the result could not be kept: ${reasonOf(kept.problem)}`;
}

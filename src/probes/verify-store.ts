/**
 * The whole store, each path read and compared with its hash: as the action `verify`, on a Nix that has
 * `nix store verify`. Kept as its last result, so that the store page and a repair know of it too.
 */
import { bytesText } from '../base/bytes.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import type { Progress } from '../model/intents/outcome.ts';
import type { Finding } from '../model/nix-store/store-check.ts';
import { endWords } from '../nix-store/cancellable.ts';
import { keepVerification, verificationOf } from '../nix-store/last-verification.ts';
import { readStoreTotals } from '../nix-store/store-totals.ts';
import { lookAgain } from '../nix-store/verify-again.ts';
import { lacksVerify, runVerify, type VerifyRun, verifyCommand } from '../nix-store/verify-run.ts';
import { damageOf } from './damage-of.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { lowPriorityOf } from './run-program.ts';

const noTotals = { paths: null, bytes: null, sizeOf: () => null };
const mostDamaged = 1000;

export const verifyStore: Probe<'verify-store'> = async (_, context) => {
  const { ports, cancelled, progress } = context;
  const report = ({ text, done, total, doneBytes, totalBytes }: Progress) => {
    if (text !== undefined) progress(text);
    if (done === undefined || total === undefined) return;
    const bytes =
      doneBytes === undefined || totalBytes === undefined
        ? ''
        : `, ${bytesText(doneBytes)} of ${bytesText(totalBytes)}`;
    progress(`${done} of ${total} paths${bytes}`);
  };
  const asked = { ports, cancelled, group: true, report };
  const startedMs = ports.clock.monotonic();
  const low = await lowPriorityOf(ports.spawn);
  progress('reads the list of store paths');
  const totals = await readStoreTotals(asked, low);
  const run = await runVerify(asked, low(verifyCommand(['--all'])), totals.ok ? totals.value : noTotals);
  if (!run.end.ok) return run.end;
  if (lacksVerify(run)) return fail('unsupported', 'nix store verify', 'this Nix is older than 2.4');
  const whole = isWhole(run);
  if (!run.began && !whole)
    return fail('malformed', 'nix store verify', run.complaints[0] ?? endWords(run.end.value));
  const { findings } = await lookAgain(run, asked, low);
  await keep(run, findings, whole, ports.clock.monotonic() - startedMs, context);
  return ok(await valuesOf(run, findings, whole, context));
};

/** 1: paths are corrupt, 4: some could not be checked; both are among the findings. */
function isWhole({ end, complaints }: VerifyRun): boolean {
  if (!end.ok || end.value.exitCode === null) return false;
  return (end.value.exitCode & ~5) === 0 && complaints.length === 0;
}

async function valuesOf(
  run: VerifyRun,
  findings: readonly Finding[],
  whole: boolean,
  context: ProbeContext,
): Promise<ProbeValues['verify-store']> {
  const unreadable = findings.filter(({ kind }) => kind === 'unreadable').length;
  const damaged = findings.filter(({ kind }) => kind !== 'unreadable').slice(0, mostDamaged);
  return {
    checked: run.done,
    ...(whole ? {} : { partial: true }),
    ...(unreadable > 0 ? { unreadable } : {}),
    damaged: await Promise.all(damaged.map((finding, at) => damageOf(finding, at, context))),
  };
}

/** Half a verification does not replace a whole one, except with bad news. */
async function keep(
  run: VerifyRun,
  findings: readonly Finding[],
  whole: boolean,
  durationMs: number,
  { ports, stateDirectory }: ProbeContext,
): Promise<Result<void>> {
  if (stateDirectory === undefined || (!whole && findings.length === 0)) return ok(undefined);
  const bad = findings.some(({ kind }) => kind !== 'unreadable');
  const status = bad ? 'failed' : whole ? (findings.length > 0 ? 'incomplete' : 'done') : 'cancelled';
  const kept = verificationOf(run, { findings, status, durationMs, nowMs: ports.clock.now() });
  return keepVerification(ports, stateDirectory, kept);
}

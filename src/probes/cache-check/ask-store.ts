/** A cache of a kind that only Nix can ask (s3://, ssh://, a store): whether it answers. */
import { withoutLoginOf } from '../../model/cache-check/cache-address.ts';
import { within } from '../check/within.ts';
import { nixCommand } from '../nix-config.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import type { Failed } from './failed.ts';
import { complaintOf } from './nix-words.ts';

const answerMs = 15_000;
/** As builder.ts: without a terminal nobody answers a question for a password. */
const sshOptions = '-o BatchMode=yes -o ConnectTimeout=10';

/** Null: it was cancelled. */
export async function askStore(
  address: string,
  context: ProbeContext,
): Promise<{ readonly failed: Failed | null; readonly answerSec: number | null } | null> {
  const { clock } = context.ports;
  const startedMs = clock.monotonic();
  const asked = await within(answerMs, address, context, (bounded) =>
    // The name that all know; the newest warn. Its arguments everybody may read, and an address may have a password.
    runProgram(bounded, [...nixCommand, 'store', 'ping'], {
      environment: { NIX_SSHOPTS: sshOptions, NIX_REMOTE: address },
      from: 'nix',
    }),
  );
  const waitedSec = (clock.monotonic() - startedMs) / 1000;
  if (context.cancelled.aborted) return null;
  const failed = (trouble: Failed['trouble'], said: string | null): Failed => ({ trouble, said, waitedSec });
  if (!asked.ok) {
    const { kind, cause } = asked.problem;
    return { failed: failed(kind === 'timeout' ? 'timeout' : 'unreachable', cause ?? kind), answerSec: null };
  }
  if (asked.value.exitCode === 0) return { failed: null, answerSec: waitedSec };
  // Nix 2.8 begins with what it was asked, which has the login in it.
  const said = complaintOf(asked.value.stderr.filter((line) => !line.startsWith('Store URL:')));
  return { failed: failed('unreachable', said && withoutLoginOf(said, address)), answerSec: null };
}

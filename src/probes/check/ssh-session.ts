/** One session on the target of a deployment, through the system's own ssh with its configuration. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { Reach } from '../../model/advice/deploy-facts.ts';
import type { Target } from '../../model/advice/deploy-target.ts';
import { readSshWords } from '../../parse/ssh-words.ts';
import { parseTargetReport, reportBegins } from '../../parse/target-report.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { targetCommand } from './target-script.ts';

const connectSec = 10;
/** All of it: a pool that is suspended or a cache that is dead makes it slow. */
const sessionSec = 60;
const mostLines = 20_000;
const mostLine = 4096;

/**
 * Never asks: neither for a password nor whether a key is to be trusted. A connection that is there is used; none is
 * left behind. `-v` says which key opened it.
 */
const options = [
  ...['-v', '-T', '-x', '-a'],
  ...['-o', 'BatchMode=yes', '-o', `ConnectTimeout=${connectSec}`, '-o', 'ControlMaster=no'],
  // What the user's configuration adds to a login: ports, a command, something here.
  ...['-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none', '-o', 'PermitLocalCommand=no'],
] as const;

export interface Session {
  readonly reach: Result<Reach>;
  readonly target: Result<Target>;
  readonly clockAheadSec: number | null;
  /** `SHA256:…`. */
  readonly acceptedKey: string | null;
}

export async function openSession(host: string, context: ProbeContext): Promise<Session> {
  const { clock } = context.ports;
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  let begun: { readonly sec: number; readonly nowMs: number } | null = null;
  let isLate = false;
  const abort = new AbortController();
  const cancel = () => abort.abort();
  if (context.cancelled.aborted) cancel();
  context.cancelled.addEventListener('abort', cancel, { once: true });
  const cancelDeadline = clock.after(sessionSec * 1000, () => {
    isLate = true;
    cancel();
  });
  const startedMs = clock.monotonic();
  const secondsSince = () => (clock.monotonic() - startedMs) / 1000;
  const run = await runProgram(
    { ports: context.ports, cancelled: abort.signal },
    ['ssh', ...options, '--', host, targetCommand],
    {
      from: 'openssh',
      onLine(line, stream) {
        if (begun === null && line === reportBegins) begun = { sec: secondsSince(), nowMs: clock.now() };
        if (lines[stream].length < mostLines) lines[stream].push(line.slice(0, mostLine));
      },
    },
  );
  cancelDeadline();
  context.cancelled.removeEventListener('abort', cancel);
  if (!run.ok) return { reach: run, target: run, clockAheadSec: null, acceptedKey: null };
  const { last, acceptedKey, isIn } = readSshWords(lines.stderr);
  const target = parseTargetReport(lines.stdout, host);
  if (isIn || target.ok) {
    const { sec, nowMs } = begun ?? { sec: secondsSince(), nowMs: null };
    const timeSec = target.ok ? target.value.timeSec : null;
    return {
      reach: ok({ sec, said: null }),
      target: target.ok ? target : silent(),
      clockAheadSec: timeSec === null || nowMs === null ? null : Math.round(timeSec - nowMs / 1000),
      acceptedKey,
    };
  }
  const said = isLate
    ? `timed out: no answer in ${sessionSec} s`
    : (last ?? `ssh ended with ${run.value.exitCode ?? run.value.signal}`);
  return {
    reach: ok({ sec: secondsSince(), said }),
    target: fail('unsupported', host, 'not reached'),
    clockAheadSec: null,
    acceptedKey,
  };

  /** A shell that takes its time, or that is none: `This account is currently not available.` */
  function silent(): Result<never> {
    if (isLate) return fail('timeout', host, `its shell did not begin within ${sessionSec} s`);
    return fail('malformed', host, last ?? lines.stdout.at(-1) ?? 'its shell did not run sh');
  }
}

/**
 * One evaluation under limits: nix-instantiate --eval, which opens the store for reading only and builds nothing; or
 * without --eval, which writes the derivations into the store, as every rebuild begins, and builds nothing either. Its
 * resident memory is watched and it is ended at the limit: RLIMIT_AS would count what the collector only reserves.
 */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { EvaluationRun } from '../model/diagnosis/probe-values.ts';
import { createEvaluationTraceReader, type EvaluationTrace } from '../parse/evaluation-trace.ts';
import { rowNumber } from '../parse/row-number.ts';
import type { Files } from '../platform/ports.ts';
import type { ProbeContext } from './probe.ts';
import { type ProgramOutput, runProgram } from './run-program.ts';

export interface Limits {
  readonly sec: number;
  /** Resident. */
  readonly bytes: number;
}

export interface Evaluation {
  readonly expression: string;
  /** For people. */
  readonly configuration: string;
  readonly limits: Limits;
  /** The value as JSON instead of as Nix writes it. */
  readonly json?: boolean;
  /** The value is a derivation, and is written: a dry run of a build needs its file. */
  readonly instantiate?: boolean;
  readonly options?: readonly (readonly [name: string, value: string])[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Evaluated {
  readonly run: EvaluationRun;
  /** What was printed; null where it did not end well. */
  readonly value: string | null;
  /** What it said on stderr: its first lines and its last. */
  readonly said: readonly string[];
}

const lookEveryMs = 200;
const mostValue = 16 << 20;
/** From each end: old Nix says the error first, new Nix last. */
const mostSaid = 60;
const MiB = 1024 * 1024;

/** Half of what is free, which leaves the rest of the machine as it is. */
export function usualLimits({ files }: { readonly files: Pick<Files, 'read'> }, sec: number): Limits {
  const available = rowNumber(orNull(files.read('/proc/meminfo')) ?? '', 'MemAvailable:');
  const half = available === null ? 1024 * MiB : available * 512;
  return { sec, bytes: Math.min(Math.max(half, 512 * MiB), 16 * 1024 * MiB) };
}

/** A Problem where it could not be begun, or was cancelled. */
export async function evaluate(
  { expression, configuration, limits, json, instantiate, options = [], environment }: Evaluation,
  context: Pick<ProbeContext, 'ports' | 'cancelled'>,
): Promise<Result<Evaluated>> {
  const { clock, files } = context.ports;
  const abort = new AbortController();
  const cancel = () => abort.abort();
  if (context.cancelled.aborted) cancel();
  context.cancelled.addEventListener('abort', cancel, { once: true });
  let ended: 'time' | 'memory' | null = null;
  const end = (why: 'time' | 'memory') => {
    ended ??= why;
    cancel();
  };
  const cancelDeadline = clock.after(limits.sec * 1000, () => end('time'));
  let peakBytes: number | null = null;
  let cancelLook = () => {};
  // What ends before the first look has shown nothing of what it takes.
  const watch = (pid: number) => {
    cancelLook = clock.after(lookEveryMs, () => look(pid));
  };
  const look = (pid: number) => {
    const resident = residentOf(pid, files);
    if (resident !== null) {
      peakBytes = Math.max(peakBytes ?? 0, resident.peakBytes);
      if (resident.bytes > limits.bytes) end('memory');
    }
    watch(pid);
  };
  const trace = createEvaluationTraceReader();
  const first: string[] = [];
  const last: string[] = [];
  let value = '';
  const startedMs = clock.monotonic();
  const output = await runProgram(
    { ports: context.ports, cancelled: abort.signal },
    [
      'nix-instantiate',
      ...(instantiate ? [] : ['--eval', '--strict', ...(json ? ['--json'] : [])]),
      '--show-trace',
      // An option that is not known there is only warned of.
      ...option('experimental-features', 'nix-command flakes'),
      ...option('allow-import-from-derivation', 'false'),
      ...options.flatMap(([name, set]) => option(name, set)),
      ...['--expr', expression],
    ],
    {
      ...(environment === undefined ? {} : { environment }),
      onStart: watch,
      onLine(line, stream) {
        if (stream === 'stderr') {
          trace.add(line);
          if (first.length < mostSaid) first.push(line);
          else if (last.push(line) > mostSaid) last.shift();
        } else if (value.length < mostValue) value += `${line}\n`;
      },
    },
  );
  cancelDeadline();
  cancelLook();
  context.cancelled.removeEventListener('abort', cancel);
  if (!output.ok) return output;
  if (ended === null && context.cancelled.aborted) return fail('timeout', 'nix-instantiate', 'cancelled');
  const told = trace.end();
  const how = ended ?? endOf(output.value, told);
  const { error, repeated, omittedFrames, options: named, files: defining } = told;
  const run: EvaluationRun = {
    end: how,
    configuration,
    sec: (clock.monotonic() - startedMs) / 1000,
    limitSec: limits.sec,
    peakBytes,
    limitBytes: limits.bytes,
    // That it was interrupted is our doing.
    error: ended === null ? (error ?? signalWords(output.value)) : null,
    repeated,
    omittedFrames,
    options: named,
    files: defining,
  };
  return ok({ run, value: how === 'done' ? value.trim() : null, said: [...first, ...last] });
}

function option(name: string, value: string): readonly string[] {
  return ['--option', name, value];
}

/** The kernel kills who takes the most memory; a stack that is full is SIGSEGV where Nix has no handler for it. */
function endOf({ exitCode, signal }: ProgramOutput, { fault }: EvaluationTrace): EvaluationRun['end'] {
  if (exitCode === 0) return 'done';
  if (fault !== null) return fault;
  if (signal === 'SIGKILL') return 'memory';
  return signal === 'SIGSEGV' || signal === 'SIGBUS' ? 'stack' : 'failed';
}

function signalWords({ signal }: ProgramOutput): string | null {
  return signal === null ? null : `killed (${signal})`;
}

/** VmRSS and VmHWM: proc_pid_status(5). Null of one that has ended. */
function residentOf(
  pid: number,
  files: Pick<Files, 'read'>,
): { readonly bytes: number; readonly peakBytes: number } | null {
  const status = files.read(`/proc/${pid}/status`);
  if (!status.ok) return null;
  // `VmRSS:\t   25352 kB`
  const [rss, peak] = ['VmRSS:\t', 'VmHWM:\t'].map((name) => rowNumber(status.value, name));
  if (rss === null || rss === undefined) return null;
  return { bytes: rss * 1024, peakBytes: (peak ?? rss) * 1024 };
}

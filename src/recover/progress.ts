/** How far a procedure has come, in a file, so that it goes on after a crash where it stood. */

import { startTimeOf } from '../actions/start-time.ts';
import type { ProcessIdentity } from '../base/identity.ts';
import type { Problem, Result } from '../base/problem.ts';
import type { ProcedureId } from '../model/recover/procedure.ts';
import { type ProcedureProgress, parseProgress, type StepMark } from '../parse/recover-file.ts';
import type { Ports } from '../platform/ports.ts';
import type { Notes } from './step.ts';

export interface ProgressOptions {
  readonly ports: Pick<Ports, 'files' | 'ownFiles' | 'clock' | 'native'>;
  readonly stateDirectory: string;
  readonly procedure: ProcedureId;
  /** What an earlier run left does not count. */
  readonly afresh?: boolean;
  /** Nothing is written: the machine is not this one. */
  readonly readOnly?: boolean;
  /** Told once: what could not be written is not known after a crash. */
  readonly onProblem: (problem: Problem) => void;
}

export interface Progress {
  /** When the run that is gone on with was begun, Unix ms; null: it begins now. */
  readonly resumedAtMs: number | null;
  markOf(step: string): StepMark | null;
  mark(step: string, mark: StepMark['mark']): Promise<void>;
  readonly notes: Notes;
  /** It is over: nothing of it is left. */
  finish(): Promise<void>;
}

/** The other one that carries it out now: nothing was opened. */
export type Opened = { readonly progress: Progress } | { readonly busy: ProcessIdentity };

export function progressPath(stateDirectory: string, procedure: ProcedureId): string {
  return `${stateDirectory}/recover/${procedure}.json`;
}

export function openProgress(options: ProgressOptions): Promise<Opened> {
  return open(options, true);
}

/** After so long the machine is another one: what a run did that was left then no longer counts. */
const believedMs = 24 * 3_600_000;

/** `mayBeFirst`: false once another one was first. */
async function open(options: ProgressOptions, mayBeFirst: boolean): Promise<Opened> {
  const { ports, stateDirectory, procedure, afresh = false, readOnly = false } = options;
  const { ownFiles, files, clock, native } = ports;
  const path = progressPath(stateDirectory, procedure);
  const text = await ownFiles.read(path, { trustedBy: native.uid, maxBytes: 1 << 20 });
  const left = text.ok ? parseProgress(text.value) : null;
  const mine = { pid: native.pid, startTime: startTimeOf(native.pid, files) ?? 0 };
  const isLiving = left !== null && startTimeOf(left.by.pid, files) === left.by.startTime;
  if (!readOnly && isLiving && left.by.pid !== mine.pid) return { busy: left.by };
  const lastMs = Math.max(left?.startedAtMs ?? 0, ...(left?.steps.map(({ atMs }) => atMs) ?? []));
  const earlier = afresh || clock.now() - lastMs > believedMs ? null : left;
  let state: ProcedureProgress = {
    ...(earlier ?? { version: 1, startedAtMs: clock.now(), steps: [], notes: {} }),
    by: mine,
  };
  let told = false;

  async function write(change: Partial<ProcedureProgress>): Promise<void> {
    state = { ...state, ...change };
    if (!readOnly) tell(await ownFiles.replace(path, `${JSON.stringify(state)}\n`));
  }

  function tell(result: Result<void>): void {
    if (result.ok || told) return;
    told = true;
    options.onProblem(result.problem);
  }

  if (!readOnly) {
    // Of two that begin at once one finds it there.
    const isFirst = mayBeFirst && !text.ok && text.problem.kind === 'gone';
    const claimed = await ownFiles.replace(path, `${JSON.stringify(state)}\n`, { fresh: isFirst });
    if (isFirst && !claimed.ok && claimed.problem.cause === 'EEXIST') return open(options, false);
    tell(claimed);
  }
  return {
    progress: {
      resumedAtMs: earlier?.startedAtMs ?? null,
      markOf: (step) => state.steps.find(({ id }) => id === step) ?? null,
      mark: (step, mark) =>
        write({
          steps: [...state.steps.filter(({ id }) => id !== step), { id: step, mark, atMs: clock.now() }],
        }),
      notes: {
        get: (name) => state.notes[name] ?? null,
        set: (name, value) => write({ notes: { ...state.notes, [name]: value } }),
      },
      async finish() {
        if (!readOnly) tell(await ownFiles.remove(path));
      },
    },
  };
}

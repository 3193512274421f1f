/** The shape of a probe: what it is given, and what it brings. One file a probe, named by its id. */
import type { Result } from '../base/problem.ts';
import type { ProbeId } from '../model/diagnosis/probe.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import type { Ports } from '../platform/ports.ts';

export interface ProbeContext {
  readonly ports: Ports;
  /** Aborted when the user cancels, at the deadline, and when nixpulse ends. */
  readonly cancelled: AbortSignal;
  /** Our own, on a disk, for what a probe has to write; it may not be there yet. Undefined: there is none. */
  readonly stateDirectory: string | undefined;
  /** What it does now, and how far it is: `12 of 400 GB`. Never needed. */
  progress(text: string): void;
}

/**
 * Brings raw results, or a Problem: `denied` names the privilege, `unsupported` says what is missing and how to get
 * it. Reads through pool threads and other processes only (run-program.ts): it shares the thread of the watcher.
 * Returns soon after `cancelled`; what it returns then counts where it is a value.
 */
export type Probe<Id extends ProbeId> = (
  subject: string | null,
  context: ProbeContext,
) => Promise<Result<ProbeValues[Id]>>;

export type AnyProbe = { readonly [Id in ProbeId]: Probe<Id> };

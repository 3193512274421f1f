/** A step's surroundings as a probe takes them. */
import type { ProbeContext } from '../probes/probe.ts';
import type { RecoverContext } from './step.ts';

export function probing({ ports, cancelled, stateDirectory, report }: RecoverContext): ProbeContext {
  return { ports, cancelled, stateDirectory, progress: (text) => report({ text }) };
}

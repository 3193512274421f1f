/** Which file has which probe: loaded when the first is asked for, never at the start. */
import type { ProbeId } from '../model/diagnosis/probe.ts';
import type { Probe } from './probe.ts';

export type ProbeLoaders = { readonly [Id in ProbeId]?: () => Promise<Probe<Id>> };

export const probeLoaders: ProbeLoaders = {
  stack: async () => (await import('./stack.ts')).stack,
};

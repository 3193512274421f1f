/** Which file has which probe: loaded when the first is asked for, never at the start. */
import type { ProbeId } from '../model/diagnosis/probe.ts';
import type { Probe } from './probe.ts';

export type ProbeLoaders = { readonly [Id in ProbeId]: () => Promise<Probe<Id>> };

export const probeLoaders: ProbeLoaders = {
  'verify-store': async () => (await import('./verify-store.ts')).verifyStore,
  'verify-path': async () => (await import('./verify-path.ts')).verifyPath,
  'kernel-log': async () => (await import('./kernel-log.ts')).kernelLog,
  'read-speed': async () => (await import('./read-speed.ts')).readSpeed,
  'bad-blocks': async () => (await import('./bad-blocks.ts')).badBlocks,
  database: async () => (await import('./database.ts')).database,
  smart: async () => (await import('./smart.ts')).smart,
  units: async () => (await import('./units.ts')).units,
  'cipher-speed': async () => (await import('./cipher-speed.ts')).cipherSpeed,
  volumes: async () => (await import('./volumes.ts')).volumes,
  evaluation: async () => (await import('./evaluation.ts')).evaluation,
  'evaluation-profile': async () => (await import('./evaluation-profile.ts')).evaluationProfile,
  bisection: async () => (await import('./bisection.ts')).bisection,
  cache: async () => (await import('./cache.ts')).createCache(process.env),
  builder: async () => (await import('./builder.ts')).builder,
  stack: async () => (await import('./stack.ts')).stack,
};

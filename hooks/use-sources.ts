/** The polling hooks: each wants its source every so often while a component is mounted; the loop reads it. */
import { useEffect } from 'react';
import { type SourceId, sourceTable } from '../src/model/source-table.ts';
import { useApp } from './app-context.ts';

/** PSI and CPU. */
export const usePressure = (everyMs?: number): void => useSource('pressure', everyMs);

/** Memory, and the VmRSS of the Nix processes. */
export const useResidentMemory = (everyMs?: number): void => useSource('residentMemory', everyMs);

/** Disks and file systems. */
export const useIostat = (everyMs?: number): void => useSource('iostat', everyMs);

/** The process trees of the daemon: clients, builds, their processes. */
export const useBuildTree = (everyMs?: number): void => useSource('buildTree', everyMs);

/** States and error counters of devices and file systems, and what the kernel says of them. */
export const useHealth = (everyMs?: number): void => useSource('health', everyMs);

/** What log streams brought: phases, downloads, failures. */
export const useLogs = (everyMs?: number): void => useSource('logs', everyMs);

/** What guards of nixpulse say of themselves. */
export const useGuards = (everyMs?: number): void => useSource('guards', everyMs);

/** Probes that run, and what they brought. */
export const useProbes = (everyMs?: number): void => useSource('probes', everyMs);

/** Caches and builders: settings, slots, the last checks. */
export const useCaches = (everyMs?: number): void => useSource('caches', everyMs);

function useSource(source: SourceId, everyMs: number = sourceTable[source].everyMs): void {
  const { poll } = useApp();
  useEffect(() => poll(source, everyMs), [poll, source, everyMs]);
}

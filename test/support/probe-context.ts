/** What a probe is given, on the machine as it is. */
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { createFakePorts, fakeNative } from './fake-ports.ts';

export interface RealProbe {
  readonly context: ProbeContext;
  readonly progress: readonly string[];
  cancel(): void;
}

export function realProbe(stateDirectory?: string): RealProbe {
  const abort = new AbortController();
  const progress: string[] = [];
  const ports: Ports = {
    ...createFakePorts(),
    files: createFiles({ clock: systemClock }),
    ownFiles: createOwnFiles({ clock: systemClock }),
    clock: systemClock,
    spawn: systemSpawn,
    native: fakeNative({ uid: process.getuid?.() ?? 0 }),
  };
  const context: ProbeContext = {
    ports,
    cancelled: abort.signal,
    stateDirectory,
    progress: (text) => void progress.push(text),
  };
  return { context, progress, cancel: () => abort.abort() };
}

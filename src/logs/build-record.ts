/** A build of which nothing is known yet but its derivation. */
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { Build } from '../model/rebuild/rebuild.ts';

/** `startedMs` null: it failed before it could begin. */
export function newBuild(drv: string, startedMs: number | null): Build {
  return {
    drv,
    name: nameOfDerivation(drv),
    host: null,
    writer: null,
    state: 'running',
    startedMs,
    endedMs: null,
    endIsLate: false,
    phases: [],
    lines: 0,
    tail: [],
    lastLineMs: null,
    failure: null,
    cpuUsec: null,
  };
}

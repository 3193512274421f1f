/**
 * Tests that settle a hypothesis: asked for, bounded in time, ended at once when asked (probes/). What they bring is
 * a part of a Sample, so that rules read it live and replayed.
 */
import type { Problem } from '../../base/problem.ts';
import type { ProbeValues } from './probe-values.ts';

export const probeIds = [
  'verify-store',
  'verify-path',
  'database',
  'smart',
  'kernel-log',
  'units',
  'read-speed',
  'cipher-speed',
  'volumes',
  'bad-blocks',
  'evaluation',
  'evaluation-profile',
  'bisection',
  'cache',
  'builder',
  'stack',
] as const;

export type ProbeId = (typeof probeIds)[number];

/**
 * `device`: a block device's name (`sda`). `path`: of a store. `cache`, `builder`: an address as Nix has it.
 * `process`: `pid:startTime`, or a pid. `flake`: a reference, or the path of a file.
 */
export type SubjectKind = 'device' | 'path' | 'cache' | 'builder' | 'process' | 'flake';

/** What one takes, before it runs. */
export interface ProbeRow {
  readonly id: ProbeId;
  /** `Verify the store`. */
  readonly title: string;
  /** What it does and what it tells, a sentence. */
  readonly help: string;
  /** What it is about; null: the machine. */
  readonly subject: SubjectKind | null;
  /** Without one it is about what the machine uses: the store's device, /etc/nixos. */
  readonly subjectOptional: boolean;
  /** `a second`, `minutes, reads all of the store`. */
  readonly costs: string;
  /** Privilege without which it tells nothing; null: none. */
  readonly needs: string | null;
  /** What it changes; null: nothing. */
  readonly touches: string | null;
  /** Ended after so long. */
  readonly deadlineSec: number;
  /** It reads so much, or takes so much memory, that it waits until memory and disk are not critical. */
  readonly heavy: boolean;
  /** It is asked for with a confirmation. */
  readonly confirm: boolean;
}

export interface ProbeRun {
  readonly id: ProbeId;
  /** As `SubjectKind` has it; null: the machine. */
  readonly subject: string | null;
  /** Unix ms. */
  readonly startedMs: number;
}

/** One that has ended. */
export type ProbeResult = {
  readonly [Id in ProbeId]: ProbeRun & {
    readonly id: Id;
    readonly endedMs: number;
  } & (
      | { readonly ok: true; readonly value: ProbeValues[Id] }
      | { readonly ok: false; readonly problem: Problem }
    );
}[ProbeId];

export interface ProbesRaw {
  readonly running: readonly (ProbeRun & { readonly progress: string | null })[];
  /** That ended since the last Sample; now and then all that are known. */
  readonly results: readonly ProbeResult[];
}

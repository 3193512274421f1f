/** What each probe brings, raw. Null = not told. */
import type { Notice } from './notice.ts';

export interface DamagedPath {
  readonly path: string;
  /** `unrecorded`: the database has no hash for it. */
  readonly how: 'modified' | 'missing' | 'empty' | 'unrecorded';
}

/** Of one evaluation under limits. */
export interface EvaluationRun {
  readonly end: 'done' | 'failed' | 'time' | 'memory' | 'stack';
  readonly sec: number;
  readonly peakBytes: number | null;
  /** First line of the error. */
  readonly error: string | null;
  /** Places that repeat in its trace, `file:line`, most often first. */
  readonly repeated: readonly { readonly place: string; readonly times: number }[];
}

export interface ProbeValues {
  readonly 'verify-store': {
    readonly checked: number | null;
    /** Those that were not checked may be damaged too: it was ended before its end. */
    readonly partial?: boolean;
    readonly damaged: readonly DamagedPath[];
  };
  readonly 'verify-path': { readonly damaged: DamagedPath | null };
  readonly database: { readonly ok: boolean; readonly said: readonly string[]; readonly bytes: number };
  readonly smart: {
    readonly passed: boolean | null;
    /** Sleeping: nothing was asked. */
    readonly standby: boolean;
    /** smartctl(8), EXIT STATUS. */
    readonly exitStatus: number;
    readonly model: string | null;
    readonly temperatureC: number | null;
    readonly percentUsed: number | null;
    readonly spareBelowThreshold: boolean | null;
    readonly mediaErrors: number | null;
    readonly reallocated: number | null;
    readonly pending: number | null;
    readonly cableErrors: number | null;
    readonly messages: readonly string[];
  };
  readonly 'kernel-log': { readonly from: 'kmsg' | 'journal'; readonly notices: readonly Notice[] };
  readonly units: {
    readonly failed: readonly { readonly unit: string; readonly state: string }[];
    readonly jobs: readonly { readonly unit: string; readonly type: string; readonly state: string }[];
  };
  readonly 'read-speed': {
    readonly layers: readonly { readonly device: string; readonly bytesPerSec: number }[];
  };
  readonly 'cipher-speed': { readonly bytesPerSec: number; readonly cipher: string };
  readonly volumes: {
    readonly groups: readonly { readonly name: string; readonly ok: boolean }[];
    readonly logical: readonly {
      readonly name: string;
      readonly dataPercent: number | null;
      readonly metadataPercent: number | null;
      readonly state: string | null;
    }[];
  };
  readonly 'bad-blocks': {
    /** Of 4096 bytes. */
    readonly badBlocks: number;
    readonly checkedBytes: number;
    readonly totalBytes?: number;
    /** It was ended before its end. */
    readonly partial?: boolean;
  };
  readonly evaluation: EvaluationRun;
  readonly 'evaluation-profile': {
    readonly run: EvaluationRun;
    readonly files: readonly { readonly file: string; readonly percent: number }[];
  };
  readonly bisection: {
    readonly steps: number;
    /** The import with which it fails and without which it does not; null: it fails without any. */
    readonly module: string | null;
    readonly failsBare: boolean;
  };
  readonly cache: {
    readonly reachable: boolean;
    readonly sec: number | null;
    readonly httpStatus: number | null;
    readonly bytesPerSec: number | null;
    /** A key of its is among the trusted ones; null: not told. */
    readonly trusted: boolean | null;
    readonly said: string | null;
  };
  readonly builder: {
    readonly reachable: boolean;
    readonly sec: number | null;
    readonly nixVersion: string | null;
    readonly trusted: boolean | null;
    readonly said: string | null;
  };
  readonly stack: {
    /**
     * Where threads of the process, or of those below it that have no child, were seen: the kernel's function in which
     * they sleep, or `running`; most often first.
     */
    readonly places: readonly {
      readonly wchan: string;
      readonly times: number;
      readonly pid?: number;
      readonly comm?: string;
    }[];
    readonly samples: number;
    /** Functions of the kernel, the innermost first; needs root. */
    readonly stack: readonly string[] | null;
  };
}

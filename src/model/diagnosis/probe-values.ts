/** What each probe brings, raw. Null = not told. */
import type { Notice } from './notice.ts';

export interface DamagedPath {
  readonly path: string;
  /** `unrecorded`: the database has no hash for it. */
  readonly how: 'modified' | 'missing' | 'empty' | 'unrecorded';
}

/** Of one evaluation under limits, which writes nothing. */
export interface EvaluationRun {
  /**
   * `recursion`: a value needs itself, as Nix says. `stack`: calls without end. `time`, `memory`: ended at the limit.
   * `failed`: another error.
   */
  readonly end: 'done' | 'failed' | 'recursion' | 'stack' | 'time' | 'memory';
  /** `/etc/nixos#box`. */
  readonly configuration: string;
  readonly sec: number;
  readonly limitSec: number;
  readonly peakBytes: number | null;
  readonly limitBytes: number;
  /** First line of the error. */
  readonly error: string | null;
  /** Places that repeat in its trace, `file:line`, most often first. */
  readonly repeated: readonly { readonly place: string; readonly times: number }[];
  /** Frames that Nix left out of its trace because they repeat others. */
  readonly omittedFrames: number;
  /** Options of NixOS and files with definitions of them, as the trace goes through them. */
  readonly options: readonly string[];
  readonly files: readonly string[];
}

export interface ProbeValues {
  readonly 'verify-store': {
    readonly checked: number | null;
    /** Those that were not checked may be damaged too: it was ended before its end. */
    readonly partial?: boolean;
    /** Could not be read: an I/O error, a permission. */
    readonly unreadable?: number;
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
    /** From the top. */
    readonly layers: readonly {
      readonly device: string;
      readonly bytesPerSec: number;
      readonly sizeBytes?: number;
    }[];
  };
  readonly 'cipher-speed': { readonly bytesPerSec: number; readonly cipher: string };
  readonly volumes: {
    /** By name; a device, of a group whose metadata cannot be read. */
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
    /** `time`: by the profiler of Nix (2.30). `calls`: numbers of calls, of what ended by itself only. */
    readonly by: 'time' | 'calls';
    /** `percent`: in the file itself. `totalPercent`: in what it calls, too; null: not known. The most first. */
    readonly files: readonly {
      readonly file: string;
      readonly percent: number;
      readonly totalPercent: number | null;
    }[];
  };
  readonly bisection: {
    /** All of the configuration. */
    readonly run: EvaluationRun;
    /** Evaluations. */
    readonly steps: number;
    /** Modules of the configuration that were left out and in; null: they could not be listed. */
    readonly of: number | null;
    /** With these alone it fails, and not without one of them; empty: it was not looked for, or not found. */
    readonly modules: readonly string[];
    /** It fails without any module of the configuration. */
    readonly failsBare: boolean;
    /** False: ended before, and some of `modules` may have no part in it. */
    readonly complete: boolean;
  };
  readonly cache: {
    readonly reachable: boolean;
    /** Until it had answered. */
    readonly sec: number | null;
    readonly httpStatus: number | null;
    /** Of a part of a file; null: it has none that was asked for. */
    readonly bytesPerSec: number | null;
    /** A signature of it is by one of the trusted keys, or it needs none; null: not told. */
    readonly trusted: boolean | null;
    /** Names of the keys it signs with. */
    readonly keys: readonly string[];
    /** Of its nix-cache-info; the lowest is asked first. */
    readonly priority: number | null;
    readonly storeDirectory: string | null;
    readonly said: string | null;
  };
  readonly builder: {
    readonly reachable: boolean;
    readonly sec: number | null;
    readonly nixVersion: string | null;
    readonly trusted: boolean | null;
    /** What it builds for and offers; null: it does not tell. */
    readonly systems: readonly string[] | null;
    readonly features: readonly string[] | null;
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

/** The fault needs each of them; empty where it was not narrowed down. */
export function faultyModules({
  modules,
  complete,
}: Pick<ProbeValues['bisection'], 'modules' | 'complete'>): readonly string[] {
  return complete ? modules : [];
}

/** What the kernel, systemd and the guards of memory said, and what we ended ourselves, as data. Times are Unix ms; null = not said. */

/** Who was killed for want of memory. */
export interface KilledProcess {
  readonly pid: number | null;
  readonly comm: string | null;
  readonly uid: number | null;
  readonly residentBytes: number | null;
  /** Path of its cgroup. */
  readonly cgroup: string | null;
}

/** One that systemd-oomd looked at before it killed: with what it took. */
export interface KillCandidate {
  readonly cgroup: string;
  readonly currentBytes: number | null;
  /** Percent of the last ten seconds in which it was held up for want of memory. */
  readonly pressure10: number | null;
}

export type NoticeData =
  /** `limited`: cgroup whose limit was met, empty where it is not said which; null: the whole machine was short. */
  | ({ readonly kind: 'oom-kill'; readonly limited: string | null } & KilledProcess)
  | ({
      readonly kind: 'guard-kill';
      readonly by: 'systemd-oomd' | 'earlyoom' | 'nohang';
      /** Of systemd-oomd, the likeliest first; absent: not said. */
      readonly considered?: readonly KillCandidate[];
    } & KilledProcess)
  /** A guard asked one to end; whether it did is not said. */
  | ({ readonly kind: 'guard-signal'; readonly by: 'earlyoom' | 'nohang' } & KilledProcess)
  /** What an action of ours ended, a build by its root, a client, or but one process of a build; `timeMs`: when that began. */
  | {
      readonly kind: 'own-kill';
      readonly what: 'build' | 'client' | 'process';
      readonly pid: number;
      readonly startTime: number;
      readonly uid: number | null;
      readonly build: string | null;
      readonly command: string | null;
      /** A guard did it by itself. */
      readonly guard?: true;
    }
  | { readonly kind: 'unit-oom'; readonly unit: string }
  | { readonly kind: 'unit-failed'; readonly unit: string; readonly result: string | null }
  | { readonly kind: 'hung-task'; readonly pid: number; readonly comm: string; readonly sec: number }
  /** A request of a block device failed. `what`: the kernel's word, `I/O`, `critical medium`, `timeout`. */
  | { readonly kind: 'block-error'; readonly device: string; readonly what: string }
  /** A device answers late, is reset, or is gone; a thin pool has no room left (`full`), or has some again. */
  | {
      readonly kind: 'device';
      readonly device: string;
      readonly what: 'timeout' | 'reset' | 'removed' | 'error' | 'full' | 'writable';
    }
  | {
      readonly kind: 'filesystem';
      readonly type: string;
      readonly device: string;
      readonly what: 'error' | 'read-only' | 'shutdown' | 'checksum' | 'suspended';
    };

export type Notice = NoticeData & {
  readonly timeMs: number;
  readonly from: 'kernel' | 'journal' | 'nixpulse';
  /** The line itself, for people. */
  readonly text: string;
};

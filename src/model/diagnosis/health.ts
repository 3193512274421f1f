/** What the kernel counts and says of its devices and file systems, without a privilege. Null = not told here. */

/** Sysctls and counters of the machine. */
export interface KernelSettings {
  /** vm.panic_on_oom and vm.overcommit_memory. */
  readonly panicOnOom: number | null;
  readonly overcommitMemory: number | null;
  /** Tasks that hung since boot (kernel.hung_task_detect_count, kernel 6.13+). */
  readonly hungTasks: number | null;
  /** kernel.pid_max and kernel.threads-max. */
  readonly pidMax: number | null;
  readonly threadsMax: number | null;
  /** Threads of the whole machine, each of which has a pid: the fourth field of /proc/loadavg. Not in old recordings. */
  readonly threads: number | null;
  /** /dev/kvm is there; absent: not looked for. */
  readonly kvm?: boolean;
  /** fs.file-nr. */
  readonly filesOpen: number | null;
  readonly filesMax: number | null;
}

export interface DeviceHealthRaw {
  readonly device: string;
  readonly kind: 'scsi' | 'nvme' | 'dm' | 'md' | 'other';
  /**
   * The kernel's word: of SCSI `running`, `offline`, `blocked`; of NVMe `live`, `resetting`, `dead`; of md its
   * array_state.
   */
  readonly state: string | null;
  /** Of dm: all I/O waits until somebody resumes it. */
  readonly suspended: boolean | null;
  /** Of dm, from the prefix of its uuid. */
  readonly layer: 'crypt' | 'lvm' | 'multipath' | null;
  /** Of SCSI, since boot: ioerr_cnt and iotmo_cnt. */
  readonly ioErrors: number | null;
  readonly ioTimeouts: number | null;
  /** Of md: how many members lack, and what it does besides (`resync`, `check`, `idle`). */
  readonly degraded: number | null;
  readonly syncAction: string | null;
}

/** Chunks of btrfs: what is allocated to this kind, and how much of it is used. */
export interface ChunksRaw {
  readonly totalBytes: number;
  readonly usedBytes: number;
}

export interface FilesystemHealthRaw {
  readonly type: string;
  /** Device (`dm-0`), pool, or UUID. */
  readonly name: string;
  /** Of btrfs the device that it is mounted by, by which the kernel calls it; absent: not mounted, or not told. */
  readonly device?: string;
  readonly mountPoint: string | null;
  /** It is read-only although it was mounted to be written: errors do that. One mounted read-only is not. */
  readonly readOnly: boolean | null;
  /** Of ext4 errors_count, of btrfs the sum of error_stats: since the file system was made. */
  readonly errors: number | null;
  /** Unix ms. */
  readonly lastErrorMs: number | null;
  /** Of a pool of ZFS: `ONLINE`, `DEGRADED`, `SUSPENDED`. */
  readonly state: string | null;
  /** Of btrfs: `balance`, `device replace`; `none`. */
  readonly operation: string | null;
  readonly btrfs: {
    readonly unallocatedBytes: number | null;
    readonly data: ChunksRaw | null;
    readonly metadata: ChunksRaw | null;
    /** Of the metadata what is kept for deleting and the like (global_rsv_size); absent: not read, in old recordings. */
    readonly reserveBytes?: number | null;
  } | null;
}

/** What the main daemon may have, and has. Of a limit null also where there is none. */
export interface DaemonLimits {
  readonly pid: number;
  readonly oomScoreAdj: number | null;
  readonly openFilesMax: number | null;
  /** Null without the privilege. */
  readonly openFiles: number | null;
  readonly processesMax: number | null;
  /** pids.max and pids.current of its cgroup. */
  readonly tasksMax: number | null;
  readonly tasks: number | null;
}

export interface HealthRaw {
  readonly kernel: KernelSettings;
  readonly devices: readonly DeviceHealthRaw[];
  readonly filesystems: readonly FilesystemHealthRaw[];
  /** Errors of memory that were corrected, and that were not (EDAC), since boot. */
  readonly memoryErrors: { readonly corrected: number; readonly uncorrected: number } | null;
  readonly daemon: DaemonLimits | null;
}

/** Errors since they were first counted here; monotonic ms of the newest. */
export interface NewErrors {
  readonly newErrors: number | null;
  readonly newErrorMs: number | null;
}

/** Null: not read yet, or nobody here can. */
export interface Health extends Omit<HealthRaw, 'kernel' | 'devices' | 'filesystems'> {
  readonly kernel: KernelSettings & {
    /** Tasks that hung since we look. */
    readonly newHungTasks: number | null;
  };
  readonly devices: readonly (DeviceHealthRaw & NewErrors)[];
  readonly filesystems: readonly (FilesystemHealthRaw & NewErrors)[];
}

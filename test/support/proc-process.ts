/** One process of a made-up /proc: what the kernel would print in each of its files. */

export interface ProcessSpec {
  readonly pid: number;
  readonly ppid?: number;
  /** At most 15 bytes in a real kernel; a Buffer for bytes that are no UTF-8. */
  readonly comm?: string | Buffer;
  readonly state?: string;
  /** Default: the pid (own group and session). */
  readonly pgrp?: number;
  readonly session?: number;
  readonly tty?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Clock ticks since boot. */
  readonly startTime?: number;
  readonly userTicks?: number;
  readonly systemTicks?: number;
  readonly childUserTicks?: number;
  readonly childSystemTicks?: number;
  readonly majorFaults?: number;
  readonly childMajorFaults?: number;
  readonly threads?: number;
  readonly residentBytes?: number;
  /** null: a kernel thread or zombie (empty file). */
  readonly argv?: readonly string[] | Buffer | null;
  readonly environment?: Readonly<Record<string, string>> | null;
  /** Root of the row mounted at `/` in mountinfo: `/` outside, `<drv>.chroot` inside a sandbox. */
  readonly rootMount?: string;
  readonly cwd?: string;
  readonly exe?: string;
  /** fd number to link text. */
  readonly fds?: Readonly<Record<number, string>>;
  readonly readBytes?: number;
  readonly writeBytes?: number;
  readonly cgroup?: string;
}

export type FullSpec = Required<ProcessSpec>;

export const pageBytes = 4096;

export function withDefaults(spec: ProcessSpec): FullSpec {
  const comm = spec.comm ?? 'sleep';
  return {
    ppid: 1,
    comm,
    state: 'S',
    pgrp: spec.pid,
    session: spec.pid,
    tty: 0,
    uid: 0,
    gid: spec.uid ?? 0,
    startTime: 5_000_000 + spec.pid,
    userTicks: 10,
    systemTicks: 5,
    childUserTicks: 0,
    childSystemTicks: 0,
    majorFaults: 0,
    childMajorFaults: 0,
    threads: 1,
    residentBytes: spec.state === 'Z' ? 0 : 8 * 1024 * 1024,
    argv: spec.state === 'Z' ? null : [comm.toString()],
    environment: null,
    rootMount: '/',
    cwd: '/',
    exe: '/bin/true',
    fds: {},
    readBytes: 0,
    writeBytes: 0,
    cgroup: '0::/\n',
    ...spec,
  };
}

/** 52 fields, as fs/proc/array.c do_task_stat prints them. */
export function statText(p: FullSpec): Buffer {
  const after =
    `${p.state} ${p.ppid} ${p.pgrp} ${p.session} ${p.tty} -1 4194560 2404 2031 ` +
    `${p.majorFaults} ${p.childMajorFaults} ${p.userTicks} ${p.systemTicks} ${p.childUserTicks} ` +
    `${p.childSystemTicks} 20 0 ${p.threads} 0 ${p.startTime} ${p.residentBytes * 4} ` +
    `${Math.floor(p.residentBytes / pageBytes)} 18446744073709551615 4198400 5990473 140737488349248 ` +
    '0 0 0 65536 4 65538 1 0 0 17 0 0 0 0 0 0 6464768 6536976 6610944 140737488349869 140737488349980 ' +
    '140737488349980 140737488351168 0\n';
  return Buffer.concat([Buffer.from(`${p.pid} (`), Buffer.from(p.comm), Buffer.from(`) ${after}`)]);
}

export function statmText(p: FullSpec): string {
  const pages = Math.floor(p.residentBytes / pageBytes);
  return `${pages * 4} ${pages} ${Math.floor(pages / 2)} 515 0 ${pages} 0\n`;
}

const stateNames: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk sleep',
  Z: 'zombie',
  T: 'stopped',
  t: 'tracing stop',
  I: 'idle',
};

/** Like the kernel, `Name:` escapes newline and backslash (seq_file), `comm` and `stat` do not. */
export function statusText(p: FullSpec): Buffer {
  const kb = Math.floor(p.residentBytes / 1024);
  const name = Buffer.from(p.comm).toString('latin1').replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  const memory =
    p.state === 'Z'
      ? ''
      : `VmPeak:\t${kb * 4} kB\nVmSize:\t${kb * 4} kB\nVmHWM:\t${kb} kB\nVmRSS:\t${kb} kB\n` +
        `RssAnon:\t${Math.floor(kb / 2)} kB\nRssFile:\t${kb - Math.floor(kb / 2)} kB\nRssShmem:\t0 kB\nVmSwap:\t0 kB\n`;
  return Buffer.from(
    `Name:\t${name}\nUmask:\t0022\nState:\t${p.state} (${stateNames[p.state] ?? 'unknown'})\n` +
      `Tgid:\t${p.pid}\nNgid:\t0\nPid:\t${p.pid}\nPPid:\t${p.ppid}\nTracerPid:\t0\n` +
      `Uid:\t${p.uid}\t${p.uid}\t${p.uid}\t${p.uid}\nGid:\t${p.gid}\t${p.gid}\t${p.gid}\t${p.gid}\n` +
      `FDSize:\t64\nGroups:\t \n${memory}Threads:\t${p.threads}\nSigQ:\t0/96365\n` +
      'SigIgn:\t0000000000000004\nSigCgt:\t0000000000010002\nCapEff:\t0000000000000000\nSeccomp:\t0\n',
    'latin1',
  );
}

export function cmdlineBytes(p: FullSpec): Buffer {
  if (p.argv === null) return Buffer.alloc(0);
  return Buffer.isBuffer(p.argv) ? p.argv : Buffer.from(p.argv.map((a) => `${a}\0`).join(''));
}

export function environBytes(p: FullSpec): Buffer {
  const rows = Object.entries(p.environment ?? {}).map(([name, value]) => `${name}=${value}\0`);
  return Buffer.from(rows.join(''));
}

export function ioText(p: FullSpec): string {
  return (
    `rchar: ${p.readBytes}\nwchar: ${p.writeBytes}\nsyscr: 15\nsyscw: 32\n` +
    `read_bytes: ${p.readBytes}\nwrite_bytes: ${p.writeBytes}\ncancelled_write_bytes: 0\n`
  );
}

/** As seen on a real machine: inside the sandbox the first row is the chroot, mounted at `/`. */
export function mountinfoText(rootMount: string): string {
  const options = 'rw,relatime';
  if (rootMount === '/') {
    return (
      `27 1 259:1 / / ${options} shared:1 - ext4 /dev/vda rw,discard\n` +
      `22 27 0:21 / /proc ${options} - proc proc rw\n23 27 0:22 / /sys ${options} - sysfs sysfs rw\n` +
      `28 27 259:1 /nix/store /nix/store ro,relatime - ext4 /dev/vda rw,discard\n`
    );
  }
  return (
    `141 120 259:1 ${rootMount} / ${options} - ext4 /dev/vda rw,discard\n` +
    `142 141 259:1 ${rootMount}/nix/store /nix/store ${options} shared:1 - ext4 /dev/vda rw,discard\n` +
    `144 141 259:1 /tmp/nix-build-x.drv-0 /build ${options} - ext4 /dev/vda rw,discard\n` +
    `152 141 0:40 / /proc ${options} - proc none rw\n`
  );
}

/** What the files of a process that samplers read say, by name. */
export function processTexts(p: FullSpec): readonly (readonly [name: string, text: string])[] {
  return [
    ['stat', statText(p).toString()],
    ['statm', statmText(p)],
    ['status', statusText(p).toString()],
    ['io', ioText(p)],
    ['cmdline', cmdlineBytes(p).toString()],
    ['environ', environBytes(p).toString()],
    ['mountinfo', mountinfoText(p.rootMount)],
  ];
}

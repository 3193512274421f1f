/** The machine-wide files of a made-up system: as a small, calm Debian prints them. */

/** AT_PAGESZ (6), AT_CLKTCK (17), AT_UID (11), AT_NULL: pairs of 64-bit words. */
function auxv(): Buffer {
  const words = [6n, 4096n, 17n, 100n, 11n, 0n, 0n, 0n];
  const bytes = Buffer.alloc(words.length * 8);
  words.forEach((word, i) => {
    bytes.writeBigUInt64LE(word, i * 8);
  });
  return bytes;
}

const pressure =
  'some avg10=0.00 avg60=0.00 avg300=0.00 total=1000000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=500000\n';

const meminfo = [
  'MemTotal:       24684092 kB',
  'MemFree:        20048408 kB',
  'MemAvailable:   22252140 kB',
  'Buffers:            1688 kB',
  'Cached:          1349860 kB',
  'SwapCached:            0 kB',
  'SwapTotal:       8388604 kB',
  'SwapFree:        8388604 kB',
  'Dirty:              1028 kB',
  'Writeback:             0 kB',
  'Shmem:              8856 kB',
  'SReclaimable:     135284 kB',
  '',
].join('\n');

const vmstat = 'nr_free_pages 977940\npgpgin 1692913\npswpin 0\npswpout 0\npgmajfault 1216\noom_kill 0\n';

const diskstats =
  '   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n' +
  ' 259       0 nvme0n1 74014 24251 3385826 12837 11220 34150 1752056 4632 0 6336 17809 6115 30 234944 311 796 28\n' +
  ' 259       1 nvme0n1p1 74000 24251 3385800 12830 11220 34150 1752056 4632 0 6330 17800 6115 30 234944 311 0 0\n';

export const bootUptimeSec = 100_000;

export function uptimeText(uptimeSec: number): string {
  return `${uptimeSec.toFixed(2)} ${(uptimeSec * 1.8).toFixed(2)}\n`;
}

/** The last field is the newest pid handed out. */
export function loadavgText(newestPid: number): string {
  return `0.45 0.29 0.22 1/144 ${newestPid}\n`;
}

/** Jiffies of two CPUs, 10 % busy since boot. */
export function machineStatText(uptimeSec: number): string {
  const total = Math.round(uptimeSec * 200);
  const user = Math.round(total * 0.07);
  const system = Math.round(total * 0.03);
  const row = `${user} 0 ${system} ${total - user - system} 0 0 0 0 0 0`;
  return (
    `cpu  ${row}\ncpu0 ${row}\ncpu1 ${row}\nintr 484352 0 0\nctxt 1409870\nbtime 1795197702\n` +
    'processes 76283\nprocs_running 1\nprocs_blocked 0\nsoftirq 316388 0 28397\n'
  );
}

export const machineFiles: Readonly<Record<string, string | Buffer>> = {
  '/proc/uptime': uptimeText(bootUptimeSec),
  '/proc/stat': machineStatText(bootUptimeSec),
  '/proc/loadavg': loadavgText(2),
  '/proc/meminfo': meminfo,
  '/proc/vmstat': vmstat,
  '/proc/diskstats': diskstats,
  '/proc/locks': '',
  '/proc/version': 'Linux version 6.12.1 (builder@lab) #1 SMP\n',
  '/proc/sys/kernel/osrelease': '6.12.1\n',
  '/proc/sys/kernel/hostname': 'labhost\n',
  '/proc/sys/kernel/pid_max': '4194304\n',
  '/proc/pressure/cpu': pressure,
  '/proc/pressure/memory': pressure,
  '/proc/pressure/io': pressure,
  '/proc/self/auxv': auxv(),
  '/proc/self/mountinfo':
    '27 1 259:1 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p1 rw,discard\n22 27 0:21 / /proc rw,relatime - proc proc rw\n',
  '/proc/net/unix':
    'Num       RefCount Protocol Flags    Type St Inode Path\n' +
    '0000000000000000: 00000002 00000000 00010000 0001 01 14513 /run/dbus/system_bus_socket\n',
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice:/home/alice:/bin/bash\n' +
    Array.from(
      { length: 32 },
      (_, i) => `nixbld${i + 1}:x:${30001 + i}:30000:Nix build user ${i + 1}:/var/empty:/bin/false\n`,
    ).join(''),
  '/etc/group': `root:x:0:\nnixbld:x:30000:${Array.from({ length: 32 }, (_, i) => `nixbld${i + 1}`).join(',')}\n`,
  '/etc/hostname': 'labhost\n',
};

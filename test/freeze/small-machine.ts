/**
 * A small machine inside this one, for programs that ask the machine how much memory is left: a memory cgroup with PID
 * and mount namespaces. Nobody in it sees, or can kill, what is outside; /proc/meminfo tells of the cgroup (as lxcfs
 * does in containers); cgroups are not to be seen, so its limit looks like all there is. Pressure and swap are the
 * kernel's own. It has a nix-daemon of its own on the machine's store.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryShortage } from '../lab/hardship/memory.ts';
import { processesBelow } from '../lab/truth.ts';
import { until } from '../lab/wait.ts';
import type { Lab } from '../support/lab.ts';

export interface SmallMachine {
  /** A program that becomes what its further arguments name, inside. */
  readonly within: readonly string[];
  /** Per cent of its memory that is available. */
  availablePercent(): number;
  /** All that is in it is killed. */
  end(): Promise<void>;
}

const init = `
set -e
mount --bind "$MEMINFO" /proc/meminfo
umount --recursive --lazy /sys/fs/cgroup
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /nix/var/nix/daemon-socket
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 NIX_CONF_DIR="$NIX_CONF_DIR" nix-daemon --daemon &
until [ -S /nix/var/nix/daemon-socket/socket ]; do sleep 0.05; done
echo ready
set +e
while :; do sleep 1000 & wait; done
`;
/** It is in the cgroup before its first instruction. */
const enter = (members: string) => `echo $$ >'${members}' || exit 9; exec "$@"`;
const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', init];
const everyMs = 100;

export async function startSmallMachine(shortage: MemoryShortage, lab: Lab): Promise<SmallMachine> {
  const place = mkdtempSync('/dev/shm/nixpulse-machine-');
  const file = join(place, 'meminfo');
  const told = openSync(file, 'w+');
  const members = shortage.cgroup.members;
  let available = tell(shortage, told);
  const telling = setInterval(() => {
    available = tell(shortage, told);
  }, everyMs);
  const child = spawn('sh', ['-c', enter(members), 'sh', ...unshare], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      MEMINFO: file,
      NIX_CONF_DIR: `${lab.directory}/etc`,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const end = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      kill();
      await once(child, 'exit');
    }
    await until('its end', () => shortage.cgroup.read('cgroup.procs') === '', { everyMs: 20 });
    process.off('exit', kill);
    clearInterval(telling);
    closeSync(told);
    rmSync(place, { recursive: true });
  };
  try {
    await until('the small machine', () => output.includes('ready'), { everyMs: 20, detail: () => output });
  } catch (error) {
    await end();
    throw error;
  }
  const [, first] = processesBelow(child.pid as number);
  const inside = ['nsenter', '--target', String(first?.pid), '--mount', '--pid', '--wdns=/'];
  return { within: ['sh', '-c', enter(members), 'sh', ...inside], availablePercent: () => available, end };
}

/** Writes what /proc/meminfo is to say; gives the share that is available. Numbers keep their width: no reader sees an end. */
function tell({ cgroup }: MemoryShortage, file: number): number {
  const first = cgroup.version === 1;
  const limit = Number(cgroup.read(first ? 'memory.limit_in_bytes' : 'memory.max'));
  const used = Number(cgroup.read(first ? 'memory.usage_in_bytes' : 'memory.current'));
  const stat = cgroup.read('memory.stat');
  const of = (name: string) =>
    Number(new RegExp(`^${first ? 'total_' : ''}${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  const active = of('active_file');
  const inactive = of('inactive_file');
  const free = Math.max(0, limit - used);
  const bytes: Readonly<Record<string, number>> = {
    MemTotal: limit,
    MemFree: free,
    MemAvailable: Math.min(limit, free + active + inactive),
    Buffers: 0,
    Cached: active + inactive,
    'Active(file)': active,
    'Inactive(file)': inactive,
    AnonPages: of(first ? 'rss' : 'anon'),
    SReclaimable: 0,
    Shmem: 0,
  };
  const text = readFileSync('/proc/meminfo', 'utf8').replace(
    /^([^:\n]+):( +\d+)(?= kB$)/gm,
    (line, name: string, old: string) => {
      const own = bytes[name];
      return own === undefined ? line : `${name}:${String(Math.floor(own / 1024)).padStart(old.length)}`;
    },
  );
  writeSync(file, text, 0);
  return (100 * (bytes['MemAvailable'] ?? 0)) / limit;
}

/**
 * A target of a deployment on this machine: Debian's sshd as a child process, with keys and a configuration of its own,
 * in a mount namespace where what it is asked about is that of a sound NixOS installer. One fault is planted at a time.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newest } from '../support/lab.ts';
import { until } from './wait.ts';

/** Why there is none; null: there is. In CI there must be one. */
export function whyNoSshTarget(): string | null {
  const missing =
    process.platform !== 'linux' || process.getuid?.() !== 0
      ? 'it needs root on Linux'
      : // Its tests then run on the machine's own Nix, and would show nothing of the newest.
        newest && process.env.NIXPULSE_NEWEST_MISSING
        ? `the newest Nix is not there: ${process.env.NIXPULSE_NEWEST_MISSING}`
        : ['/usr/sbin/sshd', '/usr/bin/ssh', '/usr/bin/unshare'].find((path) => !existsSync(path));
  if (missing === undefined) return null;
  if (process.env['CI']) throw new Error(`a target over ssh must be had in CI, but ${missing}`);
  return missing;
}

export interface SshTarget {
  /** With `id`, `id.pub` and `bin/ssh`, which knows the host `target`. */
  readonly directory: string;
  /** Before PATH: an ssh with a configuration of its own. */
  readonly bin: string;
  /** What sshd said so far. */
  log(): string;
  stop(): void;
}

export interface Planted {
  /** Lines of sh that are run in the namespace, before sshd begins: `$T` is a place for files. */
  readonly plant?: string;
  /** Before the name of sshd: `setarch i686`. */
  readonly within?: string;
  /** Lines of sshd_config, before the usual ones: the first one counts. */
  readonly settings?: string;
  /** Account; default root. */
  readonly user?: string;
  /** Address of a cache that the target's Nix has. */
  readonly cache: string;
}

/** The installer: `programs` stand in for those that Debian does not have, or has with other answers. */
const sound = (cache: string) => `set -eu
T=$1
mount -t tmpfs tmpfs /root
mount -t tmpfs tmpfs /run && mkdir /run/sshd
mkdir -p $T/bin $T/dev/disk/by-id
program() { { echo '#!/bin/sh'; cat; } > $T/bin/$1 && chmod +x $T/bin/$1; }
printf 'ID=nixos\\nVARIANT_ID="installer"\\n' > $T/os-release
printf 'MemTotal:  8131908 kB\\nMemAvailable:  7310244 kB\\nSwapTotal:  0 kB\\n' > $T/meminfo
program systemd-detect-virt <<'E'
echo none
E
program hostid <<'E'
echo 8425e349
E
program zpool <<'E'
exit 0
E
program modinfo <<'E'
echo 2.3.4-1
E
program nix <<'E'
case "$*" in
  --version) echo 'nix (Nix) 2.31.2' ;;
  *'config show'*) cat "$(dirname "$0")/../nix.conf" ;;
esac
E
printf 'substituters = ${cache}\\ntrusted-users = root\\nmin-free = 0\\nmax-free = 9223372036854775807\\n' > $T/nix.conf
mkdir -p $T/block/xvdq && echo 125829120 > $T/block/xvdq/size && echo 0 > $T/block/xvdq/ro
mkdir -p $T/firmware/efi && echo 64 > $T/firmware/efi/fw_platform_size
mkdir -p $T/module/zfs && echo 2.3.4-1 > $T/module/zfs/version
for d in null zero random urandom tty; do touch $T/dev/$d && mount --bind /dev/$d $T/dev/$d; done
ln -s ../../xvdq $T/dev/disk/by-id/virtio-root
cp /etc/passwd $T/passwd
printf 'deploy:x:1000:1000::/root:/bin/sh\\nshut:x:1001:1001::/root:/usr/sbin/nologin\\n' >> $T/passwd
printf 'Filename\\tType\\tSize\\tUsed\\tPriority\\n' > $T/swaps
STORE=3g
`;

const entered = `
mount -t tmpfs tmpfs /nix && mkdir -p /nix/.rw-store /nix/store
[ -z "$STORE" ] || mount -t tmpfs -o size=$STORE tmpfs /nix/.rw-store
mount --bind $T/os-release "$(readlink -f /etc/os-release)"
mount --bind $T/passwd /etc/passwd
mount --bind $T/meminfo /proc/meminfo
mount --bind $T/swaps /proc/swaps
mount --bind $T/block /sys/class/block
mount --bind $T/firmware /sys/firmware
mount --bind $T/module /sys/module
mount --rbind $T/dev /dev
`;

export async function startSshTarget({
  plant = '',
  within = '',
  settings = '',
  user = 'root',
  cache,
}: Planted): Promise<SshTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-target-'));
  // The target's accounts read their keys and programs there.
  chmodSync(directory, 0o755);
  const at = (name: string) => join(directory, name);
  const port = await freePort();
  for (const key of ['host', 'id'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me@here', '-f', at(key)]);
  writeFileSync(
    at('sshd_config'),
    `${settings}
Port ${port}
ListenAddress 127.0.0.1
HostKey ${at('host')}
PidFile none
UsePAM no
StrictModes no
AuthorizedKeysFile ${at('id.pub')}
SetEnv PATH=${at('tree/bin')}:/usr/sbin:/usr/bin:/sbin:/bin
`,
  );
  writeFileSync(
    at('config'),
    `Host target
  HostName 127.0.0.1
  Port ${port}
  User ${user}
  IdentityFile ${at('id')}
  IdentitiesOnly yes
  UserKnownHostsFile ${at('known')}
  StrictHostKeyChecking accept-new
`,
  );
  execFileSync('mkdir', [at('bin'), at('tree')]);
  writeFileSync(at('bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F ${at('config')} "$@"\n`, { mode: 0o755 });
  const script = `${sound(cache)}${plant}\n${entered}exec ${within} /usr/sbin/sshd -D -e -f ${at('sshd_config')}`;
  const child = spawn(
    'unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', at('tree')],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const stop = () => end(child, directory);
  try {
    await until('sshd', () => said.includes('Server listening') || hasEnded(child), {
      detail: () => said,
    });
    if (hasEnded(child)) throw new Error(`sshd did not begin: ${said}`);
  } catch (error) {
    stop();
    throw error;
  }
  return { directory, bin: at('bin'), stop, log: () => said };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Sessions end with their clients; the namespace with the last of its processes. */
function end(child: ChildProcess, directory: string): void {
  child.kill('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
  });
}

/** Runs the program as a user types it. */
export function runProgram(
  argv: readonly string[],
  { path, before = [] }: { readonly path: string; readonly before?: readonly string[] },
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const node = new URL('../../scripts/node', import.meta.url).pathname;
  const [file, ...args] = [...before, node, main, ...argv] as [string, ...string[]];
  const env = { ...process.env, PATH: path, SSH_AUTH_SOCK: '', NO_COLOR: '1' };
  return new Promise((resolve) => {
    const child = execFile(file, args, { encoding: 'utf8', timeout: 100_000, env }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

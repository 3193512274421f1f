/** A Debian with what is essential and nothing else, in a directory; programs run in it in namespaces of their own. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { has, output } from './programs.ts';

export interface CleanRoot {
  readonly path: string;
  /** What it printed, stderr after stdout, and its exit code. */
  run(...words: readonly string[]): { readonly status: number | null; readonly said: string };
  /** All files, links and directories but those that dpkg and man(1) keep for themselves, sorted. */
  files(): readonly string[];
}

/** Why there can be none here; null: there can. */
export function whyNoCleanRoot(): string | null {
  if (process.getuid?.() !== 0) return 'it needs root (chroot)';
  if (!has('dpkg')) return 'it needs Debian';
  return has('mmdebstrap') ? null : 'it needs mmdebstrap';
}

/** `path` comes to be; takes half a minute. `packages`: besides the essential ones. */
export function makeCleanRoot(path: string, packages: readonly string[]): CleanRoot {
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  // The machine's own mirror.
  const asked = ['indextargets', '--format', '$(REPO_URI)', 'Origin: Debian', 'Label: Debian'];
  const [mirror = ''] = output('apt-get', asked).split('\n');
  const source = `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main`;
  const kind = ['--quiet', '--variant=essential', `--include=${packages.join()}`];
  output('mmdebstrap', [...kind, suite, path, source]);
  return { path, run: (...words) => runIn(path, words), files: () => filesBelow(path) };
}

const enter = `mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount --rbind /sys "$0/sys" &&
  exec chroot "$0" "$@"`;

function runIn(path: string, words: readonly string[]): ReturnType<CleanRoot['run']> {
  const namespaces = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [...namespaces, 'sh', '-c', enter, path, ...words],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' },
      timeout: 60_000,
    },
  );
  return { status, said: stdout + stderr };
}

const kept = /^(?:var\/lib\/(?:dpkg|systemd)|var\/log|var\/cache|tmp|dev|proc|sys|run)\//;

function filesBelow(path: string): readonly string[] {
  const entries = output('find', [path, '-xdev', '-mindepth', '1', '-printf', '%P\n']).trim().split('\n');
  return entries.filter((name) => !kept.test(name)).toSorted();
}

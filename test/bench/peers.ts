/** The programs that nixpulse is compared with: those of the newest Debian where they can be had, else those of the PATH. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Peer {
  readonly file: string;
  /** Before its own arguments. */
  readonly args: readonly string[];
}

let root: string | null | undefined;

/** Unpacked into the lab's cache, once, and not installed: it runs with the loader and the libraries that came along. */
export function peer(name: 'htop' | 'btop' | 'atop'): Peer {
  if (root === undefined) root = unpack();
  const file = `${root}/usr/bin/${name}`;
  if (root === null || !existsSync(file)) return { file: name, args: [] };
  const [libraries] = readdirSync(`${root}/usr/lib`).filter((entry) => entry.endsWith('-linux-gnu'));
  const [loader] = readdirSync(`${root}/usr/lib/${libraries}`).filter((entry) =>
    entry.startsWith('ld-linux'),
  );
  const directory = `${root}/usr/lib/${libraries}`;
  return { file: `${directory}/${loader}`, args: ['--library-path', directory, file] };
}

function unpack(): string | null {
  const script = fileURLToPath(new URL('../lab/newest/root.sh', import.meta.url));
  const env = { ...process.env, NIXPULSE_LAB_PACKAGES: 'htop btop atop libc-bin' };
  const run = spawnSync('bash', [script], { encoding: 'utf8', env });
  if (run.status === 0) return run.stdout.trim();
  console.error(`not the newest Debian's, but what is installed: ${run.stderr.trim().split('\n').at(-1)}`);
  return null;
}

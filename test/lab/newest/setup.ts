/**
 * The newest Nix for the project `newest`: a Debian of its own in namespaces, made for this run, gone with it.
 * Where that cannot be, `NIXPULSE_NEWEST_MISSING` says why: the tests are skipped, and fail where CI is set.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const checkout = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const namespaces = ['--mount', '--pid', '--uts', '--ipc', '--cgroup', '--propagation', 'private'];

export async function setup(): Promise<() => Promise<void>> {
  const missing = whyNot();
  if (missing !== null) return unable(missing);
  const made = spawnSync('bash', [`${here}/root.sh`], { encoding: 'utf8', timeout: 600_000 });
  if (made.status !== 0) return unable(`its Debian could not be made: ${made.stderr.trim()}`);
  const enter = ['bash', `${here}/enter.sh`, made.stdout.trim(), checkout, process.execPath];
  // However this process ends, unshare ends with it, and all inside with unshare.
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...namespaces, '--fork', '--kill-child', ...enter],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'exit');
  const [said] = await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), ended]);
  if (said !== 'ready\n') return unable(`its namespaces could not be made: ${errors.trim()}`);
  child.unref();
  const init = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
  process.env.NIXPULSE_NEWEST = init;
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

/** What is known before anything is made; the rest says so itself. */
function whyNot(): string | null {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root (namespaces, build users)';
  if (process.env.NIXPULSE_LAB === 'off' && !process.env.CI) return 'NIXPULSE_LAB=off is set';
  return null;
}

function unable(why: string): () => Promise<void> {
  process.env.NIXPULSE_NEWEST_MISSING = why;
  return async () => {};
}

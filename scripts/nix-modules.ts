/**
 * `npm run nix-modules`: writes dist/nixos/modules.json, the hashes of what npm fetches for the package of Nix
 * (dist/nixos/package.nix), by kind of machine, and by what in package-lock.json they were made. It takes `nix-hash`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
export const modulesFile = join(project, 'dist/nixos/modules.json');

const systems = { 'x86_64-linux': 'x64', 'aarch64-linux': 'arm64' };

/** Of names, versions and hashes of all packages: what else stands in the lock file changes nothing that is fetched. */
export function lockDigest(): string {
  const lock: { readonly packages: Readonly<Record<string, { version?: string; integrity?: string }>> } =
    JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8'));
  const rows = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, { version, integrity }]) => `${path} ${version} ${integrity}\n`);
  return createHash('sha256').update(rows.join('')).digest('hex');
}

/** As Nix writes the hash of a directory (nix-hash(1)): `sha256-` and base64. */
export function hashOf(directory: string): string {
  const hex = output('nix-hash', ['--type', 'sha256', directory], project).trim();
  return `sha256-${Buffer.from(hex, 'hex').toString('base64')}`;
}

/** The same words as in package.nix; a test runs those. */
function fetched(cpu: string): string {
  const place = mkdtempSync(join(tmpdir(), 'nixpulse-modules-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) cpSync(join(project, file), join(place, file));
    output(process.execPath, [join(project, 'dist/nixos/needed-modules.mjs')], place);
    const quiet = ['--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', '--loglevel=error'];
    output('npm', ['ci', ...quiet, '--os=linux', '--libc=glibc', `--cpu=${cpu}`], place);
    rmSync(join(place, 'node_modules/.package-lock.json'), { force: true });
    return hashOf(join(place, 'node_modules'));
  } finally {
    rmSync(place, { recursive: true });
  }
}

function output(program: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error?.message ?? stderr}`);
  return stdout;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const hashes = Object.fromEntries(Object.entries(systems).map(([system, cpu]) => [system, fetched(cpu)]));
  writeFileSync(modulesFile, `${JSON.stringify({ lock: lockDigest(), hashes }, null, 2)}\n`);
}

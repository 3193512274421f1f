/**
 * View 8 in a real terminal, on a real Nix: a path fetched from a cache beside one that is dead, and a build on another
 * machine whose slot Nix itself holds. The settings are of a mount namespace that the program has for itself.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';
import { inTurn } from './in-turn.ts';
import { addressOfNobody, serveSlowly } from './logs/cache-server.ts';

const lab = bringUpLab();

function folder(parent = '/var/tmp'): string {
  const directory = mkdtempSync(`${parent}/nixpulse-caches-`);
  onTestFinished(() => void spawnSync('bash', ['-c', 'chmod -R u+w "$1"; rm -rf "$1"', 'bash', directory]));
  return directory;
}

/** `nixpulse watch` on a command, where /etc/nix has these files. */
function watch(files: Readonly<Record<string, string>>, words: readonly string[]): Pty {
  const etc = folder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(etc, name), text);
  // What this machine has been told by checks of its own is left out.
  const script =
    'd=/var/lib/nixpulse-check-cache; mkdir -p $d && mount -t tmpfs none $d && mount --bind "$1" /etc/nix && shift && exec "$@"';
  const program = [launcher, 'watch', '--no-record', '--', ...words];
  return openPty({
    file: 'unshare',
    args: ['--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', etc, ...program],
    ...{ columns: 120, rows: 40, deadlineMs: 60_000 },
    env: {
      ...{ NONCE: randomUUID(), NIX_PATH: '', NIX_CONF_DIR: `${lab.directory}/etc`, NO_COLOR: '1' },
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', XDG_CACHE_HOME: folder() },
    },
  });
}

describe.skipIf(lab.missing !== null)('caches and builders on a real Nix', { timeout: 90_000 }, () => {
  inTurn();

  test('what was asked of a cache and of a dead one, how it was answered, and what was lost', async () => {
    const directory = folder();
    const script = `set -e; head -c 6M /dev/urandom >"$1/large"; path=$(nix-store --add "$1/large"); rm "$1/large"
      nix copy --to "file://$1?compression=none" "$path"; nix-store --delete "$path" >&2; echo "$path"`;
    const made = spawnSync('bash', ['-c', script, 'bash', directory], {
      encoding: 'utf8',
      env: { ...process.env, NIX_REMOTE: 'daemon', NIX_CONFIG: 'experimental-features = nix-command' },
    });
    expect(made.status, made.stderr).toBe(0);
    const cache = await serveSlowly(directory, 500_000);
    const dead = await addressOfNobody();
    const bare = (url: string) => url.replace('http://', '');
    using pty = watch(
      { 'nix.conf': `substituters = ${cache.url}\nextra-trusted-public-keys = lab-1:AAAA\n` },
      [
        ...['nix-store', '--realise', made.stdout.trim(), '--option', 'connect-timeout', '2'],
        ...['--option', 'substituters', `${dead} ${cache.url}`],
      ],
    );
    await pty.waitForText('WATCH nix-store');
    pty.press('8');
    const screen = await pty.waitFor((lines) => {
      const alive = lines.find((line) => line.includes(bare(cache.url)));
      const gone = lines.find((line) => line.includes(bare(dead)));
      return /answers +[1-9]/.test(alive ?? '') && /no answer +[1-9]/.test(gone ?? '');
    }, 'one that answers, and one that does not');
    const rowOf = (url: string) => screen.find((line) => line.includes(bare(url))) ?? '';
    // Asked, answered, without an answer.
    expect(rowOf(cache.url)).toMatch(/answers +([1-9]\d*) +\1 +0 /);
    expect(rowOf(dead)).toMatch(/no answer +[1-9]\d* +0 +[1-9]\d* /);
    const text = screen.join('\n');
    expect(text).toContain('CACHES 2  1 in trouble');
    expect(text).toContain('trusted keys cache.nixos.org-1 lab-1');
    expect(text).toContain('No builders are configured: builds run here only.');
    pty.press('<down>', '<enter>');
    await pty.waitForText('It is none of the substituters');
    expect(pty.screen().join('\n')).toMatch(
      /Rebuilds asked it \d+ times?: 0 answered, \d+ without an answer/,
    );
    rmSync(directory, { recursive: true, force: true });
  });

  test('a build on another machine: its slot is taken while Nix holds the lock, and free again', async () => {
    // No folder above a store may be writable by everybody.
    const store = folder('/var/lib');
    const line = `ssh-ng://localhost?remote-store=${store} x86_64-linux - 3 2 big-parallel,kvm`;
    using pty = watch({ 'nix.conf': '', machines: `${line}\n` }, [
      ...['nix-build', '--no-out-link', '-j', '0', '--option', 'builders', line],
      ...[`${lab.directory}/workloads/logs.nix`, '-A', 'remote'],
    ]);
    await pty.waitForText('WATCH nix-build');
    pty.press('8');
    const row = (lines: readonly string[]) => lines.find((one) => /^ [ >]localhost /.test(one)) ?? '';
    await pty.waitFor((lines) => /builds +1\/3 .* remote-1\.0/.test(row(lines)), 'a slot that is taken');
    expect(row(pty.screen())).toMatch(/big-parallel kvm/);
    expect(pty.screen().join('\n')).toContain('1 of 3 slots taken');
    expect((await pty.exited()).exitCode).toBe(0);
  });
});

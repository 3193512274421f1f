/** `watch --safe` on a real daemon that would build eight at once: one after the other, with two cores, and only then. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { launcher } from '../support/pty.ts';
import { inTurn } from './in-turn.ts';

const lab = bringUpLab();
const home = mkdtempSync(join(tmpdir(), 'nixpulse-safe-'));
afterAll(() => rmSync(home, { recursive: true }));

interface Built {
  readonly cores: readonly number[];
  readonly together: boolean;
}

/** `--file=` of `nix build`, or the file of `nix-build`. */
function built(flags: readonly string[], command: (file: string) => readonly string[]): Built {
  const words = command(`${lab.directory}/workloads/alone.nix`);
  const run = spawnSync(launcher, ['watch', ...flags, '--', ...words], {
    encoding: 'utf8',
    timeout: 60_000,
    env: {
      ...{ NONCE: randomUUID(), NIX_REMOTE: 'daemon', NIX_PATH: '', NIX_CONF_DIR: `${lab.directory}/etc` },
      ...{
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        LANG: 'C.UTF-8',
        NIXPULSE_NODE: process.execPath,
      },
      // What the lab's settings are does not matter.
      NIX_CONFIG: 'cores = 3\nmax-jobs = 4',
    },
  });
  if (run.status !== 0) throw new Error(`${run.status}: ${run.stderr}`);
  if (flags.includes('--safe')) expect(run.stderr).toContain('for this command alone');
  const paths = run.stdout.match(/\/nix\/store\/\w+-(?:left|right)-1\.0(?!\.drv)/g) ?? [];
  const rows = paths.map((path) => readFileSync(path, 'utf8').trim().split(' ').map(Number));
  const [[, a = 0, b = 0] = [], [, c = 0, d = 0] = []] = rows;
  return { cores: rows.map(([cores = 0]) => cores), together: a < d && c < b };
}

describe.skipIf(lab.missing !== null)('watch --safe', { timeout: 90_000 }, () => {
  inTurn();
  const nixBuild = (file: string) => ['nix-build', '--no-out-link', file];
  const flake = ['--extra-experimental-features', 'nix-command'];

  test('without it they run together', () => {
    expect(built([], nixBuild)).toEqual({ cores: [3, 3], together: true });
  });

  test.each([
    ['by options of nix-build', nixBuild],
    ['of nix', (file: string) => ['nix', ...flake, 'build', '--impure', '--no-link', '--json', '-f', file]],
    [
      'by NIX_CONFIG of what is no tool of Nix',
      (file: string) => ['sh', '-c', 'exec nix-build --no-out-link "$0"', file],
    ],
    [
      'behind what cleans the environment',
      (file: string) => ['env', '-i', ...kept(), 'sh', '-c', 'exec nix-build --no-out-link "$0"', file],
    ],
  ])('%s', (_, command) => {
    expect(built(['--safe', '--calm'], command)).toEqual({ cores: [2, 2], together: false });
  });
});

function kept(): readonly string[] {
  const nonce = randomUUID();
  return [
    `NONCE=${nonce}`,
    'NIX_REMOTE=daemon',
    `NIX_CONF_DIR=${lab.directory}/etc`,
    'PATH=/usr/bin:/bin',
    'HOME=/root',
  ];
}

/** `nixpulse watch -- nix-build …` on a real daemon: its words, its processes, its end. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { openPty, type Pty } from '../support/pty.ts';
import { inTurn } from './in-turn.ts';
import { buildsWithNonce, processesWithNonce } from './truth.ts';
import { until } from './wait.ts';

const lab = bringUpLab();

describe.skipIf(lab.missing !== null)('watch on a real Nix', { timeout: 90_000 }, () => {
  inTurn();

  function watch(nonce: string, ...words: readonly string[]): Pty {
    return openPty({
      args: ['watch', '--no-record', '--', ...words],
      deadlineMs: 60_000,
      env: {
        ...{ NONCE: nonce, NIX_REMOTE: 'daemon', NIX_PATH: '', NIX_CONF_DIR: `${lab.directory}/etc` },
        PATH: '/usr/local/bin:/usr/bin:/bin',
      },
    });
  }
  const file = (name: string) => `${lab.directory}/workloads/${name}.nix`;
  const nixBuild = (...words: readonly string[]) => ['nix-build', '--no-out-link', '-j', '8', ...words];

  test('five builds: their phases are seen, and the summary has them with their memory', async () => {
    const nonce = randomUUID();
    using pty = watch(nonce, ...nixBuild(file('parallel'), '--argstr', 'secs', '6'));
    await pty.waitForText('WATCH nix-build');
    await until('the builds', () => buildsWithNonce(nonce).length === 5);
    await pty.waitFor((screen) => screen.some((line) => /firefox-130\.0 .*build/.test(line)), 'its phase');
    await pty.waitForText('0/5 built');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
    const screen = pty.screen().join('\n');
    expect(screen).toMatch(/^\/nix\/store\/\w{32}-firefox-130\.0$/m);
    expect(screen).toMatch(/^done in \d+ s: nix-build --no-out-link/m);
    expect(screen).toContain(' built     5 of 5');
    expect(screen).toMatch(/ memory {4}[\d.]+ [KMG]B at its peak, the most of one: \w+-/);
  });

  test('Ctrl-C: Nix ends its builds by itself', async () => {
    const nonce = randomUUID();
    using pty = watch(nonce, ...nixBuild(file('stuck'), '--argstr', 'secs', '600'));
    await pty.waitForText('WATCH nix-build');
    await until('the build', () => buildsWithNonce(nonce).length === 1);
    await pty.waitForText('1 running');
    pty.press('<ctrl-c>');
    expect((await pty.exited()).exitCode).toBe(1);
    await until('nothing is left', () => processesWithNonce(nonce).length === 0);
    expect(pty.screen().join('\n')).toMatch(/^failed, exit code 1, after \d+ s: nix-build/m);
  });

  test('a build that fails: the exit code of Nix, and why', async () => {
    const script = "echo 'src/main.c:12:3: error: expected ;' >&2; exit 2";
    const expression = `with import ${lab.directory}/workloads/tools.nix; mk { pname = "bad"; script = "${script}"; }`;
    using pty = watch(randomUUID(), ...nixBuild('-E', expression));
    expect((await pty.exited()).exitCode).toBe(1);
    const screen = pty.screen().join('\n');
    expect(screen).toMatch(/failed {4}bad-1\.0.*exit code 2: src\/main\.c:12:3: error: expected ;/);
    expect(screen).toMatch(/nix log \/nix\/store\/\w{32}-bad-1\.0\.drv/);
  });
});

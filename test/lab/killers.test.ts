/** Who stopped and who ended a build, by commands in one terminal, as the recorder in another one saw it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bringUpLab, startBuild } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { buildsWithNonce } from './truth.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const program = fileURLToPath(new URL('../../bin/nixpulse', import.meta.url));

interface Told {
  readonly findings: readonly { readonly found: string; readonly text: string }[];
  readonly verdicts: readonly {
    readonly reason: string;
    readonly detail: string | null;
    readonly text: string;
  }[];
  readonly events: readonly { readonly kind: string; readonly killer?: string; readonly build?: string }[];
}

describe.skipIf(lab.missing !== null)('a recorder beside commands', { timeout: 120_000 }, () => {
  inTurn();

  test('a pause and a kill are told as ours, live and replayed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nixpulse-killers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { ...process.env, XDG_STATE_HOME: folder, NIX_REMOTE: 'daemon' };
    const recordings = join(folder, 'recordings');
    const run = (...words: readonly string[]) => {
      const ended = spawnSync(program, words, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
      return { code: ended.status, text: `${ended.stdout}${ended.stderr}`, stdout: ended.stdout };
    };
    const recorder: ChildProcess = spawn(program, ['record', '--dir', recordings], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    recorder.stderr?.on('data', (text) => {
      said += text;
    });
    onTestFinished(() => void recorder.kill('SIGKILL'));
    const client = startBuild(lab, 'stuck', { secs: '600' });
    await until('the build', () => buildsWithNonce(client.nonce).length === 1);
    await until('the recorder', () => said.includes('recording in'));

    const pid = `${buildsWithNonce(client.nonce)[0]?.pid}`;
    expect(run('pause', pid, '--yes')).toMatchObject({ code: 0 });
    const diagnosis = run('diagnose', '--json', '--dir', recordings);
    const live = JSON.parse(diagnosis.stdout) as Told;
    expect(live.verdicts.map(({ reason, detail }) => `${reason} ${detail}`)).toContain('stopped nixpulse');
    const paused = live.findings.find(({ text }) => text.includes('paused from nixpulse'));
    expect(paused, diagnosis.text).toBeDefined();

    expect(run('kill', pid, '--yes')).toMatchObject({ code: 0 });
    await until('its end', () => buildsWithNonce(client.nonce).length === 0);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    recorder.kill('SIGTERM');
    await until('the end of the recorder', () => recorder.exitCode !== null);
    const lines = run('replay', recordings, '--json').stdout.trim().split('\n');
    const models = lines.map((line) => JSON.parse(line) as Told);
    expect(
      models.some(({ verdicts }) => verdicts?.some(({ text }) => /^paused .* from nixpulse/.test(text))),
    ).toBe(true);
    // The kernel still tells of what else it killed within the last minutes.
    const kills = models
      .at(-1)
      ?.events.filter(({ kind, build }) => kind === 'killed' && build === 'stuck-3.1');
    expect(kills).toMatchObject([{ killer: 'nixpulse' }]);
  });
});

/** A pid that was handed out again between the question and the answer: made real in a pid namespace. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { idsOf } from '../../support/lab.ts';

export function reuseCases(): void {
  test('a reused pid is not signalled', async () => {
    const script = fileURLToPath(new URL('../reuser.ts', import.meta.url));
    const { uid } = idsOf('nixbld1');
    const args = ['--pid', '--fork', '--mount-proc', process.execPath, script, String(uid)];
    const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    await new Promise((resolve) => child.on('close', resolve));
    const expected = { seen: true, samePid: true, sent: 'gone', outcome: 'refused', secondLives: true };
    expect(stdout, stderr).not.toBe('');
    expect(JSON.parse(stdout)).toEqual({
      pidfds: { ...expected, exact: true },
      'start times': { ...expected, exact: false },
    });
  });
}

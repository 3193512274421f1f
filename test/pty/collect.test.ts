/** A bundle from the screen: asked for, gathered beside it, and a recording that plays. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPty } from '../support/pty.ts';

test('B asks, says where to, and leaves an archive there that nobody else may read', async () => {
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-collect-'));
  const env = { XDG_STATE_HOME: home };
  try {
    using dashboard = openPty({ columns: 160, rows: 40, env, deadlineMs: 50_000 });
    await dashboard.waitForText('Quit');
    dashboard.press('6', 'B');
    await dashboard.waitForText(`into ${home}/nixpulse/bundles`);
    dashboard.press('y');
    const screen = await dashboard.waitFor(
      (lines) => lines.some((line) => line.includes('.tar.gz,')),
      'the path',
    );
    const path = /(\/\S+\.tar\.gz),/.exec(screen.join('\n'))?.[1] ?? '';
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.sha256`)).toBe(true);
    dashboard.press('q');
    await dashboard.exited();
    using replay = openPty({ columns: 120, rows: 40, env, args: ['replay', path], deadlineMs: 30_000 });
    await replay.waitForText('REPLAY');
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

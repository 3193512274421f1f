/** A guard beside the dashboard: it is seen, and held by a key, by nothing but the files that both know. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { parseJsonObject } from '../../src/base/fields.ts';
import type { GuardStatus } from '../../src/model/guard/guard.ts';
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import { guardAct, guardStatus } from '../support/guard-status.ts';
import { openPty } from '../support/pty.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** We are the guard: what it says is written every second, as a guard does. */
function guardHere(given: Partial<GuardStatus> = {}) {
  const runtime = mkdtempSync(join(tmpdir(), 'nixpulse-guard-'));
  const directory = join(runtime, 'nixpulse-guard');
  mkdirSync(directory);
  const stat = parseProcessStat(readFileSync('/proc/self/stat', 'utf8'));
  if (!stat.ok) throw new Error('no stat of our own');
  const { pid, startTime } = stat.value;
  let said = given;
  const write = () => {
    const status = guardStatus({ pid, startTime, sinceMs: Date.now(), acts: [], ...said, atMs: Date.now() });
    writeFileSync(join(directory, 'new'), JSON.stringify(status));
    renameSync(join(directory, 'new'), join(directory, 'status.json'));
  };
  write();
  const timer = setInterval(write, 1000);
  const close = () => {
    clearInterval(timer);
    rmSync(runtime, { recursive: true, force: true });
  };
  open.push(close);
  return {
    runtime,
    say(more: Partial<GuardStatus>) {
      said = { ...said, ...more };
      write();
    },
    fallSilent: () => clearInterval(timer),
    hold: () => parseJsonObject(readFileSync(join(directory, 'hold.json'), 'utf8')),
  };
}

function start(runtime: string, args: readonly string[] = []) {
  const pty = openPty({
    ...{ columns: 120, rows: 30, args, deadlineMs: 20_000 },
    env: { NO_COLOR: '1', XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: join(runtime, 'state') },
  });
  open.push(() => pty.close());
  return pty;
}

test('it is seen, held for an hour, and no longer', async () => {
  const guard = guardHere({ dryRun: false });
  const pty = start(guard.runtime);
  await pty.waitForText(' guard ');
  pty.press('a');
  await pty.waitForText('It acts by itself');
  pty.press('H');
  await pty.waitForText('hold the guard for 60 min');
  pty.press('<enter>');
  await pty.waitFor((screen) => !screen.some((line) => line.includes('hold the guard for 60 min')));
  pty.press('H');
  await pty.waitForText('hold the guard for 60 min');
  const before = Date.now();
  pty.press('y');
  await pty.waitForText('the guard is held until');
  const hold = guard.hold();
  expect(hold).toMatchObject({ version: 1 });
  expect(Number(hold?.['untilMs'])).toBeGreaterThanOrEqual(before + 3_600_000);
  guard.say({ heldUntilMs: Number(hold?.['untilMs']) });
  await pty.waitForText('guard held 60 min');
  await pty.waitForText('H ends that');
  pty.press('H');
  await pty.waitForText('end the hold of the guard');
  pty.press('y');
  await pty.waitForText('the guard is held no more');
  expect(Number(guard.hold()?.['untilMs'])).toBeLessThanOrEqual(Date.now());
  // What was done is in the journal, with its name.
  pty.press('<escape>', '7');
  await pty.waitForText('2 actions');
});

test('what it does is told, and that it says nothing any more', async () => {
  const guard = guardHere({ dryRun: false });
  const pty = start(guard.runtime);
  await pty.waitForText(' guard ');
  guard.say({ acts: [guardAct({ atMs: Date.now() })] });
  await pty.waitForText('guard: paused firefox-130.0');
  pty.press('7');
  await pty.waitForText('guard: paused firefox-130.0: memory pressure 42%, limit 20%, for 6 seconds');
  guard.fallSilent();
  await pty.waitForText('guard silent');
});

test('with --read-only it is seen, and not held', async () => {
  const guard = guardHere();
  const pty = start(guard.runtime, ['--read-only']);
  await pty.waitForText('guard dry run');
  pty.press('H');
  await pty.waitForText('Hold the guard for an hour: started with --read-only');
});

/**
 * The warm run: starts the fresh bundle as a user would, in a pseudo-terminal, and keeps the bytecode of
 * every function that ran. Without a pseudo-terminal a snapshot has to do; without either it starts a
 * little slower.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('keep-bytecode.cjs', import.meta.url));
/** What a user does first in the dashboard: looks, opens each view, asks for help, leaves. */
export const dashboardRun = {
  words: [],
  keys: ['2', '\x1b[B', '3', '4', '1', '?', '\x1b', 'q'],
  withoutTerminal: ['snapshot', '--interval', '0.2'],
};
/** The rescue screen: its first frame is what has to be there at once, and the second look comes after 200 ms. */
export const rescueRun = { words: ['rescue'], keys: ['q'], withoutTerminal: null, firstFrameMs: 190 };
const startMs = 1300;
const keyMs = 60;
const giveUpMs = 20_000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Through the launcher: bytecode fits only the Node and the flags it was made under. */
export async function warmRun(launcher, bytecodeFile, run) {
  // What the run records and notes is thrown away.
  const state = mkdtempSync(join(tmpdir(), 'nixpulse-warm-'));
  try {
    await runIn(state, launcher, bytecodeFile, run);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

async function runIn(state, launcher, bytecodeFile, run) {
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    XDG_STATE_HOME: state,
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    NODE_OPTIONS: `--require=${JSON.stringify(hook)}`,
    NIXPULSE_BYTECODE: bytecodeFile,
    ...(run.firstFrameMs && { NIXPULSE_BYTECODE_AFTER_MS: String(run.firstFrameMs) }),
  };
  await runInTerminal(launcher, env, run).catch(() => {});
  if (existsSync(bytecodeFile)) return;
  if (run.withoutTerminal !== null) spawnSync(launcher, run.withoutTerminal, { env, timeout: giveUpMs });
  if (!existsSync(bytecodeFile)) console.warn('nixpulse: no bytecode was made; it starts a little slower');
}

async function runInTerminal(launcher, env, { words, keys }) {
  const { spawn } = await import('@lydell/node-pty');
  const terminal = spawn(launcher, words, { cols: 120, rows: 40, env });
  terminal.onData(() => {});
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  const late = setTimeout(() => terminal.kill('SIGKILL'), giveUpMs);
  await wait(startMs);
  for (const key of keys) {
    terminal.write(key);
    await wait(keyMs);
  }
  await ended;
  clearTimeout(late);
}

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
  first: /BUILDS/,
  restMs: 1000,
  keys: ['2', '\x1b[B', '3', '4', '1', '?', '\x1b', 'q'],
  withoutTerminal: ['snapshot', '--interval', '0.2'],
};
/** The rescue screen: its first frame is what has to be there at once. */
export const rescueRun = { words: ['rescue'], first: /Quit/, restMs: 0, keys: ['q'], withoutTerminal: null };
/** The recorder, until it has written what it saw and has hardened itself. */
export const recordRun = {
  words: ['record'],
  first: /recording in/,
  restMs: 4500,
  keys: ['\x03'],
  withoutTerminal: null,
};
/** After what a key has changed on the screen, or did not. */
const keyMs = 60;
const unchangedMs = 1000;
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
  };
  await runInTerminal(launcher, env, run).catch(() => {});
  if (existsSync(bytecodeFile)) return;
  if (run.withoutTerminal !== null) spawnSync(launcher, run.withoutTerminal, { env, timeout: giveUpMs });
  if (!existsSync(bytecodeFile)) console.warn('nixpulse: no bytecode was made; it starts a little slower');
}

/** By what is on the screen, not by the time: on a busy machine two keys would arrive as one. */
async function runInTerminal(launcher, env, { words, first, restMs, keys }) {
  const { spawn } = await import('@lydell/node-pty');
  const terminal = spawn(launcher, words, { cols: 120, rows: 40, env });
  let text = '';
  let changed = () => {};
  terminal.onData((data) => {
    text += data;
    changed();
  });
  const change = () =>
    new Promise((resolve) => {
      changed = resolve;
    });
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  const late = setTimeout(() => terminal.kill('SIGKILL'), giveUpMs);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!first.test(text) && !over) await Promise.race([change(), ended]);
  await wait(restMs);
  for (const key of keys) {
    terminal.write(key);
    await Promise.race([change(), wait(unchangedMs)]);
    await wait(keyMs);
  }
  await ended;
  clearTimeout(late);
}

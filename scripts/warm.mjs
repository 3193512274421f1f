/**
 * The warm run: starts the fresh bundle as a user would, in a pseudo-terminal, and keeps the bytecode of
 * every function that ran. Without a pseudo-terminal a snapshot has to do; without either it starts a
 * little slower.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('bytecode-hook.cjs', import.meta.url));
/** What a user does first: looks, opens each view, asks for help, leaves. */
const keys = ['2', '\x1b[B', '3', '1', '?', '\x1b', 'q'];
const lookMs = 1300;
const keyMs = 60;
const patienceMs = 20_000;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytecode fits only the flags it was made under: those of the launcher. */
function nodeFlags() {
  const launcher = readFileSync(new URL('../bin/nixpulse', import.meta.url), 'utf8');
  const line = /^flags='([^']*)'$/m.exec(launcher)?.[1];
  if (line === undefined) throw new Error('bin/nixpulse names no flags');
  return line.split(' ');
}

export async function warm(dist, bytecodeFile) {
  const start = [...nodeFlags(), '-r', hook, join(dist, 'nixpulse.cjs')];
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    NIXPULSE_BYTECODE: bytecodeFile,
  };
  await watch(start, env).catch(() => {});
  if (existsSync(bytecodeFile)) return;
  spawnSync(process.execPath, [...start, 'snapshot', '--interval', '0.2'], { env, timeout: patienceMs });
  if (!existsSync(bytecodeFile)) console.warn('nixpulse: no bytecode was made; it starts a little slower');
}

async function watch(start, env) {
  const { spawn } = await import('@lydell/node-pty');
  const terminal = spawn(process.execPath, start, { cols: 120, rows: 40, env });
  terminal.onData(() => {});
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  const late = setTimeout(() => terminal.kill('SIGKILL'), patienceMs);
  await wait(lookMs);
  for (const key of keys) {
    terminal.write(key);
    await wait(keyMs);
  }
  await ended;
  clearTimeout(late);
}

/**
 * How long a kill takes with 200 processes in the build, from the call (or from htop's Enter) to the last
 * process gone: `scripts/node test/bench/kill.ts [rounds]`. htop is driven as well as it can be: the tree
 * tagged beforehand, SIGKILL chosen beforehand, one key left.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn as spawnPty } from '@lydell/node-pty';
import type { ActionContext } from '../../src/actions/action.ts';
import { kill } from '../../src/actions/kill.ts';
import { targetOf } from '../../src/model/intents/intent.ts';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import { buildsWithNonce, processesOfBuild, type TrueBuild } from '../lab/truth.ts';
import { takeTurn } from '../lab/turn.ts';
import { pause, until } from '../lab/wait.ts';
import { buildOf, openWatch, realPorts } from '../lab/watch.ts';
import { bringUpLab, type Lab, startBuild, stopAllBuilds } from '../support/lab.ts';
import { nowMs, watchLastGone } from './last-gone.ts';
import { median } from './report.ts';

const processes = 200;
const rounds = Number(process.argv[2] ?? 7);

interface Round {
  /** Until none of its pids named a living process. */
  readonly goneMs: number;
  /** Ours: what the outcome said it took. */
  readonly said: string | null;
}

async function withBuild(
  lab: Lab,
  sandbox: boolean,
  run: (build: TrueBuild) => Promise<Round>,
): Promise<Round> {
  const client = startBuild(lab, 'wide', { n: String(processes - 1) }, { sandbox });
  try {
    const build = await until(
      `${processes} processes`,
      () => buildsWithNonce(client.nonce).find((one) => processesOfBuild(one).length >= processes),
      { deadlineMs: 60_000, detail: client.output },
    );
    return await run(build);
  } finally {
    await stopAllBuilds();
  }
}

/** As the dashboard does it: sampled before, once a second. */
async function ours(build: TrueBuild): Promise<Round> {
  const ports = realPorts();
  await ports.signals.rehearse();
  const watch = openWatch(ports);
  const stateDirectory = mkdtempSync(join(tmpdir(), 'nixpulse-bench-'));
  try {
    const target = await watch.tickUntil('the build', (model) => {
      const one = buildOf(model, build.pid);
      return one !== undefined && one.name !== null && one.processes >= processes ? targetOf(one) : null;
    });
    watch.tick();
    const context: ActionContext = {
      ports,
      readForest: watch.readForest,
      stateDirectory,
      report: () => {},
      cancelled: new AbortController().signal,
    };
    const { goneAtMs } = await watchLastGone(processesOfBuild(build).map(({ pid }) => pid));
    const startMs = nowMs();
    const outcome: Promise<Outcome> = kill({ type: 'kill', targets: [target], reason: null }, context);
    const goneMs = (await goneAtMs) - startMs;
    const { status, summary } = await outcome;
    if (status !== 'done') throw new Error(summary);
    return { goneMs, said: summary };
  } finally {
    watch.close();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}

const keys = { tagWithChildren: 'c', f9: '\x1b[20~', enter: '\r' };

async function htop(build: TrueBuild): Promise<Round> {
  const home = mkdtempSync(join(tmpdir(), 'nixpulse-bench-'));
  let screen = '';
  const pty = spawnPty('htop', ['-d', '10', '--tree', '-u', build.user ?? ''], {
    cols: 120,
    rows: 40,
    cwd: '/',
    env: {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: home,
      XDG_STATE_HOME: `${home}/.local/state`,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
    },
  });
  try {
    pty.onData((data) => {
      screen += data;
    });
    await until('htop with the build', () => screen.includes(build.user ?? '?') && screen.includes('sleep'));
    await pause(1500);
    // The first row is the builder: nobody else has this user.
    for (const key of [keys.tagWithChildren, keys.f9, '9']) {
      pty.write(key);
      await pause(300);
    }
    const { goneAtMs } = await watchLastGone(processesOfBuild(build).map(({ pid }) => pid));
    const startMs = nowMs();
    pty.write(keys.enter);
    const goneMs = await Promise.race([goneAtMs, pause(10_000)]);
    if (goneMs === undefined) throw new Error(`htop has not killed it:\n${screen.slice(-3000)}`);
    return { goneMs: goneMs - startMs, said: null };
  } finally {
    pty.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  }
}

const lab = bringUpLab();
if (lab.missing !== null) process.exit(1);
const endTurn = await takeTurn();
const table: { readonly name: string; readonly sandbox: boolean; readonly rounds: Round[] }[] = [];
for (const sandbox of [true, false]) {
  table.push({ name: 'nixpulse', sandbox, rounds: [] }, { name: 'htop', sandbox, rounds: [] });
}
try {
  for (let round = 0; round < rounds; round += 1) {
    for (const row of table) {
      row.rounds.push(await withBuild(lab, row.sandbox, row.name === 'htop' ? htop : ours));
    }
  }
} finally {
  await stopAllBuilds();
  endTurn();
}
console.log(
  `| ${processes} processes, sandbox | program | last gone, ms (median of ${rounds}) | fastest | slowest |`,
);
console.log('| --- | --- | ---: | ---: | ---: |');
for (const { name, sandbox, rounds: done } of table) {
  const times = done.map(({ goneMs }) => goneMs);
  const cells = [median(times) ?? 0, Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(1));
  console.log(`| ${sandbox ? 'on' : 'off'} | ${name} | ${cells.join(' | ')} |`);
}
console.error(table.flatMap(({ rounds: done }) => done.at(-1)?.said ?? []).join('\n'));
process.exit(0);

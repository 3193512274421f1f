/**
 * nixpulse beside htop and btop: `npm run bench` (forty minutes) writes docs/benchmarks.md,
 * `npm run bench -- quick` only prints, `npm run bench -- quick 1000` does one size, `quick write` writes
 * one round. Many builds at once are measured by scale.ts, a day by soak.ts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildsWithNonce } from '../lab/truth.ts';
import { takeTurn } from '../lab/turn.ts';
import { until } from '../lab/wait.ts';
import { bringUpLab, type Lab, startBuild, stopAllBuilds } from '../support/lab.ts';
import { measureFirstFrame } from './first-frame.ts';
import { peer } from './peers.ts';
import { type Cell, type Machine, report } from './report.ts';
import { startSleepers } from './sleepers.ts';
import { measureSteady } from './steady.ts';
import { makeHome, tools } from './tools.ts';

const args = process.argv.slice(2);
const quick = args.includes('quick');
const sizes = args.map(Number).filter((size) => size > 0);
const rounds = quick ? 1 : 2;
const starts = quick ? 4 : 7;
/** Long enough for what a program does once: it runs for hours. */
const warmMs = 15_000;
const windowMs = quick ? 5000 : 10_000;
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** The programs take turns, and another one begins each round. */
async function measure(processes: number, builds: boolean, home: string): Promise<Cell[]> {
  const cells = tools.map(
    (tool) => ({ tool, processes, builds, steady: [], frames: [] }) satisfies Cell as Cell,
  );
  const inTurn = (round: number) => cells.map((_, i) => cells[(i + round) % cells.length] as Cell);
  for (let round = 0; round < starts; round++) {
    for (const { tool, frames } of inTurn(round)) {
      const whole = builds ? tool.wholeWithBuilds : tool.whole;
      if (whole !== null) frames.push(await measureFirstFrame(tool, home, whole));
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const { tool, steady } of inTurn(round)) {
      steady.push(await measureSteady(tool, home, warmMs, windowMs));
    }
  }
  return cells;
}

async function withBuilds<T>(lab: Lab, run: () => Promise<T>): Promise<T> {
  const client = startBuild(lab, 'parallel', { secs: '3600' });
  try {
    await until('five builds', () => buildsWithNonce(client.nonce).length === 5, {
      deadlineMs: 180_000,
      detail: client.output,
    });
    return await run();
  } finally {
    await stopAllBuilds();
  }
}

function machine(): Machine {
  const version = (name: 'htop' | 'btop') => {
    const { file, args } = peer(name);
    const text = execFileSync(file, [...args, '--version'], { encoding: 'utf8' });
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? 'unknown';
  };
  const debian = existsSync('/etc/debian_version')
    ? readFileSync('/etc/debian_version', 'utf8').trim()
    : null;
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: debian === null ? 'no Debian' : `Debian ${debian}`,
    versions: { node: process.versions.node, htop: version('htop'), btop: version('btop') },
    loadBefore: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
    rounds,
    windowSec: windowMs / 1000,
  };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const about = machine();
const home = mkdtempSync(join(tmpdir(), 'nixpulse-bench-'));
makeHome(home);
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
const lab = bringUpLab();
const endTurn = await takeTurn();
const cells: Cell[] = [];
for (const processes of sizes.length > 0 ? sizes : [100, 1000, 10_000]) {
  console.error(`${processes} processes …`);
  const sleepers = await startSleepers(processes);
  try {
    cells.push(...(await measure(processes, false, home)));
    if (lab.missing === null) cells.push(...(await withBuilds(lab, () => measure(processes, true, home))));
  } finally {
    await sleepers.stop();
  }
}

const text = report(cells, about);
console.log(text);
if (!quick || args.includes('write')) {
  const before = readFileSync(page, 'utf8');
  const [head, , tail] = before.split(/<!-- (?:results|end) -->\n/);
  writeFileSync(page, `${head}<!-- results -->\n\n${text}\n<!-- end -->\n${tail}`);
  console.error(`written to ${page}`);
}
endTurn();
process.exit(0);

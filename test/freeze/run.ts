/**
 * Freezes on purpose: `npm run freeze -- memory|io|cpu|all [--short] [--write] [--rounds N] [--kills N] [--minutes N] [--only NAME]`.
 * `guards [--earlyoom FILE]`: guards in place of a person with keys.
 * Prints the figures; with --write they go into docs/benchmarks.md. Needs root and Debian, as the lab does.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bringUpLab } from '../support/lab.ts';
import { figuresOf } from './figures.ts';
import { type FreezeName, freezeNames } from './freezes.ts';
import { play } from './play.ts';
import { programsHere, shortPrograms } from './programs.ts';
import { report } from './report.ts';
import type { Round } from './round.ts';
import { runGuards } from './run-guards.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    kills: { type: 'string' },
    /** Programs whose name contains it. */
    only: { type: 'string' },
    earlyoom: { type: 'string', default: '/usr/bin/earlyoom' },
    /** At most; what does not fit is left out. */
    minutes: { type: 'string', default: '6' },
  },
});
const [which = ''] = positionals;
const freezes: readonly FreezeName[] = freezeNames.filter((name) => which === 'all' || which === name);
/** A whole run takes about five minutes either way. */
const usual = freezes.length === 1 ? { rounds: 3, kills: 5 } : { rounds: 2, kills: 3 };
const short = { rounds: 1, kills: 2 };
const { rounds, kills } = values.short ? short : usual;
const plan = { rounds: Number(values.rounds ?? rounds), kills: Number(values.kills ?? kills) };
if ((freezes.length === 0 && which !== 'guards') || !(plan.rounds > 0 && plan.kills > 0 && plan.kills <= 9)) {
  console.error(
    `usage: npm run freeze -- ${freezeNames.join('|')}|all|guards [--short] [--write] [--rounds N] [--kills 1-9] [--minutes N]`,
  );
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
const lab = bringUpLab();
if (lab.missing !== null) process.exit(1);
const programs = programsHere()
  .filter(({ name }) => values.only === undefined || name.includes(values.only))
  .filter(({ name }) => !values.short || shortPrograms.includes(name));
const machine = describeMachine();
if (which === 'guards') {
  const { only, earlyoom } = values;
  await runGuards({ lab, machine, earlyoom, only, deadlineSec: deadlineSec() });
  process.exit(0);
}
const played = await play({
  lab,
  freezes,
  programs,
  ...plan,
  deadlineSec: deadlineSec(),
  onRound: tell,
});
const command = `npm run freeze -- ${process.argv.slice(2).join(' ')}`;
const text = report(played, figuresOf(played.rounds), { machine, command });
console.log(text);
if (values.write) {
  const [head, , tail] = readFileSync(page, 'utf8').split(/<!-- freeze(?: end)? -->\n/);
  writeFileSync(page, `${head}<!-- freeze -->\n\n${text}\n<!-- freeze end -->\n${tail}`);
  console.error(`written to ${page}`);
}
process.exit(0);

function deadlineSec(): number {
  return Math.min(60, Number(values.minutes)) * 60;
}

/** Each kill as question/signal/dead. */
function tell(round: Round): void {
  const ms = (value: number | null) => (value === null ? '–' : value.toFixed(0));
  const done = round.kills.map(({ echoMs, struckMs, deathMs }) =>
    [echoMs, struckMs, deathMs].map(ms).join('/'),
  );
  const latest = Math.max(...round.frameGapsMs);
  console.error(
    `${round.freeze}, ${round.program}: ${done.join(' ')} ms; ${round.majorFaults} major faults, ` +
      `${((round.swappedBytes ?? 0) / 2 ** 20).toFixed(1)} MB in swap, ${ms(latest)} ms between frames, ${round.oomKills} OOM kills`,
  );
  for (const { where, ms: waitedMs } of round.waits.slice(0, 8))
    console.error(`  ${ms(waitedMs)} ms: ${where}`);
  if (round.failure !== null) console.error(round.failure.replace(/\n\s*(?=\n)/g, ''));
}

function describeMachine(): string {
  const debian = existsSync('/etc/debian_version') ? readFileSync('/etc/debian_version', 'utf8').trim() : '';
  const htop = programs.some(({ name }) => name === 'htop')
    ? `, ${execFileSync('htop', ['--version'], { encoding: 'utf8' }).split('\n')[0]}`
    : '';
  return (
    `${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores (${cpus()[0]?.model.trim()}), ` +
    `${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Debian ${debian}; node ${process.versions.node}${htop}; ` +
    `load before ${loadavg()[0]?.toFixed(1)};`
  );
}

/**
 * Freezes on purpose: `npm run freeze -- memory|io|cpu|all [--short] [--write] [--rounds N] [--kills N] [--only NAME]`.
 * Prints the figures; with --write they go into docs/benchmarks.md.
 */
import { parseArgs } from 'node:util';
import { bringUpLab } from '../support/lab.ts';
import { figuresOf } from './figures.ts';
import { type FreezeName, freezeNames } from './freezes.ts';
import { play } from './play.ts';
import { programsHere } from './programs.ts';
import type { Round } from './round.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    kills: { type: 'string' },
    only: { type: 'string' },
  },
});
const [which = 'all'] = positionals;
const freezes: readonly FreezeName[] = freezeNames.filter((name) => which === 'all' || which === name);
if (freezes.length === 0) {
  console.error(`usage: npm run freeze -- ${freezeNames.join('|')}|all [--short] [--write]`);
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const lab = bringUpLab();
if (lab.missing !== null) process.exit(1);
const played = await play({
  lab,
  freezes,
  programs: programsHere().filter(({ name }) => values.only === undefined || name.includes(values.only)),
  rounds: Number(values.rounds ?? (values.short ? 1 : 2)),
  kills: Number(values.kills ?? (values.short ? 2 : 6)),
  deadlineSec: 420,
  onRound: (round: Round) => {
    const ms = (value: number | null) => (value === null ? '–' : value.toFixed(0));
    const kills = round.kills
      .map(({ echoMs, struckMs, deathMs }) => `${ms(echoMs)}/${ms(struckMs)}/${ms(deathMs)}`)
      .join(' ');
    console.error(
      `${round.freeze} ${round.program}: ${kills}; faults ${round.majorFaults}, swapped ${((round.swappedBytes ?? 0) / 2 ** 20).toFixed(1)} MB, latest frame ${ms(Math.max(...round.frameGapsMs))}, we ${ms(round.harnessLateMs)}; ${Object.entries(round.pressure).map(([name, share]) => `${name} ${share.toFixed(0)}`)}`,
    );
    if (round.failure !== null) console.error(round.failure);
  },
});
console.log(JSON.stringify({ ...played, rounds: undefined, figures: figuresOf(played.rounds) }, null, 1));
process.exit(0);

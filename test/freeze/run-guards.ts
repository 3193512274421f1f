/** `npm run freeze -- guards`: prints the table of docs/guard.md ("Beside earlyoom, measured"). */
import type { Lab } from '../support/lab.ts';
import { type GuardRound, guardTable, reliefOf } from './guard-figures.ts';
import { guardsHere, playGuards, scenes, whatMachine } from './guards.ts';

export interface GuardOptions {
  readonly lab: Lab;
  readonly machine: string;
  readonly earlyoom: string;
  /** Scenes and guards whose name contains it. */
  readonly only: string | undefined;
  readonly deadlineSec: number;
}

export async function runGuards({ lab, machine, earlyoom, only, deadlineSec }: GuardOptions): Promise<void> {
  const rounds: GuardRound[] = [];
  const named = <One extends { readonly name: string }>(all: readonly One[]) => {
    const some = all.filter(({ name }) => name.includes(only ?? ''));
    return some.length === 0 ? all : some;
  };
  const guards = guardsHere(earlyoom);
  const end = await playGuards({
    ...{ lab, scenes: named(scenes), guards: named(guards), deadlineSec },
    onRound(round) {
      rounds.push(round);
      console.error(JSON.stringify({ ...round, looks: undefined, ...reliefOf(round.looks) }));
    },
  });
  const lateMs = Math.max(0, ...rounds.map(({ harnessLateMs }) => harnessLateMs)).toFixed(0);
  console.log(`${machine} ${whatMachine}; we ourselves were never later than ${lateMs} ms\n`);
  console.log(guardTable(rounds));
  if (typeof end === 'string') console.log(`Not measured: ${end}.`);
  else if (end > 0) console.log(`${end} rounds did not fit into the time.`);
  if (!guards.some(({ name }) => name === 'earlyoom')) console.log(`No earlyoom: there is no ${earlyoom}.`);
}

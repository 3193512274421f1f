/** All freezes, the programs taking turns in each. */
import { spawnSync } from 'node:child_process';
import { takeTurn } from '../lab/turn.ts';
import { type Lab, stopAllBuilds } from '../support/lab.ts';
import { type FreezeName, makeFreeze } from './freezes.ts';
import type { Program } from './programs.ts';
import { playRound, type Round } from './round.ts';
import { makeStage } from './stage.ts';

export interface Play {
  readonly lab: Lab;
  readonly freezes: readonly FreezeName[];
  readonly programs: readonly Program[];
  readonly rounds: number;
  readonly kills: number;
  /** All of it is over then, whatever happens to us. */
  readonly deadlineSec: number;
  onRound?(round: Round): void;
}

export interface Played {
  readonly rounds: readonly Round[];
  /** Each freeze's own words, or why it could not be. */
  readonly freezes: readonly {
    readonly name: string;
    readonly what: string;
    readonly unsupported: string | null;
  }[];
  /** The latest that we ourselves were: what is measured can be wrong by as much. */
  readonly harnessLateMs: number;
}

export async function play({
  lab,
  freezes,
  programs,
  rounds,
  kills,
  deadlineSec,
  onRound,
}: Play): Promise<Played> {
  const endTurn = await takeTurn();
  const stage = makeStage(deadlineSec);
  const done: Round[] = [];
  const about: { name: string; what: string; unsupported: string | null }[] = [];
  if (stage.kind === 'unsupported') {
    endTurn();
    const { why } = stage;
    return {
      rounds: [],
      freezes: freezes.map((name) => ({ name, what: '', unsupported: why })),
      harnessLateMs: 0,
    };
  }
  const calm = goFirst();
  try {
    for (const name of freezes) {
      const freeze = makeFreeze(name, stage, deadlineSec);
      if (freeze.kind === 'unsupported') {
        about.push({ name, what: '', unsupported: freeze.why });
        continue;
      }
      about.push({ name, what: freeze.what, unsupported: null });
      for (let turn = 0; turn < rounds * programs.length; turn += 1) {
        // Another one begins each time around.
        const at = (turn + Math.floor(turn / programs.length)) % programs.length;
        const program = programs[at] as Program;
        const round = await playRound({ lab, stage, freeze, program, kills });
        done.push(round);
        onRound?.(round);
      }
      await freeze.end();
    }
  } finally {
    await stopAllBuilds();
    await stage.end();
    calm();
    endTurn();
  }
  return {
    rounds: done,
    freezes: about,
    harnessLateMs: Math.max(0, ...done.map(({ harnessLateMs }) => harnessLateMs)),
  };
}

/** Before all others, and none of our children with us: we are the eyes outside of the freeze. Gives the way back. */
function goFirst(): () => void {
  const change = (...args: readonly string[]) =>
    spawnSync('chrt', [...args, String(process.pid)]).status === 0;
  if (!change('--reset-on-fork', '--fifo', '--pid', '1'))
    console.warn('no real-time priority: times may be too long');
  return () => void change('--other', '--pid', '0');
}

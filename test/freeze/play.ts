/** All freezes, the programs taking turns in each. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
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
  /** For a question, a signal, a death; then the kill has failed. */
  readonly patienceMs?: number;
  /** All of it is over then, whatever happens to us: what does not fit any more is left out. */
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
  /** Turns that the deadline left no time for. */
  readonly leftOut: number;
}

export async function play({
  lab,
  freezes,
  programs,
  rounds,
  kills,
  patienceMs = 15_000,
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
      leftOut: 0,
    };
  }
  const calm = goFirst();
  const endMs = performance.now() + deadlineSec * 1000;
  let leftOut = 0;
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
        if (performance.now() + mostMsOf(kills) > endMs) {
          leftOut += 1;
          continue;
        }
        const round = await playRound({ lab, stage, freeze, program, kills, patienceMs });
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
    leftOut,
  };
}

/** A turn in which nothing fails is over by then. */
const mostMsOf = (kills: number) => 10_000 + 4000 * kills;

/**
 * Before all others, and none of our children with us: we are the eyes outside of the freeze. No real-time
 * priority: our own helper threads would starve behind us. Gives the way back.
 */
export function goFirst(): () => void {
  // What is reset on fork is a nice below 0, too (sched(7)).
  spawnSync('chrt', ['--reset-on-fork', '--other', '--pid', '0', String(process.pid)]);
  const change = (nice: number) => {
    setPriority(nice);
    raiseSession(nice);
  };
  change(-20);
  return () => change(0);
}

const autogroup = '/proc/self/autogroup';

/** A session competes as one (sched(7), autogroup); the one that the machine began with takes no nice. */
function raiseSession(nice: number): void {
  if (!existsSync(autogroup)) return;
  try {
    writeFileSync(autogroup, String(nice));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error;
  }
}

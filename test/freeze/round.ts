import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
/** One turn of one program in one freeze: it starts while all is well, then the freeze comes, then it kills. */

import { pause } from '../lab/wait.ts';
import type { Lab } from '../support/lab.ts';
import { type Freeze, pressureBetween, readStalls, watchLateness } from './freeze.ts';
import { matches, type Program } from './programs.ts';
import { openSeat, type Seat } from './seat.ts';
import type { Stage } from './stage.ts';
import { startVictims, type Victims } from './victims.ts';

export interface Kill {
  /** Key to the question (the menu) on the screen; null when it did not come. */
  readonly echoMs: number | null;
  /** `y` (Enter) to the signal at the build's first process; null when none came. */
  readonly struckMs: number | null;
  /** `y` (Enter) to the last process of the build gone; null when it did not die. */
  readonly deathMs: number | null;
}

export interface Round {
  readonly freeze: string;
  readonly program: string;
  readonly kills: readonly Kill[];
  /** Starts of frames are so far apart, from the first kill on to the end of the last. */
  readonly frameGapsMs: readonly number[];
  readonly frozenMs: number;
  readonly majorFaults: number;
  readonly residentBytes: number | null;
  readonly swappedBytes: number | null;
  /** Ended by somebody else: the OOM killer. */
  readonly killed: boolean;
  readonly oomKills: number;
  readonly pressure: Readonly<Record<string, number>>;
  /** The screen where something failed. */
  readonly failure: string | null;
  readonly harnessLateMs: number;
}

export interface RoundOptions {
  readonly lab: Lab;
  readonly stage: Stage;
  readonly freeze: Freeze;
  readonly program: Program;
  readonly kills: number;
}

const startPatienceMs = 30_000;
const patienceMs = 15_000;
/** Warm before it comes, as something that has run for an hour. */
const settleMs = 2500;

export async function playRound({ lab, stage, freeze, program, kills }: RoundOptions): Promise<Round> {
  const t0 = performance.now();
  const say = (w: string) => process.env.FZ && console.error('   ', w, Math.round(performance.now() - t0));
  const victims = await startVictims(lab, kills, freeze.admit);
  say('victims');
  stage.forget();
  say('forgot');
  const seat = openSeat({
    file: program.file(stage),
    args: program.args,
    home: stage.freshHome(),
    libraries: stage.libraries,
    enter: freeze.enter,
  });
  try {
    await prepare(seat, program, victims);
    say('ready');
    if (process.env.FZPERF) spawn('perf', ['trace', '-F', 'maj', '--no-syscalls', '-o', `/tmp/np/perf-${Date.now()}.txt`, '-p', String(seat.pid)], { stdio: 'ignore' });
    await pause(settleMs);
    const oomKillsBefore = freeze.oomKills() ?? 0;
    await freeze.begin();
    say('bites');
    const before = { ms: performance.now(), stalls: readStalls(), faults: seat.majorFaults() };
    const lateness = watchLateness();
    const stacks = new Map<string, number>();
    const sampler = process.env.FZSTACK ? setInterval(() => {
      try {
        const stat = readFileSync(`/proc/${seat.pid}/stat`, 'latin1');
        const state = stat[stat.lastIndexOf(')') + 2];
        if (state !== 'D') return;
        const stack = readFileSync(`/proc/${seat.pid}/stack`, 'latin1').split('\n').map((l) => l.replace(/^\[<0>\] /, '').replace(/\+.*/, '')).filter((l) => !/^(__schedule|schedule|io_schedule|entry_SYSCALL.*|do_syscall_64|asm_exc_page_fault|exc_page_fault|do_user_addr_fault|handle_mm_fault|__handle_mm_fault)?$/.test(l)).join(' < ');
        stacks.set(stack, (stacks.get(stack) ?? 0) + 1);
      } catch {}
    }, 5) : undefined;
    const done: Kill[] = [];
    let failure: string | null = null;
    for (let nth = 0; nth < kills && !seat.ended(); nth += 1) {
      // At any moment between two ticks.
      await pause(200 + Math.random() * 1000);
      await freeze.hold(nth);
      const kill = await killOne(seat, program, victims);
      done.push(kill);
      if (kill.deathMs === null) failure = seat.screen().join('\n').trimEnd();
      freeze.relent();
    }
    const harnessLateMs = lateness();
    say('done');
    clearInterval(sampler);
    for (const [stack, n] of [...stacks].sort((a, b) => b[1] - a[1]).slice(0, 12)) console.error('  stack', n, stack);
    const endMs = performance.now();
    const after = { stalls: readStalls(), faults: seat.majorFaults() };
    const frames = seat.framesSince(before.ms);
    const gaps = [before.ms, ...frames, endMs].map((ms, i, all) => ms - (all[i - 1] ?? ms)).slice(1);
    const round: Round = {
      freeze: freeze.name,
      program: program.name,
      kills: done,
      frameGapsMs: gaps,
      frozenMs: endMs - before.ms,
      majorFaults: after.faults - before.faults,
      residentBytes: seat.memory('VmRSS'),
      swappedBytes: seat.memory('VmSwap'),
      killed: seat.ended(),
      oomKills: (freeze.oomKills() ?? 0) - oomKillsBefore,
      pressure: pressureBetween(before.stalls, after.stalls),
      failure,
      harnessLateMs,
    };
    return round;
  } finally {
    await freeze.cease();
    say('ceased');
    await seat.leave();
    say('left');
    await victims.stop();
    say('stopped');
  }
}

async function prepare(seat: Seat, program: Program, { tag }: Victims): Promise<void> {
  const shown = async (pattern: RegExp) => {
    if ((await seat.shows(matches(pattern), startPatienceMs)) !== null) return;
    throw new Error(`${program.name} does not show ${pattern}:\n${seat.screen().join('\n').trimEnd()}`);
  };
  await shown(program.ready(tag));
  for (const { keys, shown: pattern } of program.prepare) {
    seat.press(keys(tag));
    await shown(pattern(tag));
  }
}

const failed: Kill = { echoMs: null, struckMs: null, deathMs: null };

async function killOne(seat: Seat, program: Program, victims: Victims): Promise<Kill> {
  const pick = program.pick(seat.screen(), victims.tag);
  if (pick !== null) {
    seat.press(pick);
    if ((await seat.shows(matches(program.picked(victims.tag)), patienceMs)) === null) return failed;
  }
  const askedAtMs = seat.press(program.ask);
  const shownAtMs = await seat.shows(matches(program.asked(victims.tag)), patienceMs);
  if (shownAtMs === null) {
    seat.press(program.refuse);
    return failed;
  }
  const echoMs = shownAtMs - askedAtMs;
  if (program.choose !== null) {
    const { keys, chosen } = program.choose;
    seat.press(keys);
    const chosenAtMs = await seat.shows(() => seat.highlights(chosen), patienceMs);
    if (chosenAtMs === null) {
      seat.press(program.refuse);
      return { ...failed, echoMs };
    }
  }
  const confirmedAtMs = seat.press(program.confirm);
  const death = await victims.nextDeath(patienceMs);
  // Who looks at a list asks about no build that has just left it.
  if (death !== null) await seat.shows((screen) => !matches(program.row(death.build))(screen), patienceMs);
  if (death === null) return { ...failed, echoMs };
  return { echoMs, struckMs: death.struckAtMs - confirmedAtMs, deathMs: death.atMs - confirmedAtMs };
}

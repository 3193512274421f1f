/** One turn of one program in one freeze: it starts while all is well, then the freeze comes, then it kills. */

import { pause } from '../lab/wait.ts';
import type { Lab } from '../support/lab.ts';
import { type Freeze, pressureBetween, readStalls, watchLateness } from './freeze.ts';
import { matches, type Program } from './programs.ts';
import { openSeat, type Seat } from './seat.ts';
import type { Stage } from './stage.ts';
import { startVictims, type Victims } from './victims.ts';
import { type Wait, watchWaits } from './waits.ts';

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
  /** Of the main thread, longest first. */
  readonly waits: readonly Wait[];
  readonly harnessLateMs: number;
}

export interface RoundOptions {
  readonly lab: Lab;
  readonly stage: Stage;
  readonly freeze: Freeze;
  readonly program: Program;
  readonly kills: number;
  readonly patienceMs: number;
}

const startPatienceMs = 30_000;
/** Warm before it comes, as something that has run for an hour. */
const settleMs = 3500;

export async function playRound({
  lab,
  stage,
  freeze,
  program,
  kills,
  patienceMs,
}: RoundOptions): Promise<Round> {
  const victims = await startVictims(lab, kills, freeze.admit);
  stage.forget();
  const seat = openSeat({
    file: program.file(stage),
    args: program.args,
    home: stage.freshHome(),
    libraries: stage.libraries,
    enter: (program.unit ? freeze.enterUnit : null) ?? freeze.enter,
  });
  try {
    await prepare(seat, program, victims);
    await pause(settleMs);
    const oomKillsBefore = freeze.oomKills() ?? 0;
    await freeze.begin();
    const before = { ms: performance.now(), stalls: readStalls(), faults: seat.majorFaults() };
    const lateness = watchLateness();
    const waited = watchWaits(seat.pid);
    const done: Kill[] = [];
    let failure: string | null = null;
    for (let nth = 0; nth < kills && !seat.ended(); nth += 1) {
      // At any moment between two ticks.
      await pause(200 + Math.random() * 1000);
      await freeze.hold(nth);
      const kill = await killOne(seat, program, victims, patienceMs);
      done.push(kill);
      freeze.relent();
      if (kill.deathMs !== null) continue;
      // It can still come, and would be taken for the next one's.
      failure = seat.screen().join('\n').trimEnd();
      break;
    }
    const harnessLateMs = lateness();
    const waits = waited();
    const endMs = performance.now();
    const after = { stalls: readStalls(), faults: seat.majorFaults() };
    const gaps = [before.ms, ...seat.framesSince(before.ms), endMs]
      .map((ms, i, all) => ms - (all[i - 1] ?? ms))
      .slice(1);
    await freeze.overflow?.();
    return {
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
      waits,
      harnessLateMs,
    };
  } finally {
    await freeze.cease();
    await seat.leave();
    await victims.stop();
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

async function killOne(seat: Seat, program: Program, victims: Victims, patienceMs: number): Promise<Kill> {
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

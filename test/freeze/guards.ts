/** Guards side by side: the same builds on the same small machine, under nobody, earlyoom and nixpulse's guard. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildsWithNonce, readProcess, type TrueBuild } from '../lab/truth.ts';
import { takeTurn } from '../lab/turn.ts';
import { pause, until } from '../lab/wait.ts';
import { type Lab, type StartedBuild, startBuild, stopAllBuilds } from '../support/lab.ts';
import { watchLateness } from './freeze.ts';
import { oomKillsOf } from './freezes.ts';
import type { Act, GuardRound, Look, Outcome } from './guard-figures.ts';
import { goFirst } from './play.ts';
import { type SmallMachine, startSmallMachine } from './small-machine.ts';
import { makeStage, type Stage } from './stage.ts';

const memoryMB = 1000;
const swapMB = 300;
/** Of the disk that swap and the programs lie on: a hard disk that does its best. */
const diskBytesPerSec = 60 << 20;

export const whatMachine = `${memoryMB} MB of memory, ${swapMB} MB of swap on a disk of ${diskBytesPerSec >> 20} MB/s`;

export interface Scene {
  readonly name: string;
  readonly builds: readonly {
    readonly name: string;
    readonly leaks: boolean;
    readonly args: Readonly<Record<string, string>>;
  }[];
  /** At most. */
  readonly sec: number;
}

const honest = (name: string, size: number, rate: number, passes: number) => ({
  name,
  leaks: false,
  args: { name, size: String(size), rate: String(rate), passes: String(passes) },
});

export const scenes: readonly Scene[] = [
  {
    name: 'an honest build of 700 MB alone',
    builds: [honest('alone', 700, 60, 10)],
    sec: 45,
  },
  {
    name: 'a build that leaks 40 MB/s beside an honest one of 250 MB',
    builds: [
      honest('honest', 250, 60, 150),
      { name: 'leak', leaks: true, args: { name: 'leak', size: '1000000', rate: '40', hot: '150' } },
    ],
    sec: 120,
  },
  {
    name: 'two honest builds of 700 MB each',
    builds: [honest('older', 700, 60, 10), honest('younger', 700, 60, 10)],
    sec: 120,
  },
];

interface Guard {
  readonly name: string;
  /** Null: nobody. */
  start(at: {
    readonly stage: Stage;
    readonly home: string;
  }): { readonly args: readonly string[]; readonly ready: RegExp } | null;
  /** Of what it wrote. */
  acts(output: readonly Act[]): readonly Act[];
}

export function guardsHere(earlyoom: string): readonly Guard[] {
  const nobody: Guard = { name: 'nobody but the kernel', start: () => null, acts: () => [] };
  const killer: Guard = {
    name: 'earlyoom',
    // As Debian's unit starts it.
    start: () => ({ args: [earlyoom, '-r', '3600'], ready: /sending SIGTERM when/ }),
    acts: (output) => output.filter(({ text }) => /^sending SIG\w+ to process/.test(text)).map(shortenedKill),
  };
  const own: Guard = {
    name: 'nixpulse guard',
    start({ stage, home }) {
      const config = join(home, 'config.toml');
      writeFileSync(config, '[guard]\ndry-run = false\n');
      return { args: [stage.nixpulse, 'guard', '--config', config], ready: /guards this machine/ };
    },
    acts: (output) => output.filter(({ sec }) => sec > 0).map(shortenedWord),
  };
  return [own, ...(existsSync(earlyoom) ? [killer] : []), nobody];
}

/** `sending SIGTERM to process 61 uid 999 "bash": badness 682, VmRSS 467 MiB`. */
function shortenedKill({ sec, text }: Act): Act {
  return { sec, text: text.replace(/^sending (\w+) to process \d+ /, '$1 to ').replace(/badness \d+, /, '') };
}

/** `nixpulse: paused leak-1.0: memory is gone within 9 seconds …`: what it did, without why. */
function shortenedWord({ sec, text }: Act): Act {
  return { sec, text: text.replace(/^nixpulse: ([^:]*).*/, '$1') };
}

export interface GuardPlay {
  readonly lab: Lab;
  readonly scenes: readonly Scene[];
  readonly guards: readonly Guard[];
  readonly deadlineSec: number;
  onRound(round: GuardRound): void;
}

/** Gives how many rounds did not fit, or why none can be. */
export async function playGuards(play: GuardPlay): Promise<number | string> {
  const endTurn = await takeTurn();
  const swaps = readFileSync('/proc/swaps', 'utf8').trim().split('\n').length - 1;
  const stage = makeStage(play.deadlineSec, swapMB);
  if (stage.kind === 'unsupported' || swaps > 0) {
    if (stage.kind === 'stage') await stage.end();
    endTurn();
    return stage.kind === 'unsupported' ? stage.why : 'swap of the machine itself would be used, too';
  }
  const calm = goFirst();
  const endMs = performance.now() + play.deadlineSec * 1000;
  let leftOut = 0;
  try {
    stage.shortage.limit(memoryMB);
    const slow = stage.disk.slow(diskBytesPerSec);
    if (slow !== null) return slow.why;
    for (const scene of play.scenes) {
      for (const guard of play.guards) {
        if (performance.now() + (scene.sec + 15) * 1000 > endMs) leftOut += 1;
        else play.onRound(await playGuard({ ...play, stage, scene, guard }));
      }
    }
    return leftOut;
  } finally {
    await stopAllBuilds();
    await stage.end();
    calm();
    endTurn();
  }
}

const everyMs = 100;
const leftPercent = 5;
const calmMs = 3500;
/** Until it is warm. */
const settleMs = 2000;

async function playGuard({
  lab,
  stage,
  scene,
  guard,
}: {
  readonly lab: Lab;
  readonly stage: Stage;
  readonly scene: Scene;
  readonly guard: Guard;
}): Promise<GuardRound> {
  // What the round before has left is not counted again.
  await until('an end of pressure', () => readFull().full10Percent < leftPercent, { deadlineMs: 60_000 });
  const home = stage.freshHome();
  stage.forget();
  const machine = await startSmallMachine(stage.shortage, lab);
  const started: StartedBuild[] = [];
  const output = watchOutput();
  try {
    const how = guard.start({ stage, home });
    if (how !== null) {
      output.follow(startInside(machine, how.args, stage, home));
      await until(guard.name, () => how.ready.test(output.text()), { detail: output.text });
      await pause(settleMs);
    }
    const late = watchLateness();
    const startedMs = performance.now();
    const now = () => (performance.now() - startedMs) / 1000;
    const followed: Followed[] = [];
    for (const { name, leaks, args } of scene.builds) {
      const client = startBuild(lab, 'heavy', args, { within: machine.within, sandbox: false });
      started.push(client);
      const build = await until(`the build ${name}`, () => buildsWithNonce(client.nonce)[0], {
        detail: client.output,
      });
      followed.push(follow({ name, leaks, client, build }, now));
    }
    const oomKills = watchOomKills(stage, now);
    const looks: Look[] = [];
    let least = 100;
    let overMs: number | null = null;
    for (;;) {
      looks.push({ sec: now(), ...readFull() });
      least = Math.min(least, machine.availablePercent());
      oomKills.look();
      const over = now() > scene.sec || followed.every(isOver);
      overMs = over ? (overMs ?? performance.now()) : null;
      if (overMs !== null && performance.now() - overMs > calmMs) break;
      await pause(everyMs);
    }
    const harnessLateMs = late();
    const outcomes = followed.map((one) => outcomeOf(one, now()));
    const said = output.lines((ms) => (ms - startedMs) / 1000);
    const acts = [...guard.acts(said), ...oomKills.acts].toSorted((a, b) => a.sec - b.sec);
    if (output.text() !== '') console.error(output.text());
    return {
      ...{ scene: scene.name, guard: guard.name },
      ...{ looks, outcomes, acts, leastPercent: least, harnessLateMs },
    };
  } finally {
    await machine.end();
    for (const one of started) await one.stop();
  }
}

interface Followed {
  readonly name: string;
  readonly leaks: boolean;
  readonly client: StartedBuild;
  readonly build: TrueBuild;
  /** Null until it has ended. */
  ended(): { readonly code: number | null; readonly sec: number } | null;
}

function follow(one: Omit<Followed, 'ended'>, now: () => number): Followed {
  let ended: { code: number | null; sec: number } | null = null;
  void one.client.closed.then((code) => {
    ended = { code, sec: now() };
  });
  return { ...one, ended: () => ended };
}

const isPaused = ({ build }: Followed) => readProcess(build.pid)?.state === 'T';

/** A leak that stands still is no trouble any more, though it does not end. */
const isOver = (one: Followed) => one.ended() !== null || (one.leaks && isPaused(one));

function outcomeOf(one: Followed, sec: number): Outcome {
  const { name, leaks } = one;
  const ended = one.ended();
  if (ended !== null) return { name, leaks, end: ended.code === 0 ? 'built' : 'lost', sec: ended.sec };
  return { name, leaks, end: isPaused(one) ? 'paused' : 'runs', sec };
}

function readFull(): Omit<Look, 'sec'> {
  const text = readFileSync('/proc/pressure/memory', 'utf8');
  const [, average = '', total = ''] = /^full avg10=([\d.]+) .*total=(\d+)/m.exec(text) ?? [];
  return { full10Percent: Number(average), fullSec: Number(total) / 1e6 };
}

function watchOomKills({ shortage }: Stage, now: () => number) {
  const acts: Act[] = [];
  let before = oomKillsOf(shortage) ?? 0;
  return {
    acts,
    look() {
      const kills = oomKillsOf(shortage) ?? 0;
      if (kills > before) acts.push({ sec: now(), text: `the kernel ended ${kills - before} process(es)` });
      before = kills;
    },
  };
}

function startInside(machine: SmallMachine, args: readonly string[], stage: Stage, home: string) {
  const [file = '', ...words] = [...machine.within, ...args];
  return spawn(file, words, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8', NIX_REMOTE: 'daemon' },
      XDG_STATE_HOME: join(home, '.local/state'),
      LD_LIBRARY_PATH: stage.libraries,
    },
  });
}

/** What a program writes, with the time of every line. */
function watchOutput() {
  const lines: { readonly atMs: number; readonly text: string }[] = [];
  return {
    follow(child: ChildProcess) {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (bytes: string) => {
          const atMs = performance.now();
          for (const text of bytes.split('\n')) if (text !== '') lines.push({ atMs, text });
        });
      }
    },
    text: () => lines.map(({ text }) => text).join('\n'),
    lines: (secOf: (ms: number) => number): Act[] =>
      lines.map(({ atMs, text }) => ({ sec: secOf(atMs), text })),
  };
}

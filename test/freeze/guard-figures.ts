/** What the rounds of guards come to, and their table. Times are seconds since the first build was started. */

/** A look at the machine. */
export interface Look {
  readonly sec: number;
  /** Of PSI full of memory: of the last ten seconds, and all of it so far. */
  readonly full10Percent: number;
  readonly fullSec: number;
}

export interface Outcome {
  readonly name: string;
  readonly leaks: boolean;
  /** `runs` and `paused`: so it was when the round was over. */
  readonly end: 'built' | 'lost' | 'runs' | 'paused';
  readonly sec: number;
}

/** What somebody did, in his own words. */
export interface Act {
  readonly sec: number;
  readonly text: string;
}

export interface GuardRound {
  readonly scene: string;
  readonly guard: string;
  readonly looks: readonly Look[];
  readonly outcomes: readonly Outcome[];
  readonly acts: readonly Act[];
  /** The least that was available. */
  readonly leastPercent: number;
  readonly harnessLateMs: number;
}

export interface Relief {
  /** When pressure began; null: it never did. */
  readonly beganSec: number | null;
  /** From then on; null: it never came. */
  readonly reliefSec: number | null;
  /** In which nothing ran for want of memory, all in all. */
  readonly stoodSec: number;
}

const pressedPercent = 10;
/** Relief lasts so long at the least. */
const calmSec = 3;

/** Pressure begins when full avg10 is beyond 10 %; it is over when less than a tenth of the next three seconds is lost. */
export function reliefOf(looks: readonly Look[]): Relief {
  const stoodSec = (looks.at(-1)?.fullSec ?? 0) - (looks[0]?.fullSec ?? 0);
  const began = looks.findIndex(({ full10Percent }) => full10Percent > pressedPercent);
  const first = looks[began];
  if (first === undefined) return { beganSec: null, reliefSec: null, stoodSec };
  const calm = looks.slice(began).find((look) => {
    const later = looks.find(({ sec }) => sec >= look.sec + calmSec);
    if (later === undefined) return false;
    return later.fullSec - look.fullSec < ((later.sec - look.sec) * pressedPercent) / 100;
  });
  return { beganSec: first.sec, reliefSec: calm === undefined ? null : calm.sec - first.sec, stoodSec };
}

const header =
  '| guard | relief after | stood still | least available | honest builds | the leak | what was done |\n' +
  '| --- | ---: | ---: | ---: | --- | --- | --- |';

export function guardTable(rounds: readonly GuardRound[]): string {
  const scenes = Map.groupBy(rounds, ({ scene }) => scene);
  return [...scenes]
    .map(([scene, own]) => [`**${scene}**`, '', header, ...own.map(row), ''].join('\n'))
    .join('\n');
}

function row({ guard, looks, outcomes, acts, leastPercent }: GuardRound): string {
  const { beganSec, reliefSec, stoodSec } = reliefOf(looks);
  const lasted = looks.at(-1)?.sec ?? 0;
  const relief =
    beganSec === null
      ? 'no pressure'
      : reliefSec === null
        ? `none in ${seconds(lasted - beganSec)}`
        : seconds(reliefSec);
  const done = acts.map(({ sec, text }) => `${seconds(sec)}: ${text}`).join('; ');
  const of = (leaks: boolean) =>
    outcomes
      .filter((one) => one.leaks === leaks)
      .map(outcomeText)
      .join(', ');
  const cells = [
    ...[guard, relief, seconds(stoodSec), `${leastPercent.toFixed(0)} %`],
    ...[of(false) || '–', of(true) || '–', done || 'nothing'],
  ];
  return `| ${cells.join(' | ')} |`;
}

function outcomeText({ name, end, sec }: Outcome): string {
  const words = { built: 'built at', lost: 'lost at', runs: 'still runs at', paused: 'stands paused at' };
  return `${name} ${words[end]} ${seconds(sec)}`;
}

const seconds = (sec: number) => `${sec.toFixed(sec < 10 ? 1 : 0)} s`;

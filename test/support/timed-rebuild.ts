/**
 * What a rebuild of nixpkgs writes second by second, made up: a plan, downloads beside builds, compilers' lines at the
 * pace of each build, phases, ends, now and then a failure. The same for the same seed.
 */
import { createRandom, type Random } from '../record/random.ts';

export interface TimedRebuild {
  readonly builds: number;
  readonly fetches: number;
  /** Builds at once. */
  readonly jobs: number;
  /** Of a build: its own pace is up to twice that. */
  readonly linesPerSec: number;
  /** Of a build, at most. */
  readonly longestSec: number;
  /** Of a hundred builds so many fail. */
  readonly failPercent?: number;
}

/** A few hours of a machine of sixteen cores. */
export const largeRebuild: TimedRebuild = {
  builds: 5_000,
  fetches: 600,
  jobs: 10,
  linesPerSec: 8,
  longestSec: 60,
};

const firstId = 11_780_004_371_230_000n;
const downloads = 12;
const phases = [
  'unpackPhase',
  'patchPhase',
  'configurePhase',
  'buildPhase',
  'checkPhase',
  'installPhase',
  'fixupPhase',
];
const words =
  'core gfx net widget editor cache parser lexer tree node buffer stream socket config image layout render font table index query graph event queue thread signal memory page block'.split(
    ' ',
  );
const letters = '0123456789abcdfghijklmnpqrsvwxyz';

interface Running {
  readonly id: bigint;
  readonly drv: string;
  readonly pace: number;
  readonly style: number;
  readonly lengthSec: number;
  readonly fails: boolean;
  age: number;
  phase: number;
  line: number;
}

interface Fetching {
  readonly ids: readonly [bigint, bigint, bigint];
  readonly size: number;
  done: number;
}

/** The bytes of each second, until all is built; then it is silent for ever. */
export function* timedRebuild(seed: number, rebuild: TimedRebuild): Generator<Uint8Array, never> {
  const random = createRandom(seed);
  let id = firstId;
  let text = '';
  const write = (document: object) => {
    text += `@nix ${JSON.stringify(document).replace(/"id":"(\d+)"/, '"id":$1')}\n`;
  };
  const say = (msg: string, level = 3) => write({ action: 'msg', level, msg });
  const start = (type: number, words: string, fields: readonly unknown[] = []) => {
    const own = id++;
    write({ action: 'start', fields, id: String(own), level: 3, parent: 0, text: words, type });
    return own;
  };
  const result = (of: bigint, type: number, ...fields: readonly unknown[]) =>
    write({ action: 'result', fields, id: String(of), type });
  const stop = (of: bigint) => write({ action: 'stop', id: String(of) });

  const planned = Array.from({ length: rebuild.builds }, () => pathOf(random, '.drv'));
  const wanted = Array.from({ length: rebuild.fetches }, () => pathOf(random, ''));
  const cache = 'https://cache.nixos.org';
  say(`these ${planned.length} derivations will be built:`);
  for (const drv of planned) say(`  ${drv}`);
  say(`these ${wanted.length} paths will be fetched (603.68 MiB download, 1207.35 MiB unpacked):`);
  for (const path of wanted) say(`  ${path}`);
  const [realise, builds, copies] = [start(102, ''), start(104, ''), start(103, '')];
  result(realise, 106, 101, wanted.length * 1_500_000);

  let running: Running[] = [];
  let fetching: Fetching[] = [];
  let [done, failed, copied] = [0, 0, 0];
  for (;;) {
    while (fetching.length < downloads && wanted.length > 0) {
      const path = wanted.shift() ?? '';
      const url = `${cache}/nar/${hashOf(random)}${hashOf(random).slice(0, 20)}.nar.xz`;
      fetching.push({
        ids: [
          start(108, '', [path, cache]),
          start(100, `copying path '${path}' from '${cache}'`, [path, cache, 'local']),
          start(101, `downloading '${url}'`, [url]),
        ],
        size: 10_000 + random.below(3_000_000),
        done: 0,
      });
    }
    for (const one of fetching) {
      const before = one.done;
      one.done = Math.min(one.size, before + 100_000 + random.below(500_000));
      for (let step = 1; step <= 20; step++) {
        const bytes = before + Math.floor(((one.done - before) * step) / 20);
        result(one.ids[2], 105, bytes, one.size, 0, 0);
        result(one.ids[1], 105, bytes * 3, one.size * 3, 0, 0);
      }
      if (one.done < one.size) continue;
      copied += 1;
      result(copies, 105, copied, rebuild.fetches, fetching.length, 0);
      for (const own of one.ids.toReversed()) stop(own);
    }
    fetching = fetching.filter((one) => one.done < one.size);

    while (running.length < rebuild.jobs && planned.length > 0) {
      const drv = planned.shift() ?? '';
      running.push({
        id: start(105, `building '${drv}'`, [drv, '', 1, 1]),
        drv,
        pace: random.next() * 2 * rebuild.linesPerSec,
        style: random.below(4),
        lengthSec: 1 + Math.floor(rebuild.longestSec * random.next() ** 3),
        fails: random.chance((rebuild.failPercent ?? 0) / 100),
        age: 0,
        phase: -1,
        line: 0,
      });
    }
    for (const one of running) {
      const phase = Math.floor((phases.length * one.age) / one.lengthSec);
      for (; one.phase < phase && one.phase < phases.length - 1; one.phase += 1) {
        const name = phases[one.phase + 1] ?? '';
        result(one.id, 104, name);
        result(one.id, 101, `Running phase: ${name}`);
      }
      for (let i = one.pace * (0.5 + random.next()); i > random.next(); i -= 1)
        result(one.id, 101, lineOf(random, one.style, one.line++));
      one.age += 1;
      if (one.age < one.lengthSec) continue;
      if (one.fails) {
        failed += 1;
        result(one.id, 101, `make: *** [Makefile:${one.line}: all] Error 2`);
      } else done += 1;
      result(builds, 105, done, rebuild.builds, running.length, failed);
      stop(one.id);
      if (one.fails)
        say(
          `error: builder for '${one.drv}' failed with exit code 2;\n       last 1 log lines:\n       > x`,
          0,
        );
    }
    running = running.filter((one) => one.age < one.lengthSec);
    yield Buffer.from(text);
    text = '';
  }
}

function hashOf(random: Random): string {
  return Array.from({ length: 32 }, () => letters[random.below(32)]).join('');
}

function pathOf(random: Random, end: string): string {
  const version = `${random.below(9)}.${random.below(30)}.${random.below(9)}`;
  return `/nix/store/${hashOf(random)}-${random.pick(words)}-${random.pick(words)}-${version}${end}`;
}

function fileOf(random: Random): string {
  return `src/${random.pick(words)}/${random.pick(words)}_${random.pick(words)}`;
}

function lineOf(random: Random, style: number, line: number): string {
  const file = fileOf(random);
  switch (style) {
    case 0:
      return `[${String(line % 100).padStart(3)}%] Building CXX object ${file.replace('/', '/CMakeFiles/')}.cc.o`;
    case 1:
      return `  CC       ${file}.o`;
    case 2:
      return `g++ -std=gnu++17 -DHAVE_CONFIG_H -I. -I../include -I/nix/store/${'k'.repeat(32)}-zlib-1.3-dev/include -O2 -g -fPIC -Wall -MT ${file}.lo -MD -MP -MF .deps/${file}.Tpo -c ${file}.cc -o ${file}.o`;
    default:
      return random.chance(0.1)
        ? `${file}.c:${random.below(4000)}:${random.below(80)}: warning: unused variable '${random.pick(words)}' [-Wunused-variable]`
        : `ok ${line} - ${random.pick(words)} ${random.pick(words)} ${random.pick(words)} (${random.below(900)} ms)`;
  }
}

/**
 * The whole dashboard on builders that grow: 25 to 200 builds of 20 processes each on a made-up /proc, with 500 clients,
 * 64 disks and 5,000 events, on a terminal of 300x100. `npm run build && scripts/node test/bench/scale.ts` prints (five
 * minutes), `write` also writes it into docs/benchmarks.md, `25 50` only these sizes; exits 1 where an aim is
 * missed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createScaleTree } from '../support/scale-tree.ts';
import { bundleWorker, startWorker } from './bundle-worker.ts';
import { median as medianOf } from './report.ts';
import { type Replayed, replayScale } from './scale-replay.ts';
import type { ScaleAnswer, ScaleOrder } from './scale-worker.tsx';

const args = process.argv.slice(2);
const chosen = args.map(Number).filter((size) => size > 0);
const sizes = chosen.length > 0 ? chosen : [25, 50, 100, 200];
const processesPerBuild = 20;
const clients = 500;
const disks = 64;
const mostEvents = 5000;
const shortBuilds = 500;
const warmTicks = 10;
const measuredTicks = 20;
const keyRounds = 5;
const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

const leave = { keys: '\x1b', waitMs: 80 };
/** Measured each by itself; `after` is pressed and not measured. */
const keys: readonly {
  readonly name: string;
  readonly keys: string;
  readonly after?: readonly ScaleOrder[];
}[] = [
  { name: 'down', keys: '\x1b[B' },
  { name: 'up', keys: '\x1b[A' },
  { name: 'page down', keys: '\x1b[6~' },
  { name: 'end', keys: '\x1b[F' },
  { name: 'home', keys: '\x1b[H' },
  { name: 'right', keys: '\x1b[C', after: [{ keys: '\x1b[D' }] },
  { name: 'left', keys: '\x1b[D' },
  { name: 'space', keys: ' ', after: [{ keys: 'U' }] },
  { name: '/', keys: '/' },
  { name: 'a letter', keys: 'p', after: [leave, leave] },
  { name: '\\', keys: '\\' },
  { name: 'a letter to filter', keys: 'g', after: [leave, leave] },
  { name: 'F6', keys: '\x1b[17~', after: [leave] },
  { name: 'k', keys: 'k' },
  { name: 'k n', keys: 'n' },
  { name: 'K', keys: 'K' },
  { name: 'K n', keys: 'n' },
  { name: 'Enter', keys: '\r', after: [leave] },
  { name: '?', keys: '?', after: [leave] },
  { name: '2', keys: '2' },
  { name: '3', keys: '3' },
  { name: '4', keys: '4' },
  { name: '5', keys: '5' },
  { name: '6', keys: '6' },
  { name: '7', keys: '7' },
  { name: '1', keys: '1' },
];

interface Measured {
  readonly builds: number;
  readonly tickMs: readonly number[];
  readonly bytes: readonly number[];
  readonly keyMs: ReadonlyMap<string, readonly number[]>;
  readonly last: ScaleAnswer;
  readonly replayed: Replayed | null;
}

async function measure(builds: number, file: string, flags: readonly string[]): Promise<Measured> {
  const tree = createScaleTree({ builds, processesPerBuild, clients, disks });
  try {
    const state = `${tree.root}/state`;
    const worker = startWorker(file, [tree.root, state], flags);
    worker.stderr.pipe(process.stderr);
    const answers = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
    const ask = async (order: ScaleOrder): Promise<ScaleAnswer> => {
      worker.stdin.write(`${JSON.stringify(order)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the worker ended');
      return JSON.parse(value);
    };
    const second = async (): Promise<ScaleAnswer> => {
      tree.next();
      return ask({ gone: tree.takeGone() });
    };
    let last = await second();
    for (let tick = 0; tick < warmTicks; tick += 1) last = await second();
    while (last.events < mostEvents) {
      tree.beginShort(shortBuilds);
      // One whose name is not read yet is told of after three seconds.
      for (let tick = 0; tick < 5; tick += 1) await second();
      tree.endShort();
      const before = last.events;
      last = await second();
      if (last.events === before) throw new Error('nothing happens');
    }
    for (let tick = 0; tick < 3; tick += 1) await second();

    const ticks: ScaleAnswer[] = [];
    for (let tick = 0; tick < measuredTicks; tick += 1) ticks.push(await second());
    const keyMs = new Map<string, number[]>(keys.map(({ name }) => [name, []]));
    for (let round = 0; round < keyRounds; round += 1) {
      await second();
      for (const { name, keys: pressed, after = [] } of keys) {
        const { cpuMs } = await ask({ keys: pressed });
        keyMs.get(name)?.push(cpuMs);
        for (const order of after) await ask(order);
      }
    }
    last = await second();
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.stdin.end();
    await ended;
    const replayed = replayScale(`${state}/recordings`);
    return {
      builds,
      tickMs: ticks.map(({ cpuMs }) => cpuMs),
      bytes: ticks.map(({ bytes }) => bytes),
      keyMs,
      last,
      replayed,
    };
  } finally {
    tree.dispose();
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const median = (values: readonly number[]) => medianOf(values) ?? 0;
const ms = (value: number) => value.toFixed(1);
const whole = (value: number) => Math.round(value).toLocaleString('en-US');

function report(all: readonly Measured[], missed: string[]): string {
  const refresh = table(
    [
      'builds',
      'processes',
      'CPU ms per refresh',
      'max',
      'per build',
      'bytes per refresh',
      'events',
      'recorded KB a minute',
      'open ms',
      'CPU ms per second played',
    ],
    all.map(({ builds, tickMs, bytes, last, replayed }) => [
      `${builds}`,
      whole(builds * processesPerBuild),
      ms(median(tickMs)),
      ms(Math.max(...tickMs)),
      (median(tickMs) / builds).toFixed(2),
      whole(median(bytes)),
      whole(last.events),
      ...(replayed === null
        ? ['', '', '']
        : [
            whole((replayed.bytes / 1000 / replayed.seconds) * 60),
            ms(replayed.openMs),
            ms(replayed.playedMs),
          ]),
    ]),
  );
  const pressed = table(
    ['key', ...all.map(({ builds }) => `${builds} builds, median (max) ms`)],
    keys.map(({ name }) => [
      name,
      ...all.map(({ keyMs }) => {
        const times = keyMs.get(name) ?? [];
        return `${ms(median(times))} (${ms(Math.max(...times))})`;
      }),
    ]),
  );
  const judge = (aim: string, reached: boolean, value: string) => {
    const line = `- ${reached ? 'reached' : '**missed**'}: ${aim}: ${value}`;
    if (!reached) missed.push(line);
    return line;
  };
  const aims: string[] = [];
  const [first, largest] = [all[0], all.at(-1)];
  const middle = all.at(-2);
  if (first !== undefined && middle !== undefined && largest !== undefined && first !== middle) {
    const slope = (a: Measured, b: Measured) => (median(b.tickMs) - median(a.tickMs)) / (b.builds - a.builds);
    const growth = slope(middle, largest) / slope(first, middle);
    const ranges = `${middle.builds} to ${largest.builds} against ${first.builds} to ${middle.builds}`;
    aims.push(
      judge(
        `a further build costs as much as those before (${ranges}), within 30 %`,
        growth <= 1.3,
        `${growth.toFixed(2)} x`,
      ),
    );
  }
  for (const { builds, keyMs } of all) {
    const slow = keys.filter(({ name }) => median(keyMs.get(name) ?? []) > 50).map(({ name }) => name);
    aims.push(
      judge(
        `every key answers within 50 ms of CPU time (${builds} builds)`,
        slow.length === 0,
        slow.join(', ') || 'all',
      ),
    );
  }
  for (const { builds, last, replayed } of all) {
    const good = last.dropped === 0 && replayed?.damage === 0 && replayed.builds === builds;
    const seen =
      replayed === null
        ? 'it does not get to its end'
        : `${replayed.builds} builds, ${replayed.seconds} s played, ${last.dropped} samples dropped`;
    aims.push(judge(`a recording of it opens and plays (${builds} builds)`, good, seen));
    if (last.builds !== builds || last.clients !== clients)
      aims.push(judge('all are seen', false, `${last.builds} builds, ${last.clients} clients`));
  }
  const about = `${new Date().toISOString().slice(0, 10)}; ${cpus().length} cores, Linux ${release()}, node ${process.versions.node}; medians of ${measuredTicks} refreshes and ${keyRounds} presses of each key; load before ${loadBefore.toFixed(1)}.`;
  return [about, refresh, pressed, aims.join('\n')].join('\n\n');
}

const directory = mkdtempSync(join(tmpdir(), 'nixpulse-scale-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const file = await bundleWorker('test/bench/scale-worker.tsx', directory);
const [loadBefore = 0] = loadavg();
const profile = args.indexOf('profile');
const flags = profile < 0 ? [] : ['--cpu-prof', `--cpu-prof-dir=${args[profile + 1]}`];
const all: Measured[] = [];
for (const builds of sizes) {
  console.error(`${builds} builds …`);
  all.push(await measure(builds, file, flags));
}
const missed: string[] = [];
const text = report(all, missed);
console.log(text);
if (args.includes('write')) {
  const [head, , tail] = readFileSync(page, 'utf8').split(/<!-- scale(?: end)? -->\n/);
  writeFileSync(page, `${head}<!-- scale -->\n\n${text}\n\n<!-- scale end -->\n${tail}`);
  console.error(`written to ${page}`);
}
process.exit(missed.length === 0 ? 0 : 1);

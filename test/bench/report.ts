/** Results as Markdown: absolute medians, ratios to htop, and each aim with how far we are from it. */
import type { FirstFrame } from './first-frame.ts';
import type { Steady } from './steady.ts';
import type { Tool } from './tools.ts';

export interface Cell {
  readonly tool: Tool;
  readonly processes: number;
  readonly builds: boolean;
  readonly steady: Steady[];
  readonly frames: FirstFrame[];
}

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly loadBefore: number;
  readonly date: string;
  readonly rounds: number;
  readonly windowSec: number;
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}

const metrics = {
  cpu: (cell: Cell) => median(cell.steady.map((one) => one.cpuMs)),
  bytes: (cell: Cell) => median(cell.steady.map((one) => one.bytes)),
  anonymous: (cell: Cell) => median(cell.steady.map((one) => one.anonymousBytes / 2 ** 20)),
  resident: (cell: Cell) => median(cell.steady.map((one) => one.residentBytes / 2 ** 20)),
  firstByte: (cell: Cell) => median(cell.frames.map((one) => one.firstByteMs)),
  whole: (cell: Cell) => median(cell.frames.map((one) => one.wholeMs)),
};
type Metric = keyof typeof metrics;

export function report(cells: readonly Cell[], machine: Machine): string {
  const value = (tool: string, processes: number, builds: boolean, metric: Metric): number | null => {
    const cell = cells.find((c) => c.tool.name === tool && c.processes === processes && c.builds === builds);
    return cell === undefined ? null : metrics[metric](cell);
  };
  const header =
    '| processes | builds | program | CPU ms per refresh | ÷ htop | bytes per refresh | ÷ htop | anonymous MB | resident MB | first byte ms | first frame ms | ÷ htop |\n' +
    '| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';
  const rows = cells.map((cell) => {
    const own = (metric: Metric, digits = 0) => number(metrics[metric](cell), digits);
    const ratio = (metric: Metric) =>
      number(quotient(metrics[metric](cell), value('htop', cell.processes, cell.builds, metric)), 2);
    return `| ${cell.processes} | ${cell.builds ? 5 : 0} | ${cell.tool.name} | ${own('cpu', 1)} | ${ratio('cpu')} | ${own('bytes')} | ${ratio('bytes')} | ${own('anonymous', 1)} | ${own('resident', 1)} | ${own('firstByte')} | ${own('whole')} | ${ratio('whole')} |`;
  });
  return [describe(machine), '', header, ...rows, '', '### The aims', '', ...aims(cells, value), ''].join(
    '\n',
  );
}

function describe(machine: Machine): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const load =
    machine.loadBefore > 0.5
      ? ` The machine was not idle before the run (load ${machine.loadBefore.toFixed(1)}): times are too long, ratios hold.`
      : '';
  return (
    `${machine.date}; ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Linux ${machine.kernel}, ` +
    `${machine.system}; ${versions.join(', ')}. ` +
    `Medians of ${machine.rounds} rounds with a window of ${machine.windowSec} s, the programs taking turns.${load}`
  );
}

type Value = (tool: string, processes: number, builds: boolean, metric: Metric) => number | null;

function aims(cells: readonly Cell[], value: Value): string[] {
  const lines: string[] = [];
  const kinds = [...new Map(cells.map((c) => [`${c.processes}/${c.builds}`, c])).values()];
  for (const { processes, builds } of kinds) {
    const where = `${processes} processes, ${builds ? '5 builds' : 'no build'}`;
    const of = (metric: Metric, tool = 'nixpulse') => value(tool, processes, builds, metric);
    const ratio = (metric: Metric) => quotient(of(metric), of(metric, 'htop'));
    const cpu = mostCpu(processes, builds);
    const start = builds ? 1.5 : 1;
    lines.push(
      aim(`CPU per refresh at most ${number(cpu, 2)} × htop's (${where})`, ratio('cpu'), cpu, '×'),
      aim(`first frame within ${number(start, 1)} × htop's (${where})`, ratio('whole'), start, '×'),
      aim(`anonymous memory at most 30 MB (${where})`, of('anonymous'), 30, 'MB'),
      aim(`resident memory at most 70 MB (${where})`, of('resident'), 70, 'MB'),
    );
    for (const tool of ['nixpulse rescue', 'nixpulse record']) {
      const share = quotient(of('cpu', tool), of('cpu'));
      lines.push(aim(`${tool}: CPU at most half of the dashboard's (${where})`, share, 0.5, '×'));
    }
    lines.push(
      aim(`nixpulse rescue: resident at most 35 MB (${where})`, of('resident', 'nixpulse rescue'), 35, 'MB'),
      aim(`nixpulse record: resident at most 45 MB (${where})`, of('resident', 'nixpulse record'), 45, 'MB'),
    );
    if (!builds) {
      lines.push(aim(`below 1,500 bytes per calm refresh (${where})`, of('bytes'), 1500, 'bytes'));
    }
  }
  return lines;
}

/** × htop's: it looks at every process, so the more of them there are, the less we may take. */
function mostCpu(processes: number, builds: boolean): number {
  if (processes >= 10_000) return builds ? 0.25 : 0.1;
  return processes >= 1000 ? 0.4 : 2.5;
}

/** A line on whether an aim is reached; `**missed**` in it where not. */
export function aim(title: string, seen: number | null, most: number, unit: string): string {
  if (seen === null) return `- not measured: ${title}`;
  const figure = `${number(seen, unit === 'bytes' ? 0 : 2)} ${unit}`;
  if (seen <= most) return `- reached: ${title}: ${figure}`;
  return `- **missed**: ${title}: ${figure}, ${Math.round((seen / most - 1) * 100)} % above the aim`;
}

function quotient(a: number | null, b: number | null): number | null {
  return a === null || b === null || b === 0 ? null : a / b;
}

function number(value: number | null, digits: number): string {
  if (value === null) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

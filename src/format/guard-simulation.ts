/** What a guard would have done over a recording, for people and for programs. */
import { bytesText } from '../base/bytes.ts';
import { clockText, dateText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import { oneLine, printable } from '../base/text.ts';
import type { Simulated, SimulatedAct, SimulatedTarget } from '../model/guard/simulated.ts';
import { guardActText } from './guard-act.ts';
import { noPaint, type Paint } from './paint.ts';
import { wrapped } from './wrap.ts';

export interface SimulationTextOptions {
  readonly columns: number;
  readonly color?: Paint;
  /** Where the numbers are from; empty: those of a fresh install. */
  readonly files: readonly string[];
}

/** One act after the other, each with what it falls on; what only came if those before did not help stands indented. */
export function formatSimulation(
  simulated: Simulated,
  { columns, color = noPaint, files }: SimulationTextOptions,
): string {
  const { acts } = simulated;
  const width = Math.max(40, columns);
  return [
    ...wrapped(headOf(simulated, files), width),
    ...(acts.length === 0 ? [] : ['', ...wrapped(openLoop, width), '']),
    ...acts.flatMap((one) => actLines(one, width, color)),
    ...(acts.length === 0 ? [] : ['']),
    ...wrapped(sumOf(acts), width),
  ].join('\n');
}

const openLoop =
  'Each act is taken to be done and to change nothing, unless the recording shows it: what stands indented would have come only if those before it had not helped.';

function headOf({ fromMs, toMs, looks }: Simulated, files: readonly string[]): string {
  const settings = files.length === 0 ? 'the settings of a fresh install' : listText(files.map(named));
  if (fromMs === null || toMs === null) return `nothing to look at; ${settings}`;
  const span = `${dateText(fromMs)} ${clockText(fromMs)} to ${clockText(toMs)}`;
  return `${span}, ${lengthText(Math.max(0, toMs - fromMs))}, ${plural(looks, 'look')}; by ${settings}`;
}

function named(file: string): string {
  return printable(oneLine(file));
}

/** `03:28:14  `. */
const timeColumns = 10;

function actLines({ act, lost, held, after }: SimulatedAct, width: number, color: Paint): readonly string[] {
  const indent = ' '.repeat(timeColumns + (after ? 4 : 0));
  const tone = lost.length > 0 ? 'danger' : 'warning';
  const first = wrapped(guardActText(act), width - indent.length).map((line, i) => {
    const text = act.action === 'tell' ? line : color(tone, line);
    return i === 0 ? `${clockText(act.atMs).padEnd(indent.length)}${text}` : `${indent}${text}`;
  });
  const below = [
    ...lost.map((one) => `${targetText(one)}: lost`),
    ...held.map((one) => `${targetText(one)}: nothing lost`),
  ];
  return [
    ...first,
    ...below.flatMap((line) =>
      wrapped(line, width - indent.length - 2).map((part) => `${indent}  ${color('muted', part)}`),
    ),
  ];
}

/** `firefox-130.0, 12 min old, 41 min of CPU, holds 6.2 GB`. */
function targetText({ name, ageSec, cpuSec, residentBytes }: SimulatedTarget): string {
  return [
    printable(oneLine(name)),
    ...(ageSec === null ? [] : [`${lengthText(ageSec * 1000)} old`]),
    ...(cpuSec < 1 ? [] : [`${lengthText(cpuSec * 1000)} of CPU seen`]),
    ...(residentBytes === null ? [] : [`holds ${bytesText(residentBytes)}`]),
  ].join(', ');
}

function sumOf(acts: readonly SimulatedAct[]): string {
  if (acts.length === 0) return 'no act: nothing tripped a rule.';
  const counts = Object.entries(Object.groupBy(acts, ({ act }) => act.action));
  const first = acts.filter(({ after }) => !after);
  const lostSec = first.flatMap(({ lost }) => lost).reduce((sum, { ageSec }) => sum + (ageSec ?? 0), 0);
  const lost = lostSec === 0 ? 'no work lost' : `${lengthText(lostSec * 1000)} of work lost`;
  const each = counts.map(([action, some]) => plural(some?.length ?? 0, action));
  return `${plural(acts.length, 'act')}: ${listText(each, 9)}; where the first of each trouble helps, ${lost}.`;
}

/** One document; times are Unix ms, amounts in the unit that each act names. */
export function simulationDocument(
  { looks, fromMs, toMs, acts }: Simulated,
  { files }: Pick<SimulationTextOptions, 'files'>,
) {
  return {
    ...{ version: 1, fromMs, toMs, looks, settings: files },
    acts: acts.map(({ act, lost, held, after }) => {
      const { dryRun: _dryRun, status: _status, summary: _summary, ...own } = act;
      return { ...own, text: guardActText(act), lost, held, after };
    }),
  };
}

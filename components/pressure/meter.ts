/** The parts of a pressure row: label, `some` and `full` with their last half minute. */

import { formatPercent } from '../../src/base/number.ts';
import { sparkline } from '../../src/format/chart.ts';
import { type Segment, type Span, span } from '../../src/format/row.ts';
import { leveledPercent, pressureProblem, pressureTone } from '../../src/format/words.ts';
import type { Pressure } from '../../src/model/model.ts';
import { historyLength } from '../../src/model/past/history.ts';

const labelColumns = 8;
const percentColumns = 4;

/** Columns of one sparkline; 0 = none. */
function sparkColumns(width: number): number {
  if (width < 72) return 0;
  if (width < 100) return 5;
  if (width < 140) return 6;
  return width < 180 ? 12 : 20;
}

export interface Meter {
  readonly title: string;
  readonly pressure: Pressure;
  readonly some: readonly number[];
  /** Absent where the kernel has none (cpu): its place stays blank so that rows stand in line. */
  readonly full?: readonly number[];
}

export function meterSegments(meter: Meter, width: number, unicode: boolean): Segment[] {
  const { pressure, title } = meter;
  const tone = pressureTone(title, pressure.level);
  const label: Segment = { rank: 0, spans: [span(` ${title}`.padEnd(labelColumns), tone ?? 'title')] };
  const columns = sparkColumns(width);
  const part = (name: string, series: readonly number[] | undefined, line: Pressure['some']): Span[] => {
    if (series === undefined) return [span(' '.repeat(partColumns(name, columns)))];
    const spark = sparkline(
      series,
      columns,
      100,
      unicode,
      Math.max(1, Math.ceil(historyLength / (columns * 2))),
    );
    return [
      span(`${name} `, 'muted'),
      ...(columns === 0 ? [] : [span(`${spark} `, tone ?? 'muted')]),
      { text: formatPercent(leveledPercent(pressure, line)), width: percentColumns, align: 'right', tone },
    ];
  };
  if (pressure.problem !== null) {
    const room = partColumns('some', columns) + 2 + partColumns('full', columns);
    return [
      label,
      { rank: 1, spans: [{ text: pressureProblem(pressure.problem), tone: 'muted', width: room }] },
    ];
  }
  return [
    label,
    { rank: 2, spans: part('some', meter.some, pressure.some) },
    { rank: 1, spans: part('full', meter.full, pressure.full) },
  ];
}

function partColumns(name: string, spark: number): number {
  return name.length + 1 + (spark === 0 ? 0 : spark + 1) + percentColumns;
}

/** Pressure in one row, for short terminals and views that have other things to show. */

import { formatBytes } from '../../src/base/bytes.ts';
import { formatPercent, formatTenths } from '../../src/base/number.ts';
import { stalledText, worstDisk } from '../../src/format/disk-words.ts';
import { briefGuardSegment } from '../../src/format/guard-segment.ts';
import type { Tone } from '../../src/format/paint.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../src/format/row.ts';
import { causeText, usedText } from '../../src/format/shortages.ts';
import { leveledPercent, levelTone, pressureProblem, pressureTone } from '../../src/format/words.ts';
import { tellingLine } from '../../src/model/machine/derive-pressure.ts';
import type { Model, Shortage } from '../../src/model/model.ts';
import { type Lateness, lateSegment, swapText } from './pressure-rows.ts';

/** Everything in one row: words first, because there may be no title above it (`titled`). */
export function compactPressureRow(
  model: Model,
  late: Lateness,
  width: number,
  style: RowStyle,
  titled = true,
): string {
  const { memory, io, cpu } = model.pressure;
  const disk = worstDisk(model.disks);
  const stalled = disk === null ? null : stalledText(disk);
  const space = model.shortages.find(({ resource }) => resource === 'space');
  const segments: Segment[] = [
    compactMeter('memory', 'mem', memory, 0, width),
    compactMeter('io', 'io', io, 1, width),
    segment(
      0.5,
      disk === null || stalled === null ? '' : `${disk.device} ${stalled}`,
      'danger',
      stalled ?? '',
    ),
    compactMeter('cpu', 'cpu', cpu, 2, width),
    ...(space === undefined ? [] : spaceSegments(space)),
    ...(titled ? [] : [briefGuardSegment(model)]),
    lateSegment(late.pressure ?? late.disks),
    segment(3, `avail ${formatBytes(model.memory.availableBytes)}`),
    segment(4, swapText(model.memory)),
    segment(5, `load ${formatTenths(model.cpu.load1)}`),
    segment(
      6,
      disk === null || stalled !== null ? '' : `${disk.device} util ${formatPercent(disk.utilPercent)}`,
    ),
  ].filter(({ spans }) => spans.length > 0);
  return composeRow([span(' '), ...fitSegments(segments, width - 1, style)], width, style);
}

/** What is left of it is told where the other numbers have room too. */
function spaceSegments({ cause, level }: Shortage): Segment[] {
  const tone = levelTone(level);
  if (cause.kind !== 'space') return [segment(2.5, causeText(cause), tone)];
  return [
    segment(2.5, usedText(cause), tone),
    segment(4.5, `${formatBytes(cause.availableBytes)} free`, tone),
  ];
}

/** Narrower than this the names are short, so that all three resources have room. */
const briefBelow = 80;

function compactMeter(
  title: 'memory' | 'io' | 'cpu',
  short: string,
  pressure: Model['pressure']['memory'],
  rank: number,
  width: number,
): Segment {
  const { level, problem } = pressure;
  if (problem !== null) return segment(rank + 6, `${title} ${pressureProblem(problem)}`, 'muted');
  const name = tellingLine(title, pressure);
  const percent = formatPercent(leveledPercent(pressure, pressure[name]));
  const tone: Tone | undefined = pressureTone(title, level);
  const word = level === 'ok' ? '' : tone === undefined ? ' busy' : ` ${level}`;
  const brief = `${short} ${percent}${word}`;
  if (width < briefBelow) return segment(rank, brief, tone);
  return segment(rank, `${title} ${name} ${percent}${word}`, tone, brief);
}

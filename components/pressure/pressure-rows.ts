/** Memory, I/O and CPU pressure, a row each, with the numbers that explain them. */

import { formatBytes, formatOf, formatRate } from '../../src/base/bytes.ts';
import { formatCount, formatMs, formatPercent, formatTenths } from '../../src/base/number.ts';
import {
  awaitTone,
  fullestFilesystem,
  queueText,
  stalledText,
  worstDisk,
} from '../../src/format/disk-words.ts';
import type { Tone } from '../../src/format/paint.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, segment, span } from '../../src/format/row.ts';
import { levelTone, pressurePercent } from '../../src/format/words.ts';
import { isForMemory } from '../../src/model/machine/killers.ts';
import { usedPercent } from '../../src/model/machine/space-level.ts';
import type { Disk, Filesystem, Model } from '../../src/model/model.ts';
import type { History } from '../../src/model/past/history.ts';
import { meterSegments } from './meter.ts';

export interface Lateness {
  readonly pressure: number | null;
  readonly memory: number | null;
  readonly disks: number | null;
  readonly storage?: number | null;
}

/** A third of a percent of interrupts is nobody's business; this much is. */
const irqShownPercent = 5;
/** Swap traffic below this is housekeeping. */
const swapShownBytesPerSec = 64 * 1024;

export function pressureRows(
  model: Model,
  history: History,
  late: Lateness,
  width: number,
  style: RowStyle,
): string[] {
  const { memory, io, cpu } = model.pressure;
  const rows: Segment[][] = [
    [
      ...meterSegments(
        { title: 'memory', pressure: memory, some: history.memorySome, full: history.memoryFull },
        width,
        style.unicode,
      ),
      lateSegment(late.pressure ?? late.memory),
      ...memoryFacts(model),
    ],
    [
      ...meterSegments(
        { title: 'io', pressure: io, some: history.ioSome, full: history.ioFull },
        width,
        style.unicode,
      ),
      lateSegment(late.disks),
      ...diskFacts(worstDisk(model.disks)),
    ],
    [
      ...meterSegments({ title: 'cpu', pressure: cpu, some: history.cpuSome }, width, style.unicode),
      ...cpuFacts(model, late.storage ?? null),
    ],
  ];
  return rows.map((segments) => composeRow(fitSegments(segments, width, style), width, style));
}

export function lateSegment(seconds: number | null): Segment {
  return segment(2.5, seconds === null ? '' : `${seconds} s old`, 'warning');
}

function memoryFacts(model: Model): Segment[] {
  const m = model.memory;
  const moves = [
    ...((m.swapInBytesPerSec ?? 0) >= swapShownBytesPerSec ? [`in ${formatRate(m.swapInBytesPerSec)}`] : []),
    ...((m.swapOutBytesPerSec ?? 0) >= swapShownBytesPerSec
      ? [`out ${formatRate(m.swapOutBytesPerSec)}`]
      : []),
  ];
  const swap = swapText(m);
  const faults = m.majorFaultsPerSec ?? 0;
  return [
    segment(5, `used ${formatOf(m.usedBytes, m.totalBytes)}`),
    segment(3, `avail ${formatBytes(m.availableBytes)}`),
    m.swapTotalBytes === 0
      ? segment(6, 'no swap', 'muted')
      : segment(4, moves.length === 0 ? swap : `${swap} (${moves.join(' ')})`, undefined, swap),
    segment(7, m.zramRatio === null ? '' : `zram x${m.zramRatio.toFixed(1)}`),
    segment(8, m.arcBytes === null ? '' : `ARC ${formatBytes(m.arcBytes)}`),
    segment(4.5, (m.oomKills ?? 0) > 0 ? `OOM kills ${formatCount(m.oomKills)}` : '', oomTone(model)),
    segment(9, `cache ${formatBytes(m.pageCacheBytes)}`, 'muted'),
    segment(10, `dirty ${formatBytes(m.dirtyBytes)}`, 'muted'),
    segment(11, faults >= 1 ? `faults ${formatCount(faults)}/s` : '', 'muted'),
  ];
}

export function swapText({ swapUsedBytes, swapTotalBytes }: Model['memory']): string {
  return swapTotalBytes === 0 ? 'no swap' : `swap ${formatOf(swapUsedBytes, swapTotalBytes)}`;
}

/** A kill counts since boot: only a recent one calls for attention. */
const oomRecentMs = 600_000;

function oomTone({ events, timeMs }: Model): Tone {
  const recent = events.some(
    (event) =>
      (event.kind === 'oom-kill' || (event.kind === 'killed' && isForMemory(event))) &&
      timeMs - event.timeMs < oomRecentMs,
  );
  return recent ? 'danger' : 'muted';
}

function diskFacts(disk: Disk | null): Segment[] {
  if (disk === null) return [segment(3, 'no disk seen', 'muted')];
  const { readAwaitMs: r, writeAwaitMs: w } = disk;
  const stalled = stalledText(disk);
  // The first sight of a disk has no rates yet.
  if (disk.utilPercent === null) return [segment(4, disk.device), segment(5, 'measuring', 'muted')];
  return [
    segment(4, disk.device),
    {
      rank: 5,
      spans:
        r === null && w === null
          ? []
          : [
              span('await r ', 'muted'),
              span(formatMs(r), awaitTone(r)),
              span(' w ', 'muted'),
              span(formatMs(w), awaitTone(w)),
              span(' ms', 'muted'),
            ],
    },
    segment(6, `util ${formatPercent(disk.utilPercent)}`),
    segment(7, `q ${queueText(disk)}`),
    segment(8, `r ${formatRate(disk.readBytesPerSec)} w ${formatRate(disk.writeBytesPerSec)}`, 'muted'),
    segment(3, stalled ?? '', 'danger'),
  ];
}

function cpuFacts(model: Model, storageLateSec: number | null): Segment[] {
  const { cpu, pressure } = model;
  const share = (name: string, percent: number | null) => `${name} ${formatCount(percent)}`;
  const steal = (cpu.stealPercent ?? 0) >= 1 ? ` ${share('steal', cpu.stealPercent)}` : '';
  const irq = pressurePercent(pressure.irq.full);
  return [
    segment(
      4,
      cpu.userPercent === null
        ? ''
        : `${share('user', cpu.userPercent)} ${share('sys', cpu.systemPercent)} ${share('iowait', cpu.iowaitPercent)}${steal}`,
    ),
    segment(5, `load ${formatTenths(cpu.load1)}/${formatCount(cpu.cpus)}`),
    segment(3, irq !== null && irq >= irqShownPercent ? `irq ${formatPercent(irq)}` : '', 'warning'),
    spaceSegment(3, fullestFilesystem(model.filesystems), storageLateSec),
    segment(
      7,
      (cpu.blockedProcesses ?? 0) > 0 ? `${formatCount(cpu.blockedProcesses)} blocked` : '',
      'muted',
    ),
  ];
}

function spaceSegment(rank: number, filesystem: Filesystem | null, lateSec: number | null): Segment {
  if (filesystem === null) return segment(rank, '');
  const { path, availableBytes, freeInodesPercent, problem } = filesystem;
  if (problem !== null) {
    return segment(rank, `${path} ${problem.kind === 'timeout' ? 'no answer' : problem.kind}`, 'warning');
  }
  const inodes =
    freeInodesPercent !== null && freeInodesPercent < 10
      ? `, inodes ${formatPercent(freeInodesPercent)} free`
      : '';
  const old = lateSec === null ? '' : ` (${lateSec} s old)`;
  const used = `${path} ${formatPercent(usedPercent(filesystem))} used${old}`;
  const tone = levelTone(filesystem.level);
  return segment(rank, `${used}, ${formatBytes(availableBytes)} free${inodes}`, tone, used);
}

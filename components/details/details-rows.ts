/** Everything known of one build: facts most wanted first, then its processes. */

import { formatBytes, formatGrowth, formatRate } from '../../src/base/bytes.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { formatCount, formatPercent, unknown } from '../../src/base/number.ts';
import { plural } from '../../src/base/plural.ts';
import { oneLine } from '../../src/base/text.ts';
import { sparkline } from '../../src/format/chart.ts';
import { fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { phaseText } from '../../src/format/failed-words.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import { treeBranches } from '../../src/format/tree.ts';
import { buildName, buildNote, measureTitle, otherDaemon } from '../../src/format/words.ts';
import { clientCommand } from '../../src/model/forest/client-command.ts';
import { waitersOf } from '../../src/model/forest/lock-waits.ts';
import type { Build, Client, OtherDaemon } from '../../src/model/model.ts';
import type { Build as LoggedBuild } from '../../src/model/rebuild/rebuild.ts';
import { fact } from './fact.ts';
import { linesFact, phaseFact, usualFact } from './log-rows.ts';
import { type ProcessLine, processColumns } from './process-columns.ts';

export interface BuildFacts {
  readonly build: Build;
  readonly clients: readonly Client[];
  readonly otherDaemons: readonly OtherDaemon[];
  /** Null where it is not paused, or nobody knows since when. */
  readonly pausedSec: number | null;
  /** What its log says; null where that is not followed. */
  readonly logged: LoggedBuild | null;
  /** Unix ms. */
  readonly timeMs: number;
}

/** At most `height` rows; what is most wanted comes first. */
export function factRows(buildFacts: BuildFacts, height: number, width: number, style: RowStyle): string[] {
  const { build, pausedSec, logged, timeMs } = buildFacts;
  const rows = [
    headline(build, pausedSec),
    memoryFact(build, width, style),
    ...usualFact(build.log?.usual ?? null, build.ageSec),
    ...(logged === null ? [] : [...phaseFact(logged, timeMs, width), linesFact(logged, timeMs)]),
    ...facts(buildFacts),
  ];
  return rows.slice(0, height).map((spans) => composeRow(spans, width, style));
}

function headline(build: Build, pausedSec: number | null): Span[] {
  const note = buildNote(build, pausedSec);
  return [
    span(` ${buildName(build)}`, 'title'),
    ...(note === null ? [] : [span('  '), span(note.text, note.tone)]),
    ...(build.phase === null ? [] : [span(`  ${phaseText(build.phase)}`, 'accent')]),
    span(`  ${formatDuration(build.ageSec)}`),
    span(build.now === null ? '' : `  ${build.now}`, 'muted'),
  ];
}

function memoryFact(build: Build, width: number, style: RowStyle): Span[] {
  const growth = formatGrowth(build.residentGrowthBytesPerMin);
  const grows = growth === unknown || growth === '0' ? '' : ` ${growth}/min`;
  const by = build.residentBy === 'rss' ? '' : ` ${measureTitle(build.residentBy)}`;
  return fact('memory', `${formatBytes(build.residentBytes)}${by}${grows}`, [
    ...memoryCurve(build.residentHistory, width, style),
    span(
      `  CPU ${formatPercent(build.cpuPercent)}  read ${formatRate(build.readBytesPerSec)}  write ${formatRate(build.writeBytesPerSec)}`,
    ),
  ]);
}

/** A change below this share of the whole is drawn flat: it would look like a mountain. */
const flatShare = 0.02;

/** From the least to the most of the last minutes, with both numbers beside it. */
function memoryCurve(history: readonly number[], width: number, style: RowStyle): Span[] {
  const columns = Math.min(history.length, width >= 100 ? 30 : width >= 72 ? 12 : 0);
  if (columns < 2) return [];
  const perCell = Math.ceil(history.length / columns);
  const least = Math.min(...history);
  const most = Math.max(...history);
  const flat = most - least <= most * flatShare;
  const shown = flat ? history.map(() => 0) : history.map((bytes) => bytes - least);
  const curve = sparkline(shown, columns, flat ? 1 : most - least, style.unicode, perCell);
  const range = flat ? '' : ` ${formatBytes(least)}–${formatBytes(most)}`;
  return [span(`  ${curve.trimStart()}`, 'accent'), span(range, 'muted')];
}

function facts({ build, clients, otherDaemons }: BuildFacts): Span[][] {
  const other = otherDaemons.find(({ pid }) => pid === build.daemonPid);
  const above = other === undefined ? '' : `  below ${otherDaemon(other)}`;
  const { states } = build;
  const client = clients.find(({ pid }) => pid === build.clientPid);
  const waiting = waitersOf([build], clients);
  const stateText = (['R', 'S', 'D', 'Z', 'T'] as const)
    .filter((state) => states[state] > 0)
    .map((state) => `${state} ${states[state]}`)
    .join(' ');
  const named = build.namedBy === null ? '' : `  (named by its ${build.namedBy})`;
  const sandbox =
    build.sandboxed === null ? `sandbox ${unknown}` : build.sandboxed ? 'in a sandbox' : 'no sandbox';
  return [
    fact('processes', `${formatCount(build.processes)}  ${stateText}`, [
      span(build.escapees === 0 ? '' : `  ${build.escapees} escaped from the tree`, 'warning'),
      span(build.idleSec >= 60 ? `  idle ${formatDuration(build.idleSec)}` : '', 'warning'),
    ]),
    fact('runs as', `${build.user ?? unknown} (uid ${build.uid ?? unknown})  pid ${build.pid}  ${sandbox}`),
    fact(
      'client',
      client === undefined
        ? build.clientPid === null
          ? unknown
          : `pid ${build.clientPid}`
        : `${client.user ?? unknown}  pid ${client.pid}`,
      [
        span(`${build.workerPid === null ? '' : `  worker ${build.workerPid}`}${above}`, 'muted'),
        // Last: it is the longest by far, and begins with what tells it from others.
        span(client === undefined ? '' : `  ${clientCommand(client.command)}`),
      ],
    ),
    ...(build.host === null ? [] : [fact('host', build.host)]),
    fact(
      'derivation',
      `${build.drvHash === null ? unknown : `${build.drvHash}-${build.name ?? unknown}.drv`}${named}`,
    ),
    fact(
      'package',
      `${build.pname ?? unknown} ${build.version ?? unknown}  system ${build.system ?? unknown}  cores ${build.cores ?? unknown}`,
    ),
    fact('output', build.out ?? unknown),
    fact('directory', build.buildDirectory ?? unknown),
    fact('lock', build.lock ?? unknown, [
      span(
        waiting.length === 0
          ? ''
          : `  ${plural(waiting.length, 'client')} waiting for it: ${waiting.map(({ command }) => clientCommand(command)).join(', ')}`,
        'warning',
      ),
    ]),
    fact('command', oneLine(build.tree[0]?.command ?? unknown)),
  ];
}

/** The row of titles, then the processes from `scroll` on. */
export function processRows(
  build: Build,
  scroll: number,
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  const branches = treeBranches(build.tree.map(({ depth }) => depth));
  const lines = build.tree
    .map((process, index): ProcessLine => ({ process, branch: branches[index] ?? '' }))
    .slice(scroll, scroll + height);
  const fit = fitColumns(processColumns, width - 1, lines);
  const before = [span(' ')];
  const hidden = build.tree.length - lines.length;
  const window = hidden > 0 ? `  ${scroll + 1}–${scroll + lines.length} of ${build.tree.length}` : '';
  return [
    titleRow(fit, width, style, ' ', { id: 'command', mark: window }),
    ...lines.map((line) => tableRow(fit, line, width, style, { before })),
  ];
}

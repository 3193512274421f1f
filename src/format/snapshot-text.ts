/** The Model as a plain report, for a bug report or a serial console: no cursor, no colour unless given a paint. */

import { formatBytes, formatOf, formatRate } from '../base/bytes.ts';
import { formatDuration, lengthText } from '../base/duration.ts';
import { formatCount, formatPercent, formatTenths, unknown } from '../base/number.ts';
import { plural } from '../base/plural.ts';
import { problemText } from '../base/problem.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { standingOf } from '../model/guard/guard-seen.ts';
import type { Model } from '../model/model.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import { type BuildLine, fitBuildColumns, readsKnown } from './build-columns.ts';
import { rootCauseRow } from './causes.ts';
import { type Fit, fitColumns, tableRow, titleRow } from './columns.ts';
import { diskColumns, filesystemColumns } from './disk-columns.ts';
import { distinctFilesystems } from './disk-words.ts';
import { eventText } from './events.ts';
import { failedTitle } from './failed-words.ts';
import { findingText } from './findings.ts';
import { guardActText } from './guard-act.ts';
import { guardSummary, standingTones } from './guard-words.ts';
import { noPaint, type Paint } from './paint.ts';
import { clauseSpans, holderIn, rebuildClauses, rebuildTitle, shareDone } from './rebuild-words.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from './row.ts';
import { causeText, shortageTitle } from './shortages.ts';
import { unsaidFindings } from './unsaid.ts';
import {
  buildsProblem,
  clientDoing,
  copying,
  daemonState,
  levelTone,
  otherDaemon,
  pressurePercent,
  pressureProblem,
  pressureTone,
} from './words.ts';

export interface SnapshotTextOptions {
  /** Rows are cut to this. */
  readonly columns: number;
  /** Default: no colour. */
  readonly color?: Paint;
  /** Default true. */
  readonly unicode?: boolean;
}

/** The report, one row a line, without a newline at its end. */
export function formatSnapshotText(model: Model, options: SnapshotTextOptions): string {
  const filesystems = distinctFilesystems(model.filesystems);
  const style: RowStyle = { paint: options.color ?? noPaint, unicode: options.unicode ?? true };
  const width = Math.max(40, options.columns);
  const write = (...spans: Span[]) => composeRow(spans, width, style).trimEnd();
  const lines = [
    ...host(model).map((text) => write(span(text))),
    ...verdict(model, write),
    ...findings(model, write, style.unicode),
    ...guards(model, write),
    '',
    write(span('PRESSURE   some  avg10  avg60 avg300    full  avg10  avg60 avg300', 'title')),
    ...pressure(model, write),
    '',
    ...memory(model).map((text) => write(span(text))),
    '',
    ...table('DISKS', fitColumns(diskColumns, width - 2, model.disks), model.disks, width, style),
    ...table(
      'FILE SYSTEMS',
      fitColumns(filesystemColumns(style.unicode), width - 2, filesystems),
      filesystems,
      width,
      style,
    ),
    ...clients(model, write),
    ...rebuilds(model, width, style),
    ...builds(model, width, style),
    ...notes(model, write),
  ];
  while (lines.at(-1) === '') lines.pop();
  return lines.join('\n');
}

type Write = (...spans: Span[]) => string;

function host(model: Model): string[] {
  const { name, system, kernel, nixVersion, cpus, cpuModel, uptimeSec } = model.host;
  const time = new Date(model.timeMs).toISOString().slice(0, 19).replace('T', ' ');
  const known = (text: string | null, before: string) => (text === null ? [] : [`${before}${text}`]);
  return [
    `nixpulse  ${time} UTC  ${[...known(name, ''), ...known(system, ''), ...known(kernel, 'kernel ')].join('  ')}`,
    [
      `nix ${nixVersion ?? unknown}`,
      daemonState(model.daemon).text,
      ...(uptimeSec === null ? [] : [`up ${formatDuration(uptimeSec)}`]),
      ...(cpus === null ? [] : [plural(cpus, 'CPU')]),
      ...known(cpuModel, ''),
    ].join('  '),
  ];
}

function verdict(model: Model, write: Write): string[] {
  if (model.shortages.length === 0) return [write(span('SHORT  nothing', 'ok'))];
  return model.shortages.map((shortage) =>
    write(
      span('SHORT  '),
      span(shortageTitle(shortage, model.monotonicMs), levelTone(shortage.level)),
      span(`  ${causeText(shortage.cause)}`),
    ),
  );
}

const mostFindings = 3;

/** The worst; `nixpulse diagnose` has all of them, with evidence. */
function findings(model: Model, write: Write, unicode: boolean): string[] {
  const worth = unsaidFindings(model);
  const more = worth.length - mostFindings;
  return [
    ...worth
      .slice(0, mostFindings)
      .map((one) => write(span('FOUND  '), span(findingText(one, model, { unicode }), levelTone(one.level)))),
    ...(more > 0 ? [write(span(`FOUND  ${more} more: nixpulse diagnose`, 'muted'))] : []),
  ];
}

/** How far each can be relied on, and what it did last. */
function guards({ guards, timeMs }: Model, write: Write): string[] {
  return guards.map((guard) => {
    const tone = standingTones[standingOf(guard, timeMs)];
    const last = guard.acts.at(-1);
    const did =
      last === undefined ? '' : `; ${lengthText(Math.max(0, timeMs - last.atMs))} ago: ${guardActText(last)}`;
    return write(span('GUARD  '), span(guardSummary(guard, timeMs), tone), span(did));
  });
}

function pressure(model: Model, write: Write): string[] {
  return (['memory', 'io', 'cpu', 'irq'] as const).map((resource) => {
    const { some, full, level, problem } = model.pressure[resource];
    if (problem !== null)
      return write(span(`  ${resource.padEnd(7)}`), span(pressureProblem(problem), 'muted'));
    const columns = (line: typeof some, gap: string) =>
      [pressurePercent(line), line?.avg10, line?.avg60, line?.avg300]
        .map((value, index) => formatPercent(value).padStart(index === 0 ? 6 : 7))
        .join('')
        .concat(gap);
    return write(
      span(`  ${resource.padEnd(7)}`, pressureTone(resource, level)),
      span(columns(some, '  ')),
      span(columns(full, '')),
      span(level === 'ok' ? '' : `  ${level}`, pressureTone(resource, level)),
    );
  });
}

function memory(model: Model): string[] {
  const m = model.memory;
  const c = model.cpu;
  return [
    `MEMORY  used ${formatOf(m.usedBytes, m.totalBytes)}  available ${formatBytes(m.availableBytes)}  cache ${formatBytes(m.pageCacheBytes)}  dirty ${formatBytes(m.dirtyBytes)}  OOM kills ${formatCount(m.oomKills)}`,
    `SWAP    ${m.swapTotalBytes === 0 ? 'none' : `used ${formatOf(m.swapUsedBytes, m.swapTotalBytes)}`}  in ${formatRate(m.swapInBytesPerSec)}  out ${formatRate(m.swapOutBytesPerSec)}  major faults ${formatCount(m.majorFaultsPerSec)}/s${m.zramRatio === null ? '' : `  zram x${m.zramRatio.toFixed(1)}`}`,
    `CPU     user ${formatPercent(c.userPercent)}  system ${formatPercent(c.systemPercent)}  iowait ${formatPercent(c.iowaitPercent)}  load ${formatTenths(c.load1)} ${formatTenths(c.load5)} ${formatTenths(c.load15)}  blocked ${formatCount(c.blockedProcesses)}`,
  ];
}

function table<Row>(
  title: string,
  fit: Fit<Row>,
  rows: readonly Row[],
  width: number,
  style: RowStyle,
): string[] {
  if (rows.length === 0) return [`${title}  none`, ''];
  const before = [span('  ')];
  return [
    composeRow([span(title, 'title')], width, style),
    titleRow(fit, width, style, '  ').trimEnd(),
    ...rows.map((row) => tableRow(fit, row, width, style, { before }).trimEnd()),
    '',
  ];
}

function clients(model: Model, write: Write): string[] {
  if (model.clients.length === 0) return [write(span('CLIENTS  none')), ''];
  return [
    write(span('CLIENTS', 'title')),
    ...model.clients.map((client) =>
      write(
        span(`  ${clientCommand(client.command)}`),
        span(
          `  ${client.user ?? unknown}${client.tty === null ? '' : ` ${client.tty}`}  pid ${client.pid}`,
          'muted',
        ),
        span(`  ${clientDoing(client)}`, client.waitsFor === null ? undefined : 'warning'),
        span(`  ${formatDuration(client.ageSec)}  ${formatBytes(client.residentBytes)}`),
      ),
    ),
    '',
  ];
}

/** Those that go on, and why those failed that are known, the last one first. */
function rebuilds(model: Model, width: number, style: RowStyle): string[] {
  const sight = { nowMs: model.timeMs, holderOf: holderIn(model) };
  const rows = model.rebuilds
    .filter(({ over }) => !over)
    .map((followed) => {
      const title = [span(`  ${rebuildTitle(followed)}  `)];
      const room = width - spanColumns(title, style.unicode);
      const clauses = rebuildClauses(followed, sight);
      return [...title, ...clauseSpans(clauses, shareDone(followed), barColumns, room, style.unicode)];
    });
  const failures = model.rebuilds
    .flatMap(({ command, failures: roots }) => roots.map((root) => ({ command, root })))
    .sort((a, b) => b.root.atMs - a.root.atMs)
    .map(({ command, root }) => {
      const [drv] = root.drvs;
      const name = drv === undefined ? null : nameOfDerivation(drv);
      return [
        span(`  ${failedTitle({ name, command })}  `),
        span('FAILED', 'danger'),
        span(`  ${rootCauseRow(root)}`),
      ];
    });
  const all = [...rows, ...failures];
  if (all.length === 0) return [];
  const drawn = all.map((spans) => composeRow(spans, width, style).trimEnd());
  return [composeRow([span('REBUILDS', 'title')], width, style), ...drawn, ''];
}

const barColumns = 12;

function builds(model: Model, width: number, style: RowStyle): string[] {
  const { running, remote, waiting, residentBytes } = model.totals;
  const counts = `${running} running, ${remote} remote, ${waiting} waiting`;
  const seen = buildsProblem(model) === null ? counts : 'unknown';
  const title = `BUILDS  ${seen}, Nix holds ${formatBytes(residentBytes)}`;
  const lines = model.builds.map((build): BuildLine => ({ kind: 'build', build }));
  const choice = {
    phases: model.builds.some((build) => build.phase !== null),
    io: readsKnown(model.builds),
    more: false,
  };
  if (lines.length === 0) return [composeRow([span(title)], width, style), ''];
  return table(title, fitBuildColumns(choice, width - 2, lines), lines, width, style);
}

function notes(model: Model, write: Write): string[] {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 19);
  const section = (title: string, rows: readonly string[]) =>
    rows.length === 0 ? [] : [write(span(title, 'title')), ...rows.map((row) => write(span(`  ${row}`))), ''];
  return [
    ...section(
      'COPIES',
      model.transfers.map((transfer) => `${copying(transfer)}  pid ${transfer.pid}`),
    ),
    ...section(
      'OTHER DAEMONS',
      model.otherDaemons.map((one) => `${otherDaemon(one)}  ${plural(one.builds, 'build')}`),
    ),
    ...section(
      'EVENTS',
      model.events.slice(-20).map((event) => `${clock(event.timeMs)}  ${eventText(event)}`),
    ),
    ...section('NOT READ', model.problems.map(problemText)),
  ];
}

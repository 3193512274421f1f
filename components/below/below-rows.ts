/** What fills the room below a short build list: disks, space and events, or clients with their workers. */

import { formatBytes } from '../../src/base/bytes.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { plural } from '../../src/base/plural.ts';
import { problemText } from '../../src/base/problem.ts';
import { printable, truncate } from '../../src/base/text.ts';
import { type Fit, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { diskColumns, filesystemColumns } from '../../src/format/disk-columns.ts';
import { distinctFilesystems } from '../../src/format/disk-words.ts';
import { eventText } from '../../src/format/events.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from '../../src/format/row.ts';
import {
  buildName,
  clientDoing,
  copying,
  levelTone,
  otherDaemon,
  waitingFor,
} from '../../src/format/words.ts';
import { clientCommand } from '../../src/model/forest/client-command.ts';
import { clientOfProcess } from '../../src/model/forest/derive-clients.ts';
import type { Build, Client, Model as WholeModel, Worker } from '../../src/model/model.ts';

type Model = Pick<
  WholeModel,
  | 'timeMs'
  | 'disks'
  | 'filesystems'
  | 'transfers'
  | 'clients'
  | 'workers'
  | 'builds'
  | 'otherDaemons'
  | 'events'
  | 'problems'
>;

/** Below this a section would be more title than content. */
const leastRows = 4;

export function belowRows(
  model: Model,
  height: number,
  width: number,
  style: RowStyle,
  what: 'machine' | 'clients',
): string[] {
  const sections =
    what === 'machine'
      ? [disks, copies, events, spaces, daemons, problems]
      : [clients, daemons, copies, problems];
  const rows: string[] = [];
  for (const draw of sections) {
    const room = height - rows.length;
    if (room < leastRows) break;
    const section = draw(model, width, style, room - 1);
    if (section.length > 0) rows.push('', ...section.slice(0, room - 1));
  }
  return rows;
}

function table<Row>(fit: Fit<Row>, rows: readonly Row[], width: number, style: RowStyle): string[] {
  if (rows.length === 0) return [];
  const before = [span('  ')];
  return [
    titleRow(fit, width, style, '  '),
    ...rows.map((row) => tableRow(fit, row, width, style, { before })),
  ];
}

function disks({ disks: all }: Model, width: number, style: RowStyle): string[] {
  const busy = all.filter(
    (disk) => disk.carries.length > 0 || (disk.utilPercent ?? 0) > 0 || disk.stalledSec !== null,
  );
  return table(fitColumns(diskColumns, width - 2, busy), busy, width, style);
}

function spaces(model: Model, width: number, style: RowStyle): string[] {
  const filesystems = distinctFilesystems(model.filesystems);
  return table(
    fitColumns(filesystemColumns(style.unicode), width - 2, filesystems),
    filesystems,
    width,
    style,
  );
}

const eventsShown = 6;

function events({ events: all, timeMs }: Model, width: number, style: RowStyle): string[] {
  if (all.length === 0) return [];
  const rows = all
    .slice(-eventsShown)
    .map((event) =>
      composeRow(
        [
          { text: formatDuration((timeMs - event.timeMs) / 1000), width: 9, align: 'right', tone: 'muted' },
          span(' ago  ', 'muted'),
          span(eventText(event), levelTone(event.level)),
        ],
        width,
        style,
      ),
    );
  return [composeRow([span('  EVENTS', 'title')], width, style), ...rows.toReversed()];
}

/** Copies of no client that is seen; the others stand with their client. */
function copies({ transfers, clients: all }: Model, width: number, style: RowStyle): string[] {
  const alone = transfers.filter(({ clientPid }) => clientOfProcess(all, clientPid) === null);
  return titled(
    'COPIES',
    alone.map((transfer) => `${copying(transfer)}  pid ${transfer.pid}`),
    width,
    style,
  );
}

/** Daemons of containers and other roots: their builds stand among ours. */
function daemons({ otherDaemons }: Model, width: number, style: RowStyle): string[] {
  return titled(
    'OTHER DAEMONS',
    otherDaemons.map((one) => `${otherDaemon(one)}  ${plural(one.builds, 'build')}`),
    width,
    style,
  );
}

function problems(model: Model, width: number, style: RowStyle): string[] {
  return titled('NOT READ', model.problems.map(problemText), width, style);
}

function titled(title: string, texts: readonly string[], width: number, style: RowStyle): string[] {
  if (texts.length === 0) return [];
  const row = (text: string) => composeRow([span(`  ${text}`, 'muted')], width, style);
  return [composeRow([span(`  ${title}`, 'title')], width, style), ...texts.map(row)];
}

/** Each client with the daemon process that serves it and the builds that run for it; no more than are shown. */
function clients(model: Model, width: number, style: RowStyle, height: number): string[] {
  const buildsOf = Map.groupBy(model.builds, ({ workerPid }) => workerPid);
  const workersOf = Map.groupBy(model.workers, ({ clientPid }) => clientOfProcess(model.clients, clientPid));
  const branch = (worker: Worker) => {
    const text = workerText(worker, buildsOf.get(worker.pid) ?? []);
    return composeRow([span(`    └ ${text}`, worker.waitsFor === null ? 'muted' : 'warning')], width, style);
  };
  const rows: string[] = [];
  for (const client of model.clients) {
    if (rows.length >= height) break;
    rows.push(composeRow(clientSpans(client, width, style), width, style));
    for (const worker of workersOf.get(client) ?? []) rows.push(branch(worker));
  }
  const alone = workersOf.get(null) ?? [];
  if (alone.length > 0 && rows.length < height) {
    const title = composeRow([span('  workers whose client is not seen')], width, style);
    rows.push(title, ...alone.slice(0, height).map(branch));
  }
  return rows.length === 0 ? [] : [composeRow([span('  CLIENTS', 'title')], width, style), ...rows];
}

/** A command is never cut shorter than this. */
const leastCommand = 20;

/** A long command gives way to what the client does. */
function clientSpans(client: Client, width: number, style: RowStyle): Span[] {
  const who = [`pid ${client.pid}`, client.user, client.tty].filter((part) => part != null).join('  ');
  const after = [
    span(`  ${who}`, 'muted'),
    span(`  ${clientDoing(client)}`, client.waitsFor === null ? undefined : 'warning'),
    span(`  ${formatDuration(client.ageSec)}  ${formatBytes(client.residentBytes)}`),
  ];
  const room = Math.max(leastCommand, width - 2 - spanColumns(after, style.unicode));
  const command = truncate(printable(clientCommand(client.command), style.unicode), room, style.unicode);
  return [span(`  ${command}`), ...after];
}

function workerText({ pid, residentBytes, waitsFor }: Worker, builds: readonly Build[]): string {
  const built = builds.map(buildName);
  const parts = [`worker ${pid}`, formatBytes(residentBytes), built.join(', ')];
  if (waitsFor !== null) parts.push(waitingFor(waitsFor));
  return parts.filter((part) => part !== '').join('  ');
}

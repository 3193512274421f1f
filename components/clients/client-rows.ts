/** What users started, one a row: command, what it does or waits for, since when, its memory, who. */

import { unknown } from '../../src/base/number.ts';
import { clientCommand } from '../../src/format/client-command.ts';
import { type Column, fitColumns, tableRow } from '../../src/format/columns.ts';
import { fieldColumns } from '../../src/format/field-columns.ts';
import { type RowStyle, span } from '../../src/format/row.ts';
import { clientDoing, copying, mainClient } from '../../src/format/words.ts';
import { clientFields } from '../../src/model/fields/client.ts';
import { clientOfProcess } from '../../src/model/forest/derive-clients.ts';
import type { Client, Model, Transfer } from '../../src/model/model.ts';

interface ClientLine {
  readonly client: Client;
  readonly copies: readonly Transfer[];
}

const field = fieldColumns(clientFields, ({ client }: ClientLine) => client);
const column: typeof field = (id, look, cell) => field(id, { title: '', ...look }, cell);

const columns: readonly Column<ClientLine>[] = [
  column('command', { width: 20, keep: 100, most: 120 }, ({ client }) => ({
    text: clientCommand(client.command),
  })),
  column('user', { width: 10, keep: 40, most: 16 }, ({ client: { user, uid, tty } }) => ({
    text: `${user ?? uid ?? unknown}${tty === null ? '' : ` ${tty}`}`,
    tone: 'muted',
  })),
  column('age', { width: 7, keep: 60 }),
  column('resident', { width: 6, keep: 50 }, ({ client }) => ({
    tone: client.phase === 'evaluating' ? 'accent' : undefined,
  })),
  column('doing', { width: 32, keep: 90, most: Number.POSITIVE_INFINITY }, ({ client, copies }) => ({
    text: [
      clientDoing(client),
      ...copies.slice(0, 1).map(copying),
      ...(copies.length > 1 ? [`and ${copies.length - 1} more`] : []),
    ].join('  '),
    tone: client.waitsFor !== null || client.phase === 'waiting' ? 'warning' : undefined,
  })),
];

/** The main client first, then those that wait, then the rest by age; the last row says how many have none. */
export function clientRows(
  model: Pick<Model, 'clients' | 'transfers'>,
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  const main = mainClient(model);
  const rank = (client: Client) => (client === main ? 0 : client.waitsFor !== null ? 1 : 2);
  const ordered = model.clients.toSorted((a, b) => rank(a) - rank(b) || (b.ageSec ?? 0) - (a.ageSec ?? 0));
  const lines = ordered.slice(0, height).map(
    (client): ClientLine => ({
      client,
      copies: model.transfers.filter(({ clientPid }) => clientOfProcess(model.clients, clientPid) === client),
    }),
  );
  const fit = fitColumns(columns, width - 2, lines);
  const unshown = ordered.length - lines.length;
  const more = unshown > 0 ? span(`+${unshown} more`, 'muted') : null;
  return lines.map((line, index) => {
    const after = index === lines.length - 1 ? more : null;
    return tableRow(fit, line, width, style, { before: [span('  ')], after });
  });
}

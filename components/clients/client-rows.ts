/** A client in a row: command, who, since when, its memory, what it does or waits for. */

import { unknown } from '../../src/base/number.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { type Column, type Fit, fitColumns, tableRow } from '../../src/format/columns.ts';
import { fieldColumns } from '../../src/format/field-columns.ts';
import type { Tone } from '../../src/format/paint.ts';
import { type RowStyle, type Span, span } from '../../src/format/row.ts';
import { clientDoing, copying } from '../../src/format/words.ts';
import { clientFields } from '../../src/model/fields/client.ts';
import { clientCommand } from '../../src/model/forest/client-command.ts';
import type { Client, Transfer } from '../../src/model/model.ts';

export interface ClientLine {
  readonly client: Client;
  readonly copies: readonly Transfer[];
  /** As its log says; null where nobody follows that. */
  readonly doing: { readonly text: string; readonly tone?: Tone | undefined } | null;
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
  column('doing', { width: 32, keep: 90, most: Number.POSITIVE_INFINITY }, (line) => ({
    text: doingText(line),
    tone: toneOf(line),
  })),
];

function doingText({ client, copies, doing }: ClientLine): string {
  return [
    doing?.text ?? clientDoing(client),
    ...copies.slice(0, 1).map(copying),
    ...(copies.length > 1 ? [`and ${copies.length - 1} more`] : []),
  ].join('  ');
}

function toneOf({ client, doing }: ClientLine): Tone | undefined {
  if (doing !== null) return doing.tone;
  return client.waitsFor !== null || client.phase === 'waiting' ? 'warning' : undefined;
}

/** `building 12` needs no more; two widths, so that columns do not move with every word. */
const briefColumns = 16;
/** Below this the command needs the room of the user. */
const roomForUser = 100;

export function fitClients(lines: readonly ClientLine[], width: number): Fit<ClientLine> {
  const longest = Math.max(...lines.map((line) => textColumns(printable(doingText(line)))));
  const wanted = columns.flatMap((one): readonly Column<ClientLine>[] => {
    if (one.id === 'user') return longest > 0 && width < roomForUser ? [] : [one];
    if (one.id !== 'doing' || longest > briefColumns) return [one];
    return longest > 0 ? [{ ...one, width: briefColumns }] : [];
  });
  return fitColumns(wanted, width - 2, lines);
}

/** `compose` keeps a row for as long as its words stay. */
export function clientRow(
  line: ClientLine,
  fit: Fit<ClientLine>,
  width: number,
  style: RowStyle,
  after: Span | null,
  compose: (words: string, make: () => string) => string,
): string {
  const cells = fit.columns.map(({ column: { cell }, width: own }) => `${own} ${cell(line).text}`);
  const words = ['client', after?.text, line.doing?.tone, ...cells].join('\u0000');
  return compose(words, () => tableRow(fit, line, width, style, { before: [span('  ')], after }));
}

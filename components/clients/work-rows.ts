/** What is under way, most important first: of a client whose log is followed how far it is, of another what it does. */

import { printable, truncate } from '../../src/base/text.ts';
import {
  clauseSpans,
  holderIn,
  type RebuildClause,
  rebuildClauses,
  rebuildTitle,
  shareDone,
} from '../../src/format/rebuild-words.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from '../../src/format/row.ts';
import { mainClient } from '../../src/format/words.ts';
import { clientOfProcess } from '../../src/model/forest/derive-clients.ts';
import type { Client, Model } from '../../src/model/model.ts';
import { type Work, workOf } from '../../src/model/rebuild/client-work.ts';
import type { FollowedRebuild } from '../../src/model/rebuild/followed.ts';
import { type ClientLine, clientRow, fitClients } from './client-rows.ts';

export type WorkModel = Pick<Model, 'clients' | 'transfers' | 'rebuilds' | 'builds' | 'timeMs'>;

/** Rows that were drawn, by what they say: a row is composed anew when its words change. */
export type DrawnRows = ReadonlyMap<string, string>;

type Compose = (words: string, make: () => string) => string;

export interface WorkRows {
  readonly rows: readonly string[];
  readonly drawn: DrawnRows;
}

/** At most `height` rows; the last one says how many are not there. `titled`: the screen names the rebuild already. */
export function workRows(
  model: WorkModel,
  { height, width, titled }: { readonly height: number; readonly width: number; readonly titled: boolean },
  style: RowStyle,
  before: DrawnRows = new Map(),
): WorkRows {
  const works = ordered(model);
  const shown = works.slice(0, height);
  const unshown = works.length - shown.length;
  const more = unshown > 0 ? span(`+${unshown} more`, 'muted') : null;
  let extra = height - shown.length;
  const places = shown.map((work) => {
    const pair = work.client !== null && work.followed !== null && extra > 0;
    if (pair) extra -= 1;
    const told = work.followed === null ? null : tell(work.followed, model, pair);
    const line =
      work.client !== null && (told === null || pair) ? clientLine(work.client, told, model) : null;
    return { ...work, pair, told, line };
  });
  const fit = fitClients(
    places.flatMap(({ line }) => line ?? []),
    width,
  );
  const drawn = new Map<string, string>();
  const compose: Compose = (words, make) => {
    const key = `${width} ${words}`;
    const row = before.get(key) ?? make();
    drawn.set(key, row);
    return row;
  };
  const rows = places.flatMap(({ followed, pair, told, line }, index) => {
    const after = index === places.length - 1 ? more : null;
    const made: string[] = [];
    if (line !== null) made.push(clientRow(line, fit, width, style, told === null ? after : null, compose));
    if (followed !== null && told !== null) {
      const label = titled && works.length === 1 ? soleLabel : rebuildTitle(followed);
      made.push(rebuildRow(followed, told, { label, pair, after, width }, style, compose));
    }
    return made;
  });
  return { rows, drawn };
}

/** What was started to be watched, the rebuild of the main client, what fails or waits, the other rebuilds, the other clients, each by age. */
function ordered(model: WorkModel): readonly Work[] {
  const main = mainClient(model);
  const rank = ({ client, followed }: Work) => {
    if (followed !== null && followed.origin.kind !== 'file') return -1;
    if (client !== null && client === main) return 0;
    if (followed !== null) return followed.failures.length + followed.rebuild.waits.size > 0 ? 1 : 2;
    return client?.waitsFor != null ? 1.5 : 3;
  };
  const age = ({ client, followed }: Work) =>
    client?.ageSec ?? (followed === null ? 0 : (model.timeMs - followed.rebuild.startedMs) / 1000);
  return workOf(model).toSorted((a, b) => rank(a) - rank(b) || age(b) - age(a));
}

interface Told {
  readonly clauses: readonly RebuildClause[];
  /** What the row of the client says of it, where it has one. */
  readonly above: RebuildClause | null;
}

function tell(followed: FollowedRebuild, { timeMs, builds, clients }: WorkModel, pair: boolean): Told {
  const all = rebuildClauses(followed, { nowMs: timeMs, holderOf: holderIn({ builds, clients }) });
  if (!pair || all.length < 2) return { clauses: all, above: null };
  const above = all.find(({ part }) => part === 'doing') ?? all.find(({ part }) => part === 'waits') ?? null;
  return { clauses: all.filter((clause) => clause !== above), above };
}

function clientLine(client: Client, told: Told | null, { clients, transfers }: WorkModel): ClientLine {
  if (told !== null) return { client, copies: [], doing: told.above ?? { text: '' } };
  const copies = transfers.filter(({ clientPid }) => clientOfProcess(clients, clientPid) === client);
  return { client, copies, doing: null };
}

interface RebuildPlace {
  readonly label: string;
  /** Its client's row stands above. */
  readonly pair: boolean;
  readonly after: Span | null;
  readonly width: number;
}

function rebuildRow(
  followed: FollowedRebuild,
  { clauses }: Told,
  { label, pair, after, width }: RebuildPlace,
  style: RowStyle,
  compose: Compose,
): string {
  const share = shareDone(followed);
  const barColumns = width >= 100 ? 12 : 8;
  const cells = share === null ? -1 : Math.round(share * barColumns);
  const words = [label, pair, after?.text, cells, ...clauses.map(wordsOf)].join('\u0000');
  return compose(words, () => {
    const before = beforeRow(label, pair, width, style);
    const rest = after === null ? 0 : spanColumns([after], style.unicode) + 2;
    const room = width - spanColumns(before, style.unicode) - rest;
    const said = clauses.length > 0 ? clauses : nothingYet;
    const drawn = clauseSpans(said, share, barColumns, room, style.unicode);
    if (after === null) return composeRow([...before, ...drawn], width, style);
    const gap = span(' '.repeat(Math.max(2, room + 2 - spanColumns(drawn, style.unicode))));
    return composeRow([...before, ...drawn, gap, after], width, style);
  });
}

/** Heard of, and nothing said yet that has words. */
const nothingYet: readonly RebuildClause[] = [
  { part: 'doing', rank: 0, text: 'nothing heard of it yet', tone: 'muted' },
];

const soleLabel = 'rebuild';

/** A label takes a third of the row at most; the only one stands where the pressure's names do. */
function beforeRow(label: string, pair: boolean, width: number, style: RowStyle): Span[] {
  if (pair) return [span('  ')];
  if (label === soleLabel) return [span(' rebuild ', 'title')];
  const text = truncate(printable(label, style.unicode), Math.max(8, Math.floor(width / 3)), style.unicode);
  return [span(`  ${text}  `)];
}

function wordsOf({ part, text }: RebuildClause): string {
  return `${part} ${text}`;
}

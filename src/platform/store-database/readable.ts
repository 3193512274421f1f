/** Rows of a damaged table, past what cannot be read. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { whyUnreadable } from './sqlite.ts';

export type Row = Readonly<Record<string, SQLInputValue>>;

export interface Gap {
  readonly from: bigint;
  /** First key that can be read again; null: none. */
  readonly to: bigint | null;
}

/** A leaf has tens of keys, what hangs below an inner page thousands. */
const mostTried = 1n << 16n;
const mostKey = 1n << 40n;

/** `select`: `SELECT … FROM …`; `key`: an integer of it, by which it is ordered. Each row has it as `key`. */
export function* readable(
  database: DatabaseSync,
  {
    select,
    key,
    onGap,
  }: { readonly select: string; readonly key: string; readonly onGap: (gap: Gap) => void },
): Generator<Row> {
  const from = `${select} WHERE ${key} >= ? ORDER BY ${key}`;
  const one = prepare(database, `${from} LIMIT 1`);
  let next = 0n;
  for (;;) {
    try {
      // A new one each time: what has failed once fails at its next beginning, too.
      for (const row of prepare(database, from).iterate(next)) {
        const at = (row as Row)['key'];
        // Of a page that belongs elsewhere.
        if (typeof at !== 'bigint' || at + 1n < next) continue;
        next = at + 1n;
        yield row as Row;
      }
      return;
    } catch (error) {
      const why = whyUnreadable(error);
      if (why === null) throw error;
      const to = nextReadable(one, next, why === 'disk');
      onGap({ from: next, to });
      if (to === null) return;
      next = to;
    }
  }
}

export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  return statement;
}

/** A disk that errs takes seconds each time: it is asked less often. */
function nextReadable(one: StatementSync, from: bigint, seldom: boolean): bigint | null {
  let step = 1n;
  let bad = from;
  while (from + step < mostKey) {
    if (reads(one, from + step)) break;
    bad = from + step;
    step = !seldom && step < mostTried ? step + 1n : step * 2n;
  }
  let good = from + step;
  if (good >= mostKey) return null;
  while (good - bad > 1n) {
    const middle = (good + bad) / 2n;
    if (reads(one, middle)) good = middle;
    else bad = middle;
  }
  return good;
}

function reads(one: StatementSync, from: bigint): boolean {
  try {
    one.get(from);
    return true;
  } catch {
    return false;
  }
}

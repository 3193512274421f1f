/** What the checks print: a line an item, its ways out below those that are not ok, and the sum. */
import { plural } from '../base/plural.ts';
import { printable } from '../base/text.ts';
import type { CheckItem, CheckState } from '../model/advice/check.ts';
import { itemRemedies, itemText, itemTitle } from './check-words.ts';
import { noPaint, type Paint, type Tone } from './paint.ts';
import { flow, remedyRows, type Sheet, writeRow } from './remedy-rows.ts';
import { span } from './row.ts';

export interface CheckTextOptions {
  readonly columns: number;
  /** `check rebuild`. */
  readonly command: string;
  /** What was looked at: a configuration, a host. */
  readonly about: string;
  /** Why items are left out, where some are: `--no-evaluation`. */
  readonly leftOut?: string;
  readonly color?: Paint;
  /** Default true. */
  readonly unicode?: boolean;
}

const labels: Readonly<Record<CheckState, readonly [string, Tone]>> = {
  ok: ['ok', 'ok'],
  warning: ['warning', 'warning'],
  failed: ['FAILED', 'danger'],
  unknown: ['unknown', 'muted'],
  'left-out': ['left out', 'muted'],
};
const stateColumns = 10;

/** Rows, without a newline at the end. */
export function formatCheck(items: readonly CheckItem[], options: CheckTextOptions): string {
  const { columns, command, about, leftOut = '', color = noPaint, unicode = true } = options;
  const told = new Set<string>();
  const sheet: Sheet = { width: Math.max(40, columns), style: { paint: color, unicode } };
  return [
    writeRow(sheet, span(`nixpulse ${command}`, 'title'), span(`  ${printable(about)}`)),
    '',
    ...gathered(items).flatMap((group) => groupRows(sheet, group, { leftOut, told })),
    '',
    ...flow(sheet, span(''), sumText(items), items.some(({ state }) => state === 'failed') ? 'danger' : 'ok'),
  ].join('\n');
}

/** What was not looked at for one reason stands in one row, below all that was. */
function gathered(items: readonly CheckItem[]): readonly (readonly [CheckItem, ...CheckItem[]])[] {
  const groups = new Map<unknown, [CheckItem, ...CheckItem[]]>();
  const reasonOf = (item: CheckItem) =>
    item.found.kind === 'unseen' || item.found.kind === 'left-out' ? itemText(item) : item;
  for (const item of items) {
    const group = groups.get(reasonOf(item));
    if (group === undefined) groups.set(reasonOf(item), [item]);
    else group.push(item);
  }
  const all = [...groups.values()];
  return [...all.filter((group) => group.length === 1), ...all.filter((group) => group.length > 1)];
}

function groupRows(
  sheet: Sheet,
  [item, ...others]: readonly [CheckItem, ...CheckItem[]],
  { leftOut, told }: { readonly leftOut: string; readonly told: Set<string> },
): string[] {
  const [label, tone] = labels[item.state];
  const titles = [item, ...others].map(({ id }) => itemTitle(id)).join(', ');
  const said = item.state === 'left-out' ? leftOut : itemText(item);
  const text = said === '' ? titles : `${titles}: ${said}`;
  return [
    ...flow(sheet, span(label.padEnd(stateColumns), tone), printable(text)),
    // Two caches have the same way out: it stands with the first.
    ...itemRemedies(item)
      .filter((remedy) => isNew(JSON.stringify(remedy), told))
      .flatMap((remedy) =>
        remedyRows(sheet, remedy, { label: `${' '.repeat(stateColumns)}way out: `, keyOf: () => null }),
      ),
  ];
}

function isNew(remedy: string, told: Set<string>): boolean {
  return !told.has(remedy) && told.add(remedy) !== undefined;
}

/** `2 failed, 1 warning, 9 ok, 1 unknown`. */
export function sumText(items: readonly CheckItem[]): string {
  const count = (state: CheckState) => items.filter((item) => item.state === state).length;
  const parts = [
    [count('failed'), 'failed'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('ok'), 'ok'],
    [count('unknown'), 'unknown'],
    [count('left-out'), 'left out'],
  ] as const;
  const told = parts.flatMap(([number, word]) => (number === 0 ? [] : [`${number} ${word}`]));
  return told.length === 0 ? `${plural(0, 'item')} looked at` : told.join(', ');
}

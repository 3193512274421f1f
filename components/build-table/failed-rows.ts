/** What failed, below the builds: which derivation, in which phase, after how long, and why. */
import { formatDuration } from '../../src/base/duration.ts';
import type { BuildLine } from '../../src/format/build-columns.ts';
import { rootCauseRow } from '../../src/format/causes.ts';
import { type Cell, type Column, type Fit, fitColumns, tableRow } from '../../src/format/columns.ts';
import { failedAge, failedTitle, phaseText } from '../../src/format/failed-words.ts';
import { span } from '../../src/format/row.ts';
import type { FailedRow } from '../../src/state/state.ts';
import type { Theme } from '../theme.ts';

/** `FAILED  exit code 2` and a word of what was said. */
const leastCause = 28;

const name: Column<FailedRow> = {
  id: 'name',
  title: '',
  align: 'left',
  width: 20,
  keep: 100,
  most: 44,
  cell: (row) => ({ text: failedTitle(row) }),
};
const phase: Column<FailedRow> = {
  id: 'phase',
  title: '',
  align: 'left',
  width: 9,
  keep: 20,
  most: 14,
  cell: ({ build }) => ({ text: phaseText(build?.phases.at(-1)?.name ?? null), tone: 'muted' }),
};
const age: Column<FailedRow> = {
  id: 'age',
  title: '',
  align: 'right',
  width: 7,
  keep: 30,
  cell: ({ build }) => ({ text: formatDuration(failedAge(build)), tone: 'muted' }),
};
const cause: Column<FailedRow> = {
  id: 'cause',
  title: '',
  align: 'left',
  width: leastCause,
  keep: 90,
  most: Number.POSITIVE_INFINITY,
  cell: causeCell,
};

const columns = [name, phase, age, cause] as const;
const markColumns = 2;

function causeCell({ root }: FailedRow): Cell {
  return { text: rootCauseRow(root), lead: { text: 'FAILED', tone: 'danger' } };
}

export interface FailedList {
  readonly failed: readonly FailedRow[];
  readonly height: number;
  /** Key of the selected row, of whichever list. */
  readonly selected: string | null;
  /** The columns of the builds above: names and times stand below theirs; null where there are none. */
  readonly above: Fit<BuildLine> | null;
}

/** As many as there is room for, the selected one among them. */
export function failedRowsDrawn(
  { failed, height, selected, above }: FailedList,
  width: number,
  theme: Theme,
): string[] {
  const at = failed.findIndex(({ key }) => key === selected);
  const first = Math.max(0, at - height + 1);
  const visible = failed.slice(first, first + height);
  const fit = fitBelow(above, visible, width - markColumns);
  const unseen = failed.length - visible.length;
  return visible.map((row, index) => {
    const chosen = first + index === at;
    const last = index === visible.length - 1;
    return tableRow(fit, row, width, theme, {
      before: [
        { text: '×', tone: 'danger' },
        { text: chosen ? theme.selectedMark : ' ', tone: 'muted' },
      ],
      after: last && unseen > 0 ? span(`+${unseen} more`, 'muted') : null,
      whole: chosen ? 'selection' : undefined,
    });
  });
}

/** The leading columns of the builds as wide as they are there, the rest for the cause; without room for it fewer columns. */
function fitBelow(above: Fit<BuildLine> | null, rows: readonly FailedRow[], width: number): Fit<FailedRow> {
  if (above !== null) {
    const leading = above.columns.flatMap(({ column: { id }, width: own }) => {
      const column = columns.find((one) => one.id === id);
      return column === undefined ? [] : [{ column, width: own }];
    });
    const taken = leading.reduce((sum, { width: own }) => sum + own + above.gap, 0);
    if (width - taken >= cause.width)
      return { columns: [...leading, { column: cause, width: width - taken }], gap: above.gap };
  }
  return fitColumns(columns, width, rows);
}

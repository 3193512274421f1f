/** The row above the footer: what is being typed or chosen, or a notice. */

import { printable, textColumns } from '../../src/base/text.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import type { Mode } from '../../src/model/ui/modes.ts';
import type { SortId, UiState } from '../../src/state/state.ts';
import { sortTitle } from '../build-table/summary-row.ts';

export interface PromptFacts {
  readonly mode: Mode;
  readonly notice: UiState['notice'];
  /** In the order in which the cursor walks through them. */
  readonly sortIds: readonly SortId[];
}

/** null: there is nothing to say. */
export function promptRow(
  { mode, notice, sortIds }: PromptFacts,
  width: number,
  style: RowStyle,
): string | null {
  const said = notice === null ? [] : [span(notice.text, notice.level === 'warning' ? 'warning' : 'accent')];
  const asked = question(mode, sortIds, width, style);
  if (asked === null) return notice === null ? null : composeRow([span(' '), ...said], width, style);
  const spans = said.length === 0 ? asked : [...asked, span('  '), ...said];
  return composeRow([span(' '), ...spans], width, style);
}

function question(mode: Mode, sortIds: readonly SortId[], width: number, style: RowStyle): Span[] | null {
  switch (mode.kind) {
    case 'search':
      return typed('search: ', mode.text, width, style);
    case 'filter':
      return typed('filter: ', mode.text, width, style);
    case 'jump':
      return typed('jump to: ', mode.text, width, style);
    case 'help':
      return mode.typing ? typed('filter help: ', mode.filter, width, style) : null;
    case 'log':
      return mode.typing === null ? null : typed('search log: ', mode.search, width, style);
    case 'sort':
      return [
        span('sort by: ', 'title'),
        ...sortIds.flatMap((id, index) => [
          index === mode.cursor ? span(`[${sortTitle(id)}]`, 'selection') : span(` ${sortTitle(id)} `),
        ]),
      ];
    case 'choose':
      return [
        span(`${mode.title}: `, 'title'),
        ...menu(
          mode.choices.map(({ title }) => title),
          mode.cursor,
          width - mode.title.length - 4,
        ),
      ];
    default:
      return null;
  }
}

/** As many entries as fit, the one under the cursor among them. */
function menu(titles: readonly string[], cursor: number, room: number): Span[] {
  const columns = (from: number) =>
    titles.slice(from, cursor + 1).reduce((sum, title) => sum + textColumns(printable(title)) + 2, 0);
  let from = 0;
  while (from < cursor && columns(from) > room) from += 1;
  return titles.slice(from).map((title, index) => {
    const chosen = from + index === cursor;
    return chosen ? span(`[${title}]`, 'selection') : span(` ${title} `);
  });
}

/** The end of a long text stays visible: that is where one types. */
function typed(label: string, text: string, width: number, style: RowStyle): Span[] {
  const safe = [...printable(text, style.unicode)];
  const room = Math.max(4, width - label.length - 4);
  while (textColumns(safe.join('')) > room) safe.shift();
  return [span(label, 'title'), span(safe.join('')), span(' ', 'selection')];
}

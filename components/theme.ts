/**
 * How the screen looks: tones by meaning in the terminal's 8 colours, or none; Unicode or ASCII. Never
 * colour alone: without it the selected row has a mark, and levels are words in any case.
 */
import { useSelect } from '../hooks/use-select.ts';
import { colorPaint, type Paint, plainPaint, type ToneLooks } from '../src/format/paint.ts';
import type { RowStyle } from '../src/format/row.ts';
import { usualLooks } from '../src/model/ui/tones.ts';
import type { State } from '../src/state/state.ts';

export type { Tone } from '../src/format/paint.ts';

export interface Theme extends RowStyle {
  /** Stands before the selected row. */
  readonly selectedMark: string;
}

type Looks = Readonly<Record<'unicode' | 'ascii', Theme>>;
const looks = (paint: Paint, selectedMark: string): Looks => ({
  unicode: { paint, unicode: true, selectedMark },
  ascii: { paint, unicode: false, selectedMark },
});
const themes = {
  color: looks(colorPaint({}), ' '),
  console: looks(colorPaint({ console: true }), ' '),
  plain: looks(plainPaint, '>'),
};

/** Of settings that are read again there are new ones. */
const own = new WeakMap<ToneLooks, Readonly<Record<'color' | 'console', Looks>>>([[usualLooks, themes]]);

function themesOf(tones: ToneLooks) {
  const known = own.get(tones);
  if (known !== undefined) return known;
  // Where the cursor is must be seen, whatever somebody finds beautiful.
  const mark = tones.selection.includes('reverse') ? ' ' : '>';
  const made = {
    color: looks(colorPaint({ looks: tones }), mark),
    console: looks(colorPaint({ console: true, looks: tones }), mark),
  };
  own.set(tones, made);
  return made;
}

/** The same object for the same terminal. */
export function themeFor(
  terminal: Pick<State['terminal'], 'unicode' | 'color' | 'console' | 'looks'>,
): Theme {
  const { color, console } = themesOf(terminal.looks ?? usualLooks);
  const colors = terminal.console === true ? console : color;
  return (terminal.color ? colors : themes.plain)[terminal.unicode ? 'unicode' : 'ascii'];
}

export function useTheme(): Theme {
  return themeFor(useSelect((state) => state.terminal));
}

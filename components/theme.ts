/**
 * How the screen looks: tones by meaning in the terminal's 8 colours, or none; Unicode or ASCII. Never
 * colour alone: without it the selected row has a mark, and levels are words in any case.
 */
import { useSelect } from '../hooks/use-select.ts';
import { ansiPaint, plainPaint } from '../src/format/paint.ts';
import type { RowStyle } from '../src/format/row.ts';

export type { Tone } from '../src/format/paint.ts';

export interface Theme extends RowStyle {
  /** Stands before the selected row. */
  readonly selectedMark: string;
}

const themes: Readonly<Record<'color' | 'plain', Readonly<Record<'unicode' | 'ascii', Theme>>>> = {
  color: {
    unicode: { paint: ansiPaint, unicode: true, selectedMark: ' ' },
    ascii: { paint: ansiPaint, unicode: false, selectedMark: ' ' },
  },
  plain: {
    unicode: { paint: plainPaint, unicode: true, selectedMark: '>' },
    ascii: { paint: plainPaint, unicode: false, selectedMark: '>' },
  },
};

/** The same object for the same terminal. */
export function themeFor(terminal: { readonly unicode: boolean; readonly color: boolean }): Theme {
  return themes[terminal.color ? 'color' : 'plain'][terminal.unicode ? 'unicode' : 'ascii'];
}

export function useTheme(): Theme {
  return themeFor(useSelect((state) => state.terminal));
}

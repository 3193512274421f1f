/** Columns, rows and abilities of the terminal; the same object while they do not change. */
import type { TerminalState } from '../src/state/state.ts';
import { useSelect } from './use-select.ts';

export function useTerminalSize(): TerminalState {
  return useSelect((state) => state.terminal);
}

/** The command table for the footer and the help. */
import { useMemo } from 'react';
import { type FooterEntry, footerEntries } from '../src/commands/footer.ts';
import type { HelpLine } from '../src/commands/help.ts';
import { keyModeOf } from '../src/model/ui/modes.ts';
import { topMode } from '../src/state/selectors.ts';
import { helpOf, isAtFailed } from '../src/state/situation.ts';
import { useApp } from './app-context.ts';
import { useSelect } from './use-select.ts';

/** Most important first: draw as many as fit. */
export function useFooter(): readonly FooterEntry[] {
  const mode = useSelect((state) => keyModeOf(topMode(state)));
  const view = useSelect((state) => state.ui.view);
  const readOnly = useSelect((state) => state.health.readOnly);
  const failed = useSelect((state) => isAtFailed(state, topMode(state)));
  const recorded = useSelect((state) => state.replay !== null);
  const canReturn = useSelect((state) => state.replay?.canReturn === true);
  const playing = useSelect((state) => state.replay?.playing === true);
  return useMemo(
    () => footerEntries(mode, view, { readOnly, failed, replay: recorded ? { canReturn, playing } : null }),
    [mode, view, readOnly, failed, recorded, canReturn, playing],
  );
}

/** The help's lines, filtered; the mode's `scroll` is the first one to draw. */
export function useHelp(): readonly HelpLine[] {
  const { store } = useApp();
  const ui = useSelect((state) => state.ui);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is blocked depends on the ui and the rows it shows.
  return useMemo(() => helpOf(store.getState()), [store, ui]);
}

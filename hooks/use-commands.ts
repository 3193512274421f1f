/** The command table for the footer and the help. */
import { useCallback, useMemo } from 'react';
import { blockedReason } from '../src/commands/command.ts';
import { type FooterEntry, footerEntries } from '../src/commands/footer.ts';
import type { HelpLine } from '../src/commands/help.ts';
import { keyLabel } from '../src/commands/key-label.ts';
import { commands } from '../src/commands/table.ts';
import { keyModeOf } from '../src/model/ui/modes.ts';
import { topMode } from '../src/state/selectors.ts';
import { helpOf, isAtFailed, situationOf } from '../src/state/situation.ts';
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

/** By the id of a command: the name of its key, and why it does not work now; null where there is no such command. */
export function useKeyOf() {
  const { store } = useApp();
  const model = useSelect((state) => state.model);
  const ui = useSelect((state) => state.ui);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is blocked is asked of the whole state.
  return useCallback(
    (id: string) => {
      const command = commands.find((one) => one.id === id);
      if (command === undefined) return null;
      const blocked = blockedReason(command, situationOf(store.getState())) ?? null;
      return { key: keyLabel(command.keys[0] ?? ''), blocked };
    },
    [store, model, ui],
  );
}

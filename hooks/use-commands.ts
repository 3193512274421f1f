/** The command table for the footer and the help. */
import { useCallback, useMemo } from 'react';
import { blockedReason } from '../src/commands/command.ts';
import { blockedHints, type FooterEntry, footerEntries, hasHints } from '../src/commands/footer.ts';
import type { HelpLine } from '../src/commands/help.ts';
import { keyLabel } from '../src/commands/key-label.ts';
import { commands } from '../src/commands/table.ts';
import { keyModeOf } from '../src/model/ui/modes.ts';
import { topMode } from '../src/state/selectors.ts';
import { helpOf, isAtFailed, situationOf } from '../src/state/situation.ts';
import type { State } from '../src/state/state.ts';
import { useApp } from './app-context.ts';
import { useSelect } from './use-select.ts';

function searchesLog(state: State): boolean {
  const top = topMode(state);
  return top.kind === 'log' && top.search !== '';
}

/** Most important first: draw as many as fit. */
export function useFooter(): readonly FooterEntry[] {
  const mode = useSelect((state) => keyModeOf(topMode(state)));
  const view = useSelect((state) => state.ui.view);
  const readOnly = useSelect((state) => state.health.readOnly);
  const failed = useSelect((state) => isAtFailed(state, topMode(state)));
  const recorded = useSelect((state) => state.replay !== null);
  const canReturn = useSelect((state) => state.replay?.canReturn === true);
  const playing = useSelect((state) => state.replay?.playing === true);
  const command = useSelect((state) => state.command !== null);
  const frozen = useSelect((state) => state.ui.frozen !== null);
  const searching = useSelect(searchesLog);
  // As text: the same while it says the same.
  const blocked = useSelect((state) =>
    hasHints(keyModeOf(topMode(state)), state.ui.view) ? blockedHints(situationOf(state)).join(' ') : '',
  );
  return useMemo(() => {
    const replay = recorded ? { canReturn, playing } : null;
    const facts = { readOnly, failed, replay, command, frozen, searching, blocked: blocked.split(' ') };
    return footerEntries(mode, view, facts);
  }, [mode, view, readOnly, failed, recorded, canReturn, playing, command, frozen, searching, blocked]);
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

/** What acting takes, whoever acts. */
import type { ActionContext, Actions } from '../actions/action.ts';
import type { Progress } from '../model/intents/outcome.ts';

export interface ActionDeps
  extends Pick<
    ActionContext,
    'ports' | 'readForest' | 'stateDirectory' | 'registries' | 'probes' | 'lasting' | 'collect'
  > {
  /** Those that are there: rescue has two. */
  readonly actions: Partial<Actions>;
  /** Who acts, for the journal: `root`, `root for ada`. */
  readonly user: string;
}

/** Of one action; of a reading, that nobody hears of and nobody cancels. */
export function contextOf(
  { ports, readForest, stateDirectory, registries, probes, lasting, collect }: ActionDeps,
  report: (progress: Progress) => void = () => {},
  cancelled: AbortSignal = new AbortController().signal,
): ActionContext {
  return {
    ports,
    readForest,
    stateDirectory,
    ...(registries && { registries }),
    report,
    cancelled,
    ...(probes && { probes }),
    ...(lasting && { lasting }),
    ...(collect && { collect }),
  };
}

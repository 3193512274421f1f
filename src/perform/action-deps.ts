/** What acting takes, whoever acts. */
import type { ActionContext } from '../actions/action.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Outcome, Progress } from '../model/intents/outcome.ts';

export interface ActionDeps extends Pick<ActionContext, 'ports' | 'readForest' | 'stateDirectory'> {
  readonly performIntent: (intent: Intent, context: ActionContext) => Promise<Outcome>;
  /** Who acts, for the journal: `root`, `root for ada`. */
  readonly user: string;
}

/** Of one action; of a reading, that nobody hears of and nobody cancels. */
export function contextOf(
  { ports, readForest, stateDirectory }: ActionDeps,
  report: (progress: Progress) => void = () => {},
  cancelled: AbortSignal = new AbortController().signal,
): ActionContext {
  return { ports, readForest, stateDirectory, report, cancelled };
}

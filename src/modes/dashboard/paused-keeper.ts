/** What nixpulse paused: shown with a clock, offered at the start, resumed when we leave. */
import { leftBehind } from '../../actions/change-registry.ts';
import { pausedBuilds, resumeAll, stillPaused } from '../../actions/paused-builds.ts';
import { identityKey } from '../../base/identity.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { PausedMark } from '../../model/intents/paused-mark.ts';
import { type ActionDeps, contextOf } from '../../perform/action-deps.ts';
import type { DashboardStore } from '../../state/create.ts';
import { applyPaused, offer } from '../../state/questions.ts';
import type { State } from '../../state/state.ts';

export interface PausedKeeper {
  /** Reads the registry again. */
  refresh(): Promise<void>;
  /** Asks whether what an earlier nixpulse left paused is to be resumed. */
  offerLeftBehind(): Promise<void>;
  /** Of ours only. */
  resumeOwn(perform: (intent: Intent) => Promise<Outcome | null>): Promise<void>;
  close(): void;
}

export function createPausedKeeper(store: DashboardStore, deps: ActionDeps): PausedKeeper {
  const { ports, readForest } = deps;
  const { files, native } = ports;

  async function refresh(): Promise<void> {
    const recorded = await pausedBuilds.load(deps);
    const orphans = leftBehind(recorded, files);
    const marks = recorded.map(
      (build): PausedMark => ({
        target: build.target,
        pausedAtMs: build.pausedAtMs,
        ours: build.by.pid === native.pid && !orphans.includes(build),
      }),
    );
    store.setState((state) => applyPaused(state, marks), true);
  }

  // Whoever else pauses or resumes: another nixpulse, a command.
  let known = pausedKeys(store.getState());
  const unsubscribe = store.subscribe((state, before) => {
    if (state.model.builds === before.model.builds) return;
    const keys = pausedKeys(state);
    if (keys === known) return;
    known = keys;
    void refresh();
  });

  return {
    refresh,
    async offerLeftBehind() {
      await refresh();
      const raw = readForest();
      if (raw === null) return;
      const left = stillPaused(leftBehind(await pausedBuilds.load(deps), files), raw, files);
      const marks = left.map(({ target, pausedAtMs }): PausedMark => ({ target, pausedAtMs, ours: false }));
      store.setState((state) => offer(state, marks), true);
    },
    async resumeOwn(perform) {
      await resumeAll((targets) => perform({ type: 'resume', targets }), contextOf(deps), 'own');
    },
    close: unsubscribe,
  };
}

function pausedKeys({ model }: State): string {
  return model.builds
    .filter(({ paused }) => paused)
    .map(identityKey)
    .join(' ');
}

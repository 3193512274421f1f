/** What nixpulse changed of builds: shown, offered or put back at the start, undone when we leave. */
import { leftBehind } from '../../actions/change-registry.ts';
import { loweredBuilds } from '../../actions/lowered-builds.ts';
import { pausedBuilds, stillPaused } from '../../actions/paused-builds.ts';
import { identityKey } from '../../base/identity.ts';
import type { Intent } from '../../model/intents/intent.ts';
import { type LoweredMark, loweredMarkOf } from '../../model/intents/lowered-mark.ts';
import type { JournalEntry, Outcome } from '../../model/intents/outcome.ts';
import type { PausedMark } from '../../model/intents/paused-mark.ts';
import type { LoweredBuild } from '../../parse/lowered-file.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import { leaveOwn, restoringEnded, restoringLeftBehind, undoOwn } from '../../perform/undo-changes.ts';
import type { DashboardStore } from '../../state/create.ts';
import { applyLowered, applyPaused, offer } from '../../state/questions.ts';
import type { State } from '../../state/state.ts';

type Perform = (intent: Intent) => Promise<Outcome | null>;

export interface ChangesKeeper {
  /** An action of ours: what it lowered or limited is known to be ours at once. */
  ended(entry: Pick<JournalEntry, 'intent' | 'status'>): void;
  /** Reads the registries again. */
  refresh(): Promise<void>;
  /** Puts back what an earlier nixpulse left lowered; asks whether what it left paused is to be resumed. */
  offerLeftBehind(): Promise<void>;
  /** Of ours only. */
  undoOwn(): Promise<void>;
  /** Ours stays as it is. */
  leaveOwn(): Promise<void>;
  close(): void;
}

/** Another nixpulse may put back what we show as lowered: where the machine does not say so, its registry does. */
const lookAgainMs = 5000;

export function createChangesKeeper(
  store: DashboardStore,
  deps: ActionDeps,
  perform: Perform,
): ChangesKeeper {
  const { ports, readForest } = deps;
  const { files, native, clock } = ports;
  let lookedMs = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<void> {
    lookedMs = clock.monotonic();
    const paused = await pausedBuilds.load(deps);
    const lowered = await loweredBuilds.load(deps);
    const gone = leftBehind(lowered, files);
    const orphans = leftBehind(paused, files);
    const marks = paused.map(
      (build): PausedMark => ({
        target: build.target,
        pausedAtMs: build.pausedAtMs,
        ours: build.by.pid === native.pid && !orphans.includes(build),
      }),
    );
    const others = lowered.map((build) =>
      markOf(build, build.by.pid === native.pid && !gone.includes(build)),
    );
    store.setState((state) => applyLowered(applyPaused(state, marks), others), true);
  }

  // Whoever else changes something: another nixpulse, a command.
  let known = changedKeys(store.getState());
  const unsubscribe = store.subscribe((state, before) => {
    if (state.model.builds === before.model.builds) return;
    const keys = changedKeys(state);
    const late = state.lowered.length > 0 && clock.monotonic() - lookedMs >= lookAgainMs;
    if (keys === known && !late) return;
    known = keys;
    void refresh();
    if (state.lowered.length > 0) void putBackEnded();
  });

  /** Each once: what cannot be put back is said, and not tried without end. */
  const tried = new Set<string>();
  async function putBackEnded(): Promise<void> {
    const intent = await restoringEnded(deps);
    const targets = intent?.targets.filter(({ root }) => !tried.has(identityKey(root))) ?? [];
    if (targets.length === 0) return;
    for (const { root } of targets) tried.add(identityKey(root));
    await perform({ type: 'restore', targets });
  }

  async function putBack(which: (deps: ActionDeps) => Promise<Intent | null>): Promise<void> {
    const intent = await which(deps);
    if (intent !== null) await perform(intent);
  }

  return {
    ended({ intent, status }) {
      if (intent.type !== 'lower' && intent.type !== 'limit') return;
      if (status === 'done' || status === 'incomplete') {
        store.setState((state) => applyLowered(state, withOurs(state.lowered, intent, clock.now())), true);
      }
      void refresh();
    },
    refresh,
    async offerLeftBehind() {
      if (!store.getState().health.readOnly) await putBack(restoringLeftBehind);
      await refresh();
      const raw = readForest();
      if (raw === null) return;
      const left = stillPaused(leftBehind(await pausedBuilds.load(deps), files), raw, files);
      const marks = left.map(({ target, pausedAtMs }): PausedMark => ({ target, pausedAtMs, ours: false }));
      store.setState((state) => offer(state, marks), true);
    },
    undoOwn: () => undoOwn(deps, perform),
    leaveOwn: () => leaveOwn(deps),
    close: unsubscribe,
  };
}

/** Until the registry has been read: of several some may not have been lowered. */
function withOurs(
  marks: readonly LoweredMark[],
  intent: Extract<Intent, { readonly type: 'lower' | 'limit' }>,
  atMs: number,
): readonly LoweredMark[] {
  const limit = intent.type === 'limit' ? intent : null;
  const ours = intent.targets.map((target): LoweredMark => {
    const before = loweredMarkOf(target.root, marks);
    return {
      ...{ target, atMs, ours: true },
      lowered: limit === null || before?.lowered === true,
      limited: limit !== null || before?.limited === true,
      memoryHighBytes: limit?.memoryHighBytes ?? before?.memoryHighBytes ?? null,
    };
  });
  return [...marks.filter(({ target }) => loweredMarkOf(target.root, ours) === null), ...ours];
}

function markOf(
  { target, loweredAtMs, threads, sessions, cgroups, units }: LoweredBuild,
  ours: boolean,
): LoweredMark {
  const high = cgroups.find(({ setting }) => setting === 'memory.high') ?? units.find(isMemory);
  const weighted = cgroups.some(({ setting }) => setting === 'cpu.weight');
  const lowered = threads.length + sessions.length > 0 || weighted;
  return {
    ...{ target, atMs: loweredAtMs, ours, lowered },
    limited: units.length > 0 || high !== undefined || (!lowered && cgroups.length > 0),
    memoryHighBytes: high === undefined ? null : Number(high.set),
  };
}

function isMemory({ property }: LoweredBuild['units'][number]): boolean {
  return property === 'MemoryHigh';
}

function changedKeys({ model }: State): string {
  return model.builds
    .filter(({ paused, lowered, limited }) => paused || lowered || limited)
    .map(
      (build) =>
        `${identityKey(build)} ${Number(build.paused)}${Number(build.lowered)}${Number(build.limited)}`,
    )
    .join(' ');
}

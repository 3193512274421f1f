/** The one way from a stream's events to the state of its rebuilds: pure, one call a tick. */
import type { LogEvent } from '../model/rebuild/log-event.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { writerOfId } from './activity-ids.ts';
import { bounds } from './bounds.ts';
import { Draft } from './draft.ts';
import { foldEvent } from './fold-event.ts';
import { type LogState, newMemory, newRebuild } from './log-state.ts';

/**
 * `timeMs`: when the events were read, Unix ms. The state before is not touched; without events it is returned as
 * it is. Never throws, whatever the events are.
 */
export function foldLog(state: LogState, events: readonly LogEvent[], timeMs: number): LogState {
  if (events.length === 0) return state;
  const drafts = new Map<string, Draft>();
  let lastKey = state.lastKey;

  const draftOf = (key: string): Draft => {
    const open = drafts.get(key);
    if (open !== undefined) return open;
    const rebuild = state.rebuilds.find((one) => one.key === key) ?? begun(key, state.writers, timeMs);
    const draft = new Draft(rebuild, state.memories.get(key) ?? newMemory, timeMs);
    drafts.set(key, draft);
    return draft;
  };

  for (const event of events) {
    if (event.kind === 'end' && state.writers === 'many') {
      for (const { key } of state.rebuilds) draftOf(key);
      for (const draft of drafts.values()) if (draft.rebuild.ended === null) foldEvent(draft, event);
      continue;
    }
    const key = state.writers === 'one' ? 'stream' : (keyOf(event, state, drafts) ?? lastKey ?? 'stream');
    lastKey = key;
    foldEvent(draftOf(key), event);
  }
  return finish(state, drafts, lastKey);
}

/** Of a file of many its key is its writer, also where the log begins in the middle and no start of his is in it. */
function begun(key: string, writers: LogState['writers'], timeMs: number): Rebuild {
  const rebuild = newRebuild(key, timeMs);
  return writers === 'one' || key === 'stream' ? rebuild : { ...rebuild, writers: [Number(key)] };
}

function finish(state: LogState, drafts: ReadonlyMap<string, Draft>, lastKey: string | null): LogState {
  const memories = new Map(state.memories);
  const changed = new Map<string, LogState['rebuilds'][number]>();
  for (const [key, draft] of drafts) {
    const { rebuild, memory } = draft.finish();
    changed.set(key, rebuild);
    memories.set(key, memory);
  }
  let rebuilds = state.rebuilds.map((rebuild) => {
    const next = changed.get(rebuild.key);
    changed.delete(rebuild.key);
    return next ?? rebuild;
  });
  rebuilds.push(...changed.values());
  if (rebuilds.length > bounds.rebuilds) {
    const heard = [...rebuilds].sort((a, b) => b.updatedMs - a.updatedMs).slice(0, bounds.rebuilds);
    for (const { key } of rebuilds.filter((rebuild) => !heard.includes(rebuild))) memories.delete(key);
    rebuilds = rebuilds.filter((rebuild) => heard.includes(rebuild));
  }
  return { ...state, rebuilds, memories, lastKey };
}

/** The writer's pid; what has no id belongs to whoever has the derivation that it names. */
function keyOf(event: LogEvent, state: LogState, drafts: ReadonlyMap<string, Draft>): string | null {
  if ('id' in event) {
    const writer = writerOfId(event.id);
    return writer === null ? null : String(writer);
  }
  const drv =
    event.kind === 'message' && event.meaning?.kind === 'failure' ? event.meaning.failure.drv : null;
  if (drv === null) return null;
  for (const { rebuild } of drafts.values())
    if (rebuild.running.has(drv) || rebuild.finished.has(drv) || rebuild.failed.has(drv)) return rebuild.key;
  const known = state.rebuilds.find(
    ({ running, finished, failed }) => running.has(drv) || finished.has(drv) || failed.has(drv),
  );
  return known?.key ?? null;
}

/** What we stopped (`<state>/paused.json`): offered at the next start, resumed on exit. */
import { sameProcess } from '../base/identity.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import { type PausedBuild, parsePaused } from '../parse/paused-file.ts';
import type { Files } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { isFrozen } from './build-cgroup.ts';
import { createChangeRegistry, ownOf } from './change-registry.ts';

export const pausedBuilds = createChangeRegistry<PausedBuild>('paused.json', parsePaused);

/** Those of which something recorded is still there, the very same process, and still stopped. */
export function stillPaused(
  builds: readonly PausedBuild[],
  raw: ForestRaw,
  files: Files,
): readonly PausedBuild[] {
  const byPid = new Map(raw.processes.map((process) => [process.pid, process]));
  return builds.filter(({ processes, cgroup }) => {
    const there = processes.flatMap((one) => {
      const process = byPid.get(one.pid);
      return process !== undefined && sameProcess(process, one) ? [process] : [];
    });
    return (
      there.some(({ state }) => state === 'T') ||
      (there.length > 0 && cgroup !== null && isFrozen(cgroup, files))
    );
  });
}

/** Resumes what is recorded and still stopped: on exit what we paused ourselves, else all of it. */
export async function resumeAll(
  resume: (targets: readonly BuildTarget[]) => Promise<Outcome | null>,
  context: ActionContext,
  whose: 'own' | 'all',
): Promise<Outcome | null> {
  const recorded = await pausedBuilds.load(context);
  return resumeThese(resume, context, whose === 'all' ? recorded : ownOf(recorded, context.ports));
}

/** What has ended meanwhile is forgotten. Null: nothing stands still. */
export async function resumeThese(
  resume: (targets: readonly BuildTarget[]) => Promise<Outcome | null>,
  context: ActionContext,
  wanted: readonly PausedBuild[],
): Promise<Outcome | null> {
  const raw = context.readForest();
  const paused = raw === null ? [] : stillPaused(wanted, raw, context.ports.files);
  const ended = wanted.filter((one) => !paused.includes(one));
  if (ended.length > 0) {
    await pausedBuilds.forget(
      ended.map(({ target }) => target.root),
      context,
    );
  }
  return paused.length === 0 ? null : resume(paused.map(({ target }) => target));
}

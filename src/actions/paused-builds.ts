/**
 * What we stopped, kept in `<state>/paused.json` so that it survives us: offered at the next start,
 * resumed on exit. Of an earlier boot nothing counts.
 */
import { type ProcessIdentity, sameProcess } from '../base/identity.ts';
import { ok, type Result } from '../base/problem.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import { type PausedBuild, parsePaused } from '../parse/paused-file.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Files, Ports } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { isFrozen } from './build-cgroup.ts';

export type PausedContext = Pick<ActionContext, 'ports' | 'stateDirectory'>;

const pathOf = ({ stateDirectory }: PausedContext) => `${stateDirectory}/paused.json`;

/** Everything recorded in this boot, whoever paused it; a file that is not ours to understand is empty. */
export async function loadPaused(context: PausedContext): Promise<readonly PausedBuild[]> {
  const text = await context.ports.ownFiles.read(pathOf(context));
  const file = text.ok ? parsePaused(text.value) : null;
  return file !== null && file.bootId === bootId(context.ports.files) ? file.builds : [];
}

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

/** Recorded by a nixpulse that is no more: to be offered at the start. */
export function leftBehind(builds: readonly PausedBuild[], files: Files): readonly PausedBuild[] {
  return builds.filter(({ by }) => startTimeOf(by.pid, files) !== by.startTime);
}

/** Adds or replaces by root. `gone` boot ids, full disks: the caller says that it is not recorded. */
export function remember(
  builds: readonly Omit<PausedBuild, 'by'>[],
  context: PausedContext,
): Promise<Result<void>> {
  const { files, native } = context.ports;
  const by = { pid: native.pid, startTime: startTimeOf(native.pid, files) ?? 0 };
  return rewrite(context, (before) => [
    ...before.filter((old) => !builds.some((one) => sameProcess(one.target.root, old.target.root))),
    ...builds.map((one) => ({ ...one, by })),
  ]);
}

export function forget(roots: readonly ProcessIdentity[], context: PausedContext): Promise<Result<void>> {
  return rewrite(context, (before) =>
    before.filter(({ target }) => !roots.some((root) => sameProcess(root, target.root))),
  );
}

/** Resumes what is recorded and still stopped: on exit what we paused ourselves, else all of it. */
export async function resumeAll(
  resume: (targets: readonly BuildTarget[]) => Promise<Outcome | null>,
  context: ActionContext,
  whose: 'own' | 'all',
): Promise<Outcome | null> {
  const { files, native } = context.ports;
  const raw = context.readForest();
  const recorded = await loadPaused(context);
  const mine = (by: ProcessIdentity) => by.pid === native.pid && startTimeOf(by.pid, files) === by.startTime;
  const wanted = recorded.filter(({ by }) => whose === 'all' || mine(by));
  const paused = raw === null ? [] : stillPaused(wanted, raw, files);
  const ended = wanted.filter((one) => !paused.includes(one));
  if (ended.length > 0) {
    await forget(
      ended.map(({ target }) => target.root),
      context,
    );
  }
  return paused.length === 0 ? null : resume(paused.map(({ target }) => target));
}

let turn: Promise<unknown> = Promise.resolve();

/** One after the other: two changes at once would lose one. */
function rewrite(
  context: PausedContext,
  change: (before: readonly PausedBuild[]) => readonly PausedBuild[],
): Promise<Result<void>> {
  const { ownFiles, files } = context.ports;
  const mine = turn.then(async () => {
    const before = await loadPaused(context);
    const builds = change(before);
    if (builds.length === 0) return before.length === 0 ? ok(undefined) : ownFiles.remove(pathOf(context));
    const text = `${JSON.stringify({ version: 1, bootId: bootId(files), builds })}\n`;
    return ownFiles.replace(pathOf(context), text);
  });
  turn = mine.catch(() => {});
  return mine;
}

function bootId(files: Ports['files']): string {
  const text = files.read('/proc/sys/kernel/random/boot_id');
  return text.ok ? text.value.trim() : '';
}

function startTimeOf(pid: number, files: Files): number | null {
  const text = files.read(`/proc/${pid}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  return stat.ok ? stat.value.startTime : null;
}

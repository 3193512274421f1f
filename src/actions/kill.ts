/** Kill builds: every process of each, by identity; says what ended, what it brought, and what became of the clients. */

import { bytesText } from '../base/bytes.ts';
import { tookText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import type { Forest } from '../model/forest/forest.ts';
import { type BuildTarget, titleOfTarget } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { parseMeminfo } from '../parse/meminfo.ts';
import type { Files } from '../platform/ports.ts';
import type { Action, ActionContext } from './action.ts';
import { proofOf } from './build-processes.ts';
import { type EndedBuild, endBuilds } from './end-builds.ts';
import { clientOfBuild, forestNow, isRunning, type OwningClient } from './forest-now.ts';
import { wait } from './wait.ts';
import { notPermitted } from './wording.ts';

/** A client without --keep-going ends once its other builders have. */
const clientPatienceMs = 2000;
const lookMs = 20;
/** Less than this comes and goes by itself. */
const worthSaying = 1 << 20;

export const kill: Action<'kill'> = async ({ targets }, context) => {
  const { files } = context.ports;
  const forest = forestNow(context);
  const clients = clientsOf(targets, forest);
  const availableBefore = availableBytes(files);
  const builds = await endBuilds(targets.map(proofOf), context, forest);
  const availableAfter = availableBytes(files);
  const killed = builds.filter(({ processes }) => processes > 0);
  const lines = killed.length === 0 ? [] : await clientLines(clients, killed, context);
  const gained =
    availableBefore === null || availableAfter === null ? null : availableAfter - availableBefore;
  return outcomeOfKill(builds, gained, lines);
};

function outcomeOfKill(
  builds: readonly EndedBuild[],
  gainedBytes: number | null,
  clientLines: readonly string[],
): Outcome {
  const of = (...kinds: readonly EndedBuild['kind'][]) => builds.filter(({ kind }) => kinds.includes(kind));
  const ended = of('ended');
  const left = of('left');
  const denied = of('denied');
  const doubtful = of('doubtful');
  const gone = of('gone');
  const details = [
    ...left.map(leftLine),
    ...denied.map((build) => notPermitted(build.target, 'kill')),
    ...doubtful.map((build) => `${titleOf(build)} was not touched: ${build.reason}`),
    ...gone.map((build) => `${titleOf(build)} had already ended`),
  ];
  if (ended.length + left.length > 0) {
    const touched = [...ended, ...left];
    const open = left.length + denied.length + doubtful.length;
    const some = touched.some(({ processes }) => processes > 0);
    const status = open === 0 ? 'done' : some ? 'incomplete' : 'failed';
    return { status, summary: summaryOf(touched, left, gainedBytes), details: [...details, ...clientLines] };
  }
  const [summary = 'there is nothing to kill', ...rest] = details;
  return { status: denied.length > 0 ? 'denied' : 'refused', summary, details: rest };
}

function summaryOf(
  touched: readonly EndedBuild[],
  left: readonly EndedBuild[],
  gainedBytes: number | null,
): string {
  const processes = touched.reduce((sum, build) => sum + build.processes, 0);
  const remain = left.reduce((sum, build) => sum + build.left.length, 0);
  const tookMs = Math.max(...touched.map((build) => build.tookMs));
  const resident = touched.map(({ residentBytes }) => residentBytes);
  const held = resident.includes(null) ? null : resident.reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const parts = [
    `${plural(processes, 'process', 'processes')} ended in ${tookText(tookMs)}`,
    ...(remain > 0 ? [`${plural(remain, 'process', 'processes')} would not go`] : []),
    ...(held === null || held === 0 ? [] : [`${bytesText(held)} were resident`]),
    // Whatever else the machine did meanwhile is in it too: only a gain says something.
    ...(gainedBytes !== null && gainedBytes >= worthSaying ? [`${bytesText(gainedBytes)} came back`] : []),
  ];
  return `killed ${listText(touched.map(titleOf))}: ${parts.join(', ')}`;
}

function leftLine(build: EndedBuild): string {
  const stuck = build.left.filter(({ state }) => state === 'D');
  const others = build.left.filter(({ state }) => state !== 'D');
  const name = (processes: typeof stuck) => listText(processes.map(({ comm, pid }) => `${comm} (${pid})`));
  const lines = [
    ...(stuck.length > 0 ? [`${name(stuck)} in uninterruptible sleep, ends when the disk answers`] : []),
    ...(others.length > 0 ? [`${name(others)} still there after KILL`] : []),
  ];
  return `${titleOf(build)}: ${lines.join('; ')}`;
}

function titleOf({ target }: EndedBuild): string {
  return titleOfTarget(target);
}

type Clients = ReadonlyMap<BuildTarget, OwningClient>;

function clientsOf(targets: readonly BuildTarget[], forest: Forest | null): Clients {
  const byTarget = new Map<BuildTarget, OwningClient>();
  for (const target of targets) {
    const client = forest === null ? null : clientOfBuild(target, forest);
    if (client !== null) byTarget.set(target, client);
  }
  return byTarget;
}

/** Waits a moment for the clients whose run fails with their build. */
async function clientLines(
  byTarget: Clients,
  killed: readonly EndedBuild[],
  context: ActionContext,
): Promise<readonly string[]> {
  const clients = new Map<number, OwningClient>();
  for (const { target } of killed) {
    const client = byTarget.get(target);
    if (client !== undefined) clients.set(client.process.pid, client);
  }
  const failing = [...clients.values()].filter((client) => client.keepGoing !== true);
  const deadline = context.ports.clock.monotonic() + clientPatienceMs;
  let alive: readonly OwningClient[] = failing;
  for (;;) {
    const forest = alive.length === 0 ? null : forestNow(context);
    if (forest === null) break;
    alive = alive.filter((client) => isRunning(client.process, forest));
    if (alive.length === 0 || context.cancelled.aborted || context.ports.clock.monotonic() >= deadline) break;
    context.report({ text: 'waits for the client to end' });
    await wait(context, lookMs);
  }
  return [...clients.values()].map((client) => {
    if (client.keepGoing === true) return `${client.command} goes on (--keep-going)`;
    return alive.includes(client) ? `${client.command} has not ended yet` : `${client.command} ended with it`;
  });
}

function availableBytes(files: Files): number | null {
  const text = files.read('/proc/meminfo');
  const memory = text.ok ? parseMeminfo(text.value) : text;
  return memory.ok ? memory.value.availableBytes : null;
}

/**
 * A post-build-hook that does not come back. It is no build: what it was for is built, and ending that build ends nothing.
 * Up to Nix 2.34 its worker does nothing else meanwhile.
 */
import { sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { HookProcess } from '../../model/diagnosis/found-wait.ts';
import type { Model, Worker } from '../../model/model.ts';
import type { FollowedRebuild } from '../../model/rebuild/followed.ts';
import type { Hook } from '../../model/rebuild/rebuild.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { probedStack, withSleep } from '../probed-stack.ts';
import { noneSeen, type Rule, refuted, type Scene } from '../rule.ts';

export const postBuildHookRule: Rule = {
  id: 'post-build-hook',
  probes: ['stack'],
  look(scene) {
    const { model } = scene;
    const findings: FindingDraft[] = [];
    const told = new Set<Worker>();
    for (const followed of model.rebuilds) {
      const hook = followed.over ? undefined : followed.rebuild.hooks.values().next().value;
      if (hook === undefined) continue;
      const worker = workerOf(followed, model);
      if (worker !== null) told.add(worker);
      const finding = loggedHook(followed, hook, worker, scene);
      if (finding !== null) findings.push(finding);
    }
    for (const worker of model.workers) {
      if (worker.hook === undefined || told.has(worker)) continue;
      const finding = seenHook(worker.hook, scene);
      if (finding !== null) findings.push(finding);
    }
    const seen = model.workers.length > 0 || model.rebuilds.length > 0;
    return { findings, ground: seen ? refuted() : noneSeen('clients', model) };
  },
};

/** The one that serves its client, or that wrote its log; else the only one with a hook. */
function workerOf({ client, rebuild }: FollowedRebuild, { workers, clients }: Model): Worker | null {
  const own = client === null ? undefined : clients.find((one) => sameProcess(one, client));
  const pids = own?.processes.map(({ pid }) => pid) ?? [];
  const withHook = workers.filter(({ hook }) => hook !== undefined);
  const serving = withHook.find(
    ({ pid, clientPid }) => rebuild.writers.includes(pid) || (clientPid !== null && pids.includes(clientPid)),
  );
  return serving ?? (withHook.length === 1 ? (withHook[0] ?? null) : null);
}

function loggedHook(
  { id, client }: FollowedRebuild,
  hook: Hook,
  worker: Worker | null,
  scene: Scene,
): FindingDraft | null {
  const { model } = scene;
  const sinceMs = monotonicOf(model, hook.sinceMs);
  const verdict = model.verdicts.find(({ subject }) => 'rebuild' in subject && subject.rebuild === id);
  const blocks = verdict?.reason.kind === 'wait' ? verdict.reason.partner.kind === 'post-build-hook' : false;
  const process = worker?.hook ?? null;
  const stillMs = stillSince(id, hook.lines, process, sinceMs, scene);
  return findingOf(client === null ? { kind: 'rebuild', rebuild: id } : { kind: 'client', ...client }, {
    sinceMs,
    stillMs,
    found: { kind: 'hook-waits', hook: 'post-build', drv: hook.drv, process, blocks },
    sure: true,
    scene,
  });
}

/** Without a log what it is for cannot be told: Nix has other hooks. */
function seenHook(process: HookProcess, scene: Scene): FindingDraft | null {
  const key = `${process.pid}:${process.startTime}`;
  const sinceMs = scene.since(`hook ${key}`, true) ?? scene.nowMs;
  return findingOf(
    { kind: 'process', pid: process.pid, startTime: process.startTime },
    {
      sinceMs,
      stillMs: stillSince(key, 0, process, sinceMs, scene),
      found: { kind: 'hook-waits', hook: null, drv: null, process, blocks: null },
      sure: false,
      scene,
    },
  );
}

/** Since when it has used no CPU and said nothing, monotonic ms. */
function stillSince(
  key: string,
  lines: number,
  process: HookProcess | null,
  sinceMs: number,
  { keep, nowMs }: Scene,
): number {
  const works = (process?.cpuPercent ?? 0) > 0;
  const mark = keep<{ readonly lines: number; readonly atMs: number }>(`still ${key}`, (before) =>
    before === undefined
      ? { lines, atMs: works ? nowMs : sinceMs }
      : { lines, atMs: works || lines !== before.lines ? nowMs : before.atMs },
  );
  return mark.atMs;
}

function findingOf(
  subject: FindingDraft['subject'],
  given: {
    readonly sinceMs: number;
    readonly stillMs: number;
    readonly found: Extract<FindingDraft['found'], { kind: 'hook-waits' }>;
    readonly sure: boolean;
    readonly scene: Scene;
  },
): FindingDraft | null {
  const { sinceMs, stillMs, found, sure, scene } = given;
  const { nowMs, thresholds } = scene;
  if (nowMs - sinceMs < thresholds.hookSec * 1000) return null;
  const idleMs = nowMs - stillMs;
  const { process } = found;
  const cpu = process?.cpuPercent ?? null;
  const still = idleMs >= thresholds.hookSec * 1000;
  // A hook that says nothing may compress for minutes: without its CPU nobody knows that it stands.
  const stuck = cpu !== null && idleMs >= thresholds.hookStuckSec * 1000;
  const draft: FindingDraft = {
    subject,
    level: !still ? 'ok' : stuck ? 'critical' : 'warning',
    state: sure ? 'confirmed' : 'likely',
    found,
    evidence: [
      pro('workers.hook.program', process?.child?.program ?? process?.program ?? null, 'text', sinceMs),
      ...(process?.wchan == null ? [] : [pro('wchan', process.wchan, 'text')]),
      ...(cpu === null
        ? []
        : [
            still
              ? pro('cpu', Math.round(cpu), 'cpu', stillMs)
              : contra('cpu', Math.round(cpu), 'cpu', stillMs),
          ]),
    ],
    sinceMs,
    ...(process === null ? {} : { probe: 'stack' as const }),
  };
  // One that computes is not said to stand.
  return process === null || !still ? draft : withSleep(draft, probedStack(process, stillMs, scene));
}

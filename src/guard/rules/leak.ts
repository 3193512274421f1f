/** A build, an evaluation or a worker that grows without a pause, by the arithmetic of the diagnosis (diagnose/growth.ts). */
import { identityKey } from '../../base/identity.ts';
import { nameOfBuild } from '../../diagnose/build-name.ts';
import { type Growth, type Measured, nextGrowth } from '../../diagnose/growth.ts';
import { pro } from '../../diagnose/judgement.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import type { Build, Client, Worker } from '../../model/model.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf, heavyShare, lastSecOf, localBuilds } from '../victims.ts';

/** What has not grown for so long has reached its plateau. */
const plateauMs = 3000;

interface Grower extends Pick<Candidate, 'subject' | 'name' | 'builds' | 'clients'> {
  readonly key: string;
  readonly measured: Measured | null;
}

export const leakRule: GuardRule<'leak'> = {
  id: 'leak',
  look(scene) {
    const { model } = scene;
    const { totalBytes, availableBytes } = model.memory;
    if (totalBytes === null || availableBytes === null || totalBytes <= 0) return [];
    const growing = growersOf(scene).flatMap((one) => {
      const { measured } = one;
      if (measured === null) return [];
      const growth = scene.keep<Growth>(`growth ${one.key}`, (before) =>
        nextGrowth(before, measured, {
          model,
          // Of processes nothing is known beyond the last look at them.
          nowMs: model.readAtMs.forest ?? scene.nowMs,
          thresholds: defaultThresholds,
        }),
      );
      return [{ one, growth }];
    });
    // What several take together is no leak of one of them: that is memory's business, which pauses one. Small ones come
    // and go.
    const least = (scene.settings.rules.leak.numbers.share / 200) * totalBytes;
    const all = growing
      .filter(({ one }) => (one.measured?.bytes ?? 0) >= least)
      .reduce((sum, { growth }) => sum + Math.max(0, nowPerSec(growth) ?? 0), 0);
    const candidates = growing.map(({ one, growth }) =>
      candidateOf(
        one,
        growth,
        { totalBytes, availableBytes, alone: (nowPerSec(growth) ?? 0) > all / 2 },
        scene,
      ),
    );
    return candidates.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  },
};

function candidateOf(
  { key: _key, measured, ...who }: Grower,
  growth: Growth,
  {
    totalBytes,
    availableBytes,
    alone,
  }: { readonly totalBytes: number; readonly availableBytes: number; readonly alone: boolean },
  { model, settings, builds }: GuardScene,
): Candidate {
  const { bytesPerSec, points } = growth;
  const { share, within, near } = settings.rules.leak.numbers;
  const bytes = points.at(-1)?.bytes ?? measured?.bytes ?? 0;
  const percent = (100 * bytes) / totalBytes;
  const untilSec = bytesPerSec === null || bytesPerSec <= 0 ? null : availableBytes / bytesPerSec;
  // What is no build cannot be paused: it is cancelled, which takes longer.
  const lastSec = who.builds.length === 0 ? within : lastSecOf(model.builds);
  const isLast = untilSec !== null && untilSec <= lastSec;
  const grows = untilSec !== null && untilSec <= within;
  return {
    ...who,
    ...{ value: percent, limit: share, unit: 'percent', over: percent >= share && grows },
    worsening: grows && growsNow(growth, availableBytes / within),
    agrees: alone && availableBytes <= (near / 100) * totalBytes,
    // Who takes at once what he needs stops before; and of several that do, those that are left go on then.
    ...(isLast && { leftSec: untilSec, made: true as const }),
    // With others that stand still for want of memory it may be honest, and the only one that goes on.
    ...(standsBeside(who.builds[0], builds) && { upTo: isLast ? ('pause' as const) : ('tell' as const) }),
    // It is let go on and stopped again before it is killed.
    repeats: true,
    evidence: [
      pro('resident', bytes, 'bytes'),
      ...(bytesPerSec === null ? [] : [pro('residentGrowth', Math.round(bytesPerSec * 60), 'bytes/min')]),
      pro('memory.available', availableBytes, 'bytes'),
    ],
  };
}

/** A pace is made of a quarter of a minute: one that has just reached its plateau still has one. Null: not known yet. */
function nowPerSec({ points }: Growth): number | null {
  const last = points.at(-1);
  const before = points.findLast(({ atMs }) => (last?.atMs ?? 0) - atMs >= plateauMs);
  if (last === undefined || before === undefined) return null;
  return ((last.bytes - before.bytes) * 1000) / (last.atMs - before.atMs);
}

function growsNow(growth: Growth, leastPerSec: number): boolean {
  return (nowPerSec(growth) ?? Number.POSITIVE_INFINITY) >= leastPerSec;
}

function standsBeside(own: Build | undefined, builds: readonly Build[]): boolean {
  if (own === undefined) return false;
  return localBuilds(builds).some(
    (other) => other.paused && (other.residentBytes ?? 0) >= (own.residentBytes ?? 0) * heavyShare,
  );
}

function growersOf({ model, builds, clients }: GuardScene): readonly Grower[] {
  return [
    ...localBuilds(builds).map((build) => ofBuild(build, clients)),
    ...clients.map((client): Grower => {
      const { pid, startTime, command, residentBytes } = client;
      return {
        ...{ key: `client ${identityKey(client)}`, subject: { kind: 'client', pid, startTime } },
        ...{ name: command, measured: measuredOf(residentBytes), builds: [], clients: [client] },
      };
    }),
    ...model.workers.flatMap((worker) => ofWorker(worker, clients)),
  ];
}

function ofBuild(build: Build, clients: readonly Client[]): Grower {
  const { pid, startTime, residentBytes, residentBy, paused } = build;
  return {
    ...{ key: identityKey(build), subject: { kind: 'build', pid, startTime }, name: nameOfBuild(build) },
    // One that stands still is none, whatever it held when it was stopped.
    measured: residentBytes === null || paused ? null : { bytes: residentBytes, measure: residentBy },
    ...{ builds: [build], clients: clientsOf(build, clients) },
  };
}

/** One that unpacks what a cache sends, or takes what a client does; its client may be another user's, or gone. */
function ofWorker(worker: Worker, clients: readonly Client[]): readonly Grower[] {
  const { pid, startTime, clientPid, residentBytes } = worker;
  const client = clients.find(
    (one) => one.pid === clientPid || one.processes.some((process) => process.pid === clientPid),
  );
  if (client === undefined) return [];
  return [
    {
      ...{ key: `worker ${identityKey(worker)}`, subject: { kind: 'process', pid, startTime } },
      ...{ name: client.command, measured: measuredOf(residentBytes), builds: [], clients: [client] },
    },
  ];
}

function measuredOf(bytes: number | null): Measured | null {
  return bytes === null ? null : { bytes, measure: 'rss' };
}

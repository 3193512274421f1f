/** The verdict on everything that runs: a fold over the Models, pure, the same live and replayed. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { Verdict, VerdictSubject } from '../model/diagnosis/verdict.ts';
import type { Build, Model } from '../model/model.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import { type ClientSigns, type ClientSubject, nextClientSigns } from './client-signs.ts';
import { type JudgedBuild, judgeClient } from './client-verdict.ts';
import { type Context, settle } from './judgement.ts';
import { type BuildSigns, firstSigns, type Look, nextSigns } from './signs.ts';
import { defaultThresholds, type Thresholds } from './thresholds.ts';
import { judgeBuild } from './verdict.ts';

/** What the next Model is compared with. */
export interface Diagnosis {
  readonly verdicts: readonly Verdict[];
  readonly builds: ReadonlyMap<IdentityKey, BuildSigns>;
  readonly clients: ReadonlyMap<string, ClientSigns>;
  /** By the key of its subject. */
  readonly byKey: ReadonlyMap<string, Verdict>;
}

export const noDiagnosis: Diagnosis = {
  verdicts: [],
  builds: new Map(),
  clients: new Map(),
  byKey: new Map(),
};

export interface DiagnoseOptions {
  readonly thresholds?: Thresholds;
  /** What builds of its name usually take, in seconds; null: not known. Default: what its log's past tells. */
  readonly usualSecOf?: (build: Build) => number | null;
}

export function diagnose(model: Model, before: Diagnosis, options: DiagnoseOptions = {}): Diagnosis {
  const { builds, clients, rebuilds, workers } = model;
  const followed = rebuilds.filter(({ over }) => !over);
  if (builds.length === 0 && clients.length === 0 && followed.length === 0)
    return before.verdicts.length === 0 ? before : noDiagnosis;
  const { thresholds = defaultThresholds, usualSecOf = usualSec } = options;
  // Of processes nothing is known beyond the last look at them.
  const context: Context = { model, nowMs: model.readAtMs.forest ?? model.monotonicMs, thresholds };
  const look: Look = { nowMs: context.nowMs, timeMs: model.timeMs, thresholds };
  const verdicts: Verdict[] = [];
  const byKey = new Map<string, Verdict>();
  const add = (key: string, verdict: Verdict): Verdict => {
    const settled = settle(verdict, before.byKey.get(key));
    verdicts.push(settled);
    byKey.set(key, settled);
    return settled;
  };

  const signsOf = new Map<IdentityKey, BuildSigns>();
  const judged: JudgedBuild[] = [];
  for (const build of builds) {
    const key = identityKey(build);
    const known = before.builds.get(key);
    const signs = known === undefined ? firstSigns(build, look) : nextSigns(known, build, look);
    signsOf.set(key, signs);
    const { pid, startTime } = build;
    const judgement = judgeBuild(signs, usualSecOf(build), context);
    const verdict = add(`build ${key}`, { subject: { kind: 'build', pid, startTime }, ...judgement });
    judged.push({ build, verdict });
  }

  const byClient = Map.groupBy(judged, ({ build }) => build.clientPid);
  const byRebuild = Map.groupBy(judged, ({ build }) => build.log?.rebuild);
  const buildsOf = ({ client, followed: log }: ClientSubject): readonly JudgedBuild[] => {
    const seen = client === null ? [] : (byClient.get(client.pid) ?? []);
    const told = log === null ? [] : (byRebuild.get(log.id) ?? []);
    return told.length === 0 ? seen : [...new Set([...seen, ...told])];
  };
  const clientsOf = new Map<string, ClientSigns>();
  const judge = (key: string, subject: VerdictSubject, one: ClientSubject) => {
    // Without a process table the clock goes on.
    const ownLook = one.client === null ? { ...look, nowMs: model.monotonicMs } : look;
    const signs = nextClientSigns(before.clients.get(key), one, ownLook);
    clientsOf.set(key, signs);
    const own = buildsOf(one);
    const judgement = judgeClient(one, signs, own, { ...context, nowMs: ownLook.nowMs });
    add(key, { subject, ...judgement });
  };
  const ofClient = new Map<IdentityKey, FollowedRebuild>();
  for (const one of followed) if (one.client !== null) ofClient.set(identityKey(one.client), one);
  for (const client of clients) {
    const key = identityKey(client);
    const { pid, startTime } = client;
    const own = ofClient.get(key) ?? null;
    const pids = new Set([pid, ...client.processes.map((process) => process.pid)]);
    const serving = workers.filter(({ clientPid }) => clientPid !== null && pids.has(clientPid));
    judge(
      `client ${key}`,
      { kind: 'client', rebuild: own?.id ?? null, pid, startTime },
      { client, workers: serving, followed: own },
    );
  }
  for (const one of followed) {
    if (one.client !== null) continue;
    const subject = { kind: 'rebuild', rebuild: one.id } as const;
    judge(`rebuild ${one.id}`, subject, { client: null, workers: [], followed: one });
  }

  const same =
    verdicts.length === before.verdicts.length && verdicts.every((one, i) => one === before.verdicts[i]);
  return { verdicts: same ? before.verdicts : verdicts, builds: signsOf, clients: clientsOf, byKey };
}

function usualSec({ log }: Build): number | null {
  return log?.usual?.medianSec ?? null;
}

/** The diagnosis says that waiting changes nothing any more: of a build, or of a client. */
import { sameProcess } from '../../base/identity.ts';
import { nameOfBuild } from '../../diagnose/build-name.ts';
import type { Verdict } from '../../model/diagnosis/verdict.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf } from '../victims.ts';

/** What is only likely must be so for so many times as long. */
const likelyTimes = 2;

export const stuckRule: GuardRule<'stuck'> = {
  id: 'stuck',
  look(scene) {
    const candidates = scene.model.verdicts.flatMap((verdict) => candidateOf(verdict, scene));
    if (candidates.length > 0) return candidates.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
    if (scene.model.readAtMs.forest === undefined) return [];
    const { forSec } = scene.settings.rules.stuck;
    return [
      {
        ...{ subject: { kind: 'machine' }, name: null, value: 0, limit: forSec, unit: 's', over: false },
        ...{ worsening: null, agrees: null, evidence: [], builds: [], clients: [] },
      },
    ];
  },
};

function stuckBuilds({ builds, model: { verdicts } }: GuardScene): GuardScene['builds'] {
  return builds.filter((build) =>
    verdicts.some(
      ({ state, subject }) => state === 'stuck' && subject.kind === 'build' && sameProcess(subject, build),
    ),
  );
}

/** By itself, or by the build that it waits for. */
function spins(reason: Verdict['reason'], { verdicts }: GuardScene['model']): boolean {
  if (reason.kind !== 'builds') return reason.kind === 'spinning';
  return verdicts.some(
    (one) =>
      one.subject.kind === 'build' &&
      sameProcess(one.subject, reason.build) &&
      one.reason.kind === 'spinning',
  );
}

function candidateOf(
  { subject, state, sinceMs, certainty, reason, evidence }: Verdict,
  scene: GuardScene,
): readonly Candidate[] {
  if (state !== 'stuck') return [];
  const { nowMs, settings, builds, clients } = scene;
  const { forSec } = settings.rules.stuck;
  const sec = Math.max(0, (nowMs - sinceMs) / 1000);
  const judged = {
    ...{ value: Math.floor(sec), limit: forSec, over: true, worsening: null, sinceMs },
    unit: 's' as const,
    // A loop and a link of hours look the same: only how long builds of its name take tells them apart (build-time).
    agrees: certainty === 'certain' || (!spins(reason, scene.model) && sec >= forSec * likelyTimes),
    evidence,
  };
  if (subject.kind === 'rebuild')
    return scene.scope === null
      ? [
          {
            ...{ ...judged, subject, builds: [], clients: [] },
            name: scene.model.rebuilds.find(({ id }) => id === subject.rebuild)?.command ?? null,
          },
        ]
      : [];
  const { pid, startTime } = subject;
  if (subject.kind === 'build') {
    const build = builds.find((one) => sameProcess(one, subject));
    if (build === undefined || build.paused) return [];
    const who = { builds: [build], clients: clientsOf(build, clients), name: nameOfBuild(build) };
    return [{ ...judged, ...who, subject: { kind: 'build', pid, startTime } }];
  }
  const client = clients.find((one) => sameProcess(one, subject));
  // It waits for what somebody has paused.
  const waits = builds.some((build) => build.paused && clientsOf(build, clients)[0] === client);
  // It is told of the build already.
  const isTold = reason.kind === 'builds' && stuckBuilds(scene).some((one) => sameProcess(one, reason.build));
  if (client === undefined || waits || isTold) return [];
  const who = { builds: [], clients: [client], name: client.command };
  return [{ ...judged, ...who, subject: { kind: 'client', pid, startTime } }];
}

/**
 * Machines that build for this one: silent ones, uploads that they do not take, and builds that no machine may do. Nix ends
 * none of it by itself: its timeouts count for builds of this machine alone (derivation-building-goal.cc).
 */

import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Evidence, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Build } from '../../model/model.ts';
import { askedBuilders } from '../asked-peers.ts';
import { nameOfBuild } from '../build-name.ts';
import { buildersLegacy } from '../builder-protocol.ts';
import { pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely } from '../rule.ts';
import { stalledFinding, standingTransfers } from '../standing-transfers.ts';
import { isBuilder, standsAlone } from './cache.ts';
import { noMachines } from './no-machine.ts';

export const builderRule: Rule = {
  id: 'builder',
  probes: ['builder'],
  look(scene) {
    const { model } = scene;
    const open = model.rebuilds.filter(({ over }) => !over);
    const uploads = open.flatMap((followed) =>
      standingTransfers(followed, scene)
        .filter(({ peer }) => isBuilder(peer))
        .map((one) => ({
          ...stalledFinding(one, { kind: 'builder', host: one.peer }, standsAlone(followed, scene)),
          probe: 'builder' as const,
        })),
    );
    const asked = askedBuilders(scene);
    const findings = [
      ...silent(scene),
      ...uploads,
      ...noFree(scene),
      ...noMachines(model),
      ...asked.findings,
    ];
    const remote = model.builds.some(({ host }) => host !== null);
    if (remote || model.builds.length > 0 || asked.evidence.length > 0)
      return { findings, ground: refuted(...asked.evidence) };
    return { findings, ground: model.rebuilds.length > 0 ? unlikely() : noneSeen('builds', model) };
  },
};

interface Silent {
  readonly build: Build;
  readonly verdict: Verdict;
}

/** By host: builds of which nothing is heard, nor do their hook and its ssh move. */
function silent({ model, nowMs, thresholds }: Scene): readonly FindingDraft[] {
  const byHost = new Map<string, Silent[]>();
  for (const verdict of model.verdicts) {
    const { subject, reason } = verdict;
    if (subject.kind !== 'build' || reason.kind !== 'wait' || reason.partner.kind !== 'builder') continue;
    if (nowMs - verdict.sinceMs < thresholds.idleSec * 1000) continue;
    const build = model.builds.find(
      ({ pid, startTime }) => pid === subject.pid && startTime === subject.startTime,
    );
    if (build === undefined) continue;
    const { host } = reason.partner;
    byHost.set(host, [...(byHost.get(host) ?? []), { build, verdict }]);
  }
  return [...byHost].map(([host, builds]) => {
    const { build, verdict } = builds.reduce((a, b) => (b.verdict.sinceMs < a.verdict.sinceMs ? b : a));
    const { sinceMs } = verdict;
    const long = nowMs - sinceMs >= thresholds.builderSilentSec * 1000;
    const legacy = buildersLegacy(build, model);
    const others = model.builds.filter((one) => one.host === host).length;
    // A link there may say nothing for an hour; that all of its builds are silent at once speaks against that.
    const all = builds.length > 1 && builds.length === others;
    const connection: Evidence = pro('write', 0, 'bytes/s', sinceMs);
    return {
      subject: { kind: 'builder', host },
      level: long ? 'warning' : 'ok',
      state: long && (all || legacy === true) ? 'likely' : 'possible',
      found: {
        kind: 'builder-silent',
        host,
        builds: builds.length,
        build: nameOfBuild(build),
        legacy,
      },
      evidence: [...verdict.evidence.slice(0, 3), connection],
      sinceMs,
      probe: 'builder',
    };
  });
}

/** No builder has a free slot: by the logs of all who wait. */
function noFree({ model, thresholds, since }: Scene): readonly FindingDraft[] {
  let waiting = 0;
  let sinceMs = Number.POSITIVE_INFINITY;
  for (const { over, rebuild } of model.rebuilds) {
    if (over) continue;
    for (const wait of rebuild.waits.values()) {
      if (wait.for.kind !== 'machine') continue;
      waiting += 1;
      sinceMs = Math.min(sinceMs, monotonicOf(model, wait.sinceMs));
    }
  }
  const waits = since('no free machine', waiting > 0) !== null;
  if (!waits || model.monotonicMs - sinceMs < thresholds.pauseSec * 1000) return [];
  const running = model.builds.filter(({ host }) => host !== null).length;
  const long = model.monotonicMs - sinceMs >= thresholds.builderSilentSec * 1000;
  return [
    {
      subject: { kind: 'machine' },
      // While others build there it is a queue like any other.
      level: long && running === 0 ? 'warning' : 'ok',
      state: 'confirmed',
      found: { kind: 'no-free-machine', waiting, running },
      evidence: [pro('rebuilds.waits', waiting, 'none', sinceMs), pro('totals.remote', running, 'none')],
      sinceMs,
    },
  ];
}

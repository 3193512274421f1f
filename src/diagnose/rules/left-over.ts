/** What has ended, or lost whom it was for, and is still there: zombies, builds without a client, clients left behind. */

import { sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Reason, Verdict } from '../../model/diagnosis/verdict.ts';
import type { Build, Client } from '../../model/model.ts';
import { nameOfBuild } from '../build-name.ts';
import { endsByItself } from '../ends-by-itself.ts';
import { contra, pro } from '../judgement.ts';
import { probedStack, withSleep } from '../probed-stack.ts';
import { hiddenOthers, type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const leftOverRule: Rule = {
  id: 'left-over',
  probes: ['stack'],
  watchSec: ({ idleSec }) => idleSec,
  look(scene) {
    const { model } = scene;
    const findings = [
      ...model.verdicts.flatMap((verdict) => zombieBuilds(verdict, scene)),
      ...model.builds.flatMap((build) => orphan(build, scene)),
      ...model.clients.flatMap((client) => stale(client, scene)),
    ];
    if (model.totals.processes === null)
      return {
        findings,
        ground: untested(hiddenOthers),
      };
    const zombies = model.builds.reduce((sum, { states }) => sum + states.Z, 0);
    return { findings, ground: zombies > 0 ? unlikely(pro('states.Z', zombies, 'none')) : refuted() };
  },
};

/** A verdict that this rule words. */
export function isLeftOver({ asleep }: Extract<Reason, { readonly kind: 'idle' }>): boolean {
  return asleep?.kind === 'zombies' || asleep?.kind === 'zombie-child';
}

function zombieBuilds(verdict: Verdict, scene: Scene): readonly FindingDraft[] {
  const { subject, reason, state, certainty, evidence, sinceMs } = verdict;
  if (subject.kind !== 'build' || state !== 'stuck' || reason.kind !== 'idle') return [];
  const { asleep } = reason;
  const build = scene.model.builds.find((one) => sameProcess(one, subject));
  if (build === undefined || (asleep?.kind !== 'zombies' && asleep?.kind !== 'zombie-child')) return [];
  const name = nameOfBuild(build);
  const draft: FindingDraft = {
    subject,
    level: 'critical',
    state: certainty === 'certain' ? 'confirmed' : 'likely',
    found:
      asleep.kind === 'zombies'
        ? { kind: 'zombie-build', build: name }
        : {
            kind: 'unreaped-child',
            build: name,
            program: asleep.program,
            pid: asleep.pid,
            child: asleep.child,
          },
    evidence,
    sinceMs,
    ...(asleep.kind === 'zombie-child' && { probe: 'stack' }),
  };
  return [asleep.kind === 'zombies' ? draft : withSleep(draft, probedStack(subject, sinceMs, scene))];
}

/** Of root's builds in a shell, or of a daemon that was killed: nobody waits for it any more. */
function orphan(build: Build, { model, thresholds, nowMs, since }: Scene): readonly FindingDraft[] {
  const { pid, startTime, clientPid, workerPid, daemonPid, host, cpuPercent, lock } = build;
  const alone = clientPid === null && workerPid === null && daemonPid === null && host === null;
  // What it hangs below is known a moment after it began.
  const sinceMs = since(`orphan ${pid}:${startTime}`, alone);
  if (sinceMs === null || nowMs - sinceMs < thresholds.pauseSec * 1000) return [];
  const [root] = build.tree;
  return [
    {
      subject: { kind: 'build', pid, startTime },
      level: 'warning',
      state: root?.ppid === 1 ? 'confirmed' : 'likely',
      found: {
        kind: 'orphan-build',
        build: nameOfBuild(build),
        cpuPercent: cpuPercent === null ? null : Math.round(cpuPercent),
        shouldEnd: endsWithClient(model.host.nixVersion),
      },
      evidence: [
        pro('ppid', root?.ppid ?? null, 'none'),
        pro('clientPid', null, 'none', sinceMs),
        ...(lock === null ? [] : [contra('lock', lock, 'text')]),
      ],
      sinceMs,
    },
  ];
}

/** From 2.34 on builders die with whom they are for (NixOS/nix#15193). Null: not told, or another Nix. */
function endsWithClient(version: string | null): boolean | null {
  const [major, minor] = (version ?? '').split('.').map(Number);
  // Lix counts from 2.90 on.
  if (major !== 2 || minor === undefined || Number.isNaN(minor) || minor >= 90) return null;
  return minor >= 34;
}

function stale(client: Client, { model, nowMs, thresholds }: Scene): readonly FindingDraft[] {
  const { pid, startTime, phase, ageSec, builds, command, tty, cpuPercent } = client;
  if (ageSec === null || ageSec < thresholds.staleSec || !endsByItself.has(phase) || builds !== 0) return [];
  const verdict = model.verdicts.find(
    ({ subject }) => subject.kind === 'client' && sameProcess(subject, client),
  );
  if (verdict === undefined || verdict.state === 'working' || verdict.state === 'paused') return [];
  if (nowMs - verdict.sinceMs < thresholds.idleSec * 1000) return [];
  return [
    {
      subject: { kind: 'client', pid, startTime },
      level: 'warning',
      state: 'likely',
      found: { kind: 'stale-client', command, ageSec: Math.round(ageSec), tty },
      evidence: [
        pro('age', Math.round(ageSec), 's'),
        ...(cpuPercent === null ? [] : [pro('cpu', Math.round(cpuPercent), 'cpu', verdict.sinceMs)]),
      ],
      sinceMs: verdict.sinceMs,
    },
  ];
}

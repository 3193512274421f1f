/** The busy machine with much to say of it: findings of each level, hypotheses in each state, verdicts, a lock. */
import { decide } from '../../src/diagnose/decision-path.ts';
import { contra, pro } from '../../src/diagnose/judgement.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import {
  type Ground,
  type Hypothesis,
  type HypothesisId,
  hypothesisIds,
  hypothesisStates,
} from '../../src/model/diagnosis/hypothesis.ts';
import type { ProbeId } from '../../src/model/diagnosis/probe.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import type { Model } from '../../src/model/model.ts';
import { busy, fixtureMonotonicMs, linux, python, rebuild } from './model-fixture.ts';

const ago = (sec: number) => fixtureMonotonicMs - sec * 1000;
const identityOf = ({ pid, startTime }: { readonly pid: number; readonly startTime: number }) => ({
  pid,
  startTime,
});

const stuckEvidence = [
  pro('cpu', 0, 'cpu', ago(752)),
  pro('processes', 3, 'none', ago(790)),
  pro('resident', 88 * 2 ** 20, 'bytes', ago(752)),
  pro('log.lines', 1204, 'none', ago(760)),
  pro('wchan', 'futex_do_wait', 'text'),
  contra('switches', 0.4, 'per second', ago(30)),
] as const;

const stuck: Verdict = {
  subject: { kind: 'build', ...identityOf(python) },
  state: 'stuck',
  sinceMs: ago(752),
  atLeast: false,
  reason: { kind: 'idle', asleep: { kind: 'futex', pid: 5003, program: 'pytest', wchan: 'futex_do_wait' } },
  certainty: 'likely',
  unseen: ['io'],
  evidence: stuckEvidence,
};

const lock = '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-firefox-130.0.lock';

/** As the engine sorts them: the worst first. */
export const diagnosedFindings: readonly Finding[] = [
  {
    id: `build build-stuck ${python.pid}:${python.startTime}`,
    hypothesis: 'build',
    subject: { kind: 'build', ...identityOf(python) },
    level: 'critical',
    state: 'likely',
    found: { kind: 'build-stuck', build: 'python3.12-numpy-2.1.2', how: 'idle' },
    evidence: stuckEvidence,
    sinceMs: ago(752),
    probe: 'stack',
  },
  {
    id: 'space space /nix',
    hypothesis: 'space',
    subject: { kind: 'filesystem', mountPoint: '/nix' },
    level: 'warning',
    state: 'confirmed',
    found: {
      kind: 'space',
      path: '/nix',
      mountPoint: '/nix',
      type: 'btrfs',
      what: 'bytes',
      availableBytes: 14.2 * 2 ** 30,
      usedPercent: 91,
      role: 'store',
    },
    evidence: [pro('filesystems.available', 14.2 * 2 ** 30, 'bytes')],
    sinceMs: ago(900),
    probe: null,
  },
  {
    id: `build build-stuck ${linux.pid}:${linux.startTime}`,
    hypothesis: 'build',
    subject: { kind: 'build', ...identityOf(linux) },
    level: 'warning',
    state: 'possible',
    found: { kind: 'build-stuck', build: 'linux-6.11.3', how: 'spinning' },
    evidence: [pro('cpu', 100, 'cpu', ago(400)), pro('log.lines', 17, 'none', ago(420))],
    sinceMs: ago(400),
    probe: 'stack',
  },
  {
    id: `lock lock-held ${lock}`,
    hypothesis: 'lock',
    subject: { kind: 'path', path: lock },
    level: 'ok',
    state: 'confirmed',
    found: {
      kind: 'lock-held',
      path: lock,
      holderPid: 900,
      holder: rebuild.command,
      waiting: 1,
      holderState: 'working',
    },
    evidence: [],
    sinceMs: ago(300),
    probe: null,
  },
];

const untested = (why: NonNullable<Ground['untested']>): Ground => ({
  state: 'untested',
  untested: why,
  evidence: [],
});

const grounds: Partial<Record<HypothesisId, Ground>> = {
  elsewhere: {
    state: 'unlikely',
    untested: null,
    evidence: [contra('totals.resident', 24.8 * 2 ** 30, 'bytes')],
  },
  'oom-killer': { state: 'refuted', untested: null, evidence: [contra('memory.oomKills', 1, 'none')] },
  paused: { state: 'refuted', untested: null, evidence: [] },
  evaluation: untested({ kind: 'log' }),
  cache: untested({ kind: 'log' }),
  disk: untested({ kind: 'privilege', privilege: 'root' }),
  volume: untested({ kind: 'time' }),
  store: untested({ kind: 'probe' }),
};

const tests: Partial<Record<HypothesisId, readonly ProbeId[]>> = {
  build: ['stack'],
  disk: ['smart', 'kernel-log', 'read-speed', 'bad-blocks'],
  volume: ['kernel-log', 'volumes'],
  store: ['database', 'verify-store'],
  evaluation: ['evaluation', 'evaluation-profile', 'bisection'],
};

export const diagnosedHypotheses: readonly Hypothesis[] = hypothesisIds
  .map((id): Hypothesis => {
    const own = diagnosedFindings.filter(({ hypothesis }) => hypothesis === id);
    const ground = grounds[id] ?? untested({ kind: 'time' });
    const probes = tests[id] ?? [];
    return { id, state: own[0]?.state ?? ground.state, findings: own.map((one) => one.id), probes, ground };
  })
  .toSorted((a, b) => hypothesisStates.indexOf(b.state) - hypothesisStates.indexOf(a.state));

const undecided: Model = {
  ...busy,
  verdicts: [stuck, ...busy.verdicts],
  findings: diagnosedFindings,
  hypotheses: diagnosedHypotheses,
  probes: {
    running: [
      { id: 'smart', subject: 'nvme0n1', startedMs: busy.timeMs - 3000, progress: null },
      { id: 'database', subject: null, startedMs: busy.timeMs - 12_000, progress: '40%' },
    ],
    results: [
      {
        id: 'stack',
        subject: `${python.pid}:${python.startTime}`,
        startedMs: busy.timeMs - 62_000,
        endedMs: busy.timeMs - 60_000,
        ok: true,
        value: {
          places: [{ pid: 5003, comm: 'pytest', wchan: 'futex_do_wait', times: 20 }],
          samples: 20,
          stack: null,
        },
      },
      {
        id: 'kernel-log',
        subject: null,
        startedMs: busy.timeMs - 31_000,
        endedMs: busy.timeMs - 30_000,
        ok: false,
        problem: { kind: 'denied', where: '/dev/kmsg' },
      },
    ],
  },
};

export const diagnosed: Model = { ...undecided, decision: decide(undecided) };

/** A guard over Models that tests make: what it does at each look. Every act succeeds at once, unless a test says else. */
import { identityKey } from '../../src/base/identity.ts';
import type { GuardDecision } from '../../src/guard/memory.ts';
import { type GuardGiven, type GuardMemory, judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import { defaultGuardSettings, type GuardSettings } from '../../src/guard/settings.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { GuardReading, GuardRuleId } from '../../src/model/guard/guard.ts';
import type { OutcomeStatus } from '../../src/model/intents/outcome.ts';
import type { Build, Client, Model, PressureLine } from '../../src/model/model.ts';

export const gib = 2 ** 30;

const states = { R: 0, S: 0, D: 0, Z: 0, T: 0, t: 0, I: 0, X: 0 } as unknown as Build['states'];

/** A build of this machine that nothing is known of but what is given. */
export function buildOf(pid: number, more: Partial<Build> = {}): Build {
  return {
    ...{ pid, startTime: pid * 10, name: `thing-${pid}`, pname: null, version: null, drvHash: null },
    ...{ namedBy: 'sandbox', uid: 30_000 + pid, user: `nixbld${pid}`, sandboxed: true, ageSec: 60 },
    ...{ processes: 1, escapees: 0, states, cpuPercent: 100, residentBytes: gib, residentBy: 'rss' },
    ...{ lowered: false, limited: false, memoryHighBytes: null },
    ...{ residentGrowthBytesPerMin: null, readBytesPerSec: 0, writeBytesPerSec: 0, now: null, phase: null },
    ...{ lowered: false, limited: false, memoryHighBytes: null },
    ...{ log: null, idleSec: 0, paused: false, pausedFrom: null, cgroup: null, host: null, workerPid: 200 },
    ...{ daemonPid: 100, clientPid: 150, out: null, buildDirectory: null, cores: null, system: null },
    ...{ lowered: false, limited: false, memoryHighBytes: null, lock: null, tree: [], residentHistory: [] },
    ...more,
  };
}

export function clientOf(pid: number, more: Partial<Client> = {}): Client {
  return {
    ...{ pid, startTime: pid * 10, command: `nix build .#${pid}`, tool: 'nix', uid: 1000, user: 'alice' },
    ...{ tty: 'pts/1', ageSec: 60, residentBytes: 50_000_000, cpuPercent: 1, phase: 'building' },
    ...{ activation: null, direct: false, keepGoing: null, builds: 1, waitsFor: null },
    processes: [{ pid, startTime: pid * 10 }],
    ...more,
  };
}

export const activating = {
  phase: 'activating',
  activation: { action: 'switch', unit: null, stage: 'script', profile: true, bootloader: true },
} as const satisfies Partial<Client>;

export function line(avg10: number): PressureLine {
  return { avg10, avg60: 0, avg300: 0, tickPercent: avg10 };
}

/** Of 16 GB, where nothing is short. `full`: of memory, null without PSI. */
export function machine({
  available = 12 * gib,
  total = 16 * gib,
  full = 0,
  ioFull = 0,
  ...more
}: {
  readonly available?: number;
  readonly total?: number;
  readonly full?: number | null;
  readonly ioFull?: number | null;
} & Partial<Model> = {}): Partial<Model> {
  const pressure = (avg10: number | null) => ({
    ...emptyModel.pressure.memory,
    ...(avg10 !== null && { some: line(avg10), full: line(avg10) }),
  });
  return {
    memory: { ...emptyModel.memory, totalBytes: total, availableBytes: available, ...more.memory },
    pressure: { ...emptyModel.pressure, memory: pressure(full), io: pressure(ioFull) },
    clients: [clientOf(150)],
    ...Object.fromEntries(Object.entries(more).filter(([part]) => part !== 'memory')),
  };
}

export interface Look {
  readonly acts: readonly string[];
  readonly decisions: readonly GuardDecision[];
  readonly readings: readonly GuardReading[];
  of(rule: GuardRuleId): GuardReading | undefined;
}

export interface GuardedOptions extends Partial<GuardGiven> {
  readonly settings?: GuardSettings;
  /** What becomes of an act; undefined: it is not over yet. */
  readonly outcome?: (decision: GuardDecision) => OutcomeStatus | 'conflict' | null | undefined;
}

export function guarded(options: GuardedOptions = {}) {
  const { settings = defaultGuardSettings, outcome = () => 'done' as const, ...given } = options;
  let memory: GuardMemory = noGuardMemory;
  /** Builds that stand still, as the acts have it. */
  const paused = new Set<string>();
  const killed = new Set<string>();
  return {
    get memory() {
      return memory;
    },
    paused,
    at(sec: number, model: Partial<Model> = {}, more: Partial<GuardGiven> = {}): Look {
      const atMs = sec * 1000;
      const builds = (model.builds ?? [])
        .filter((build) => !killed.has(identityKey(build)))
        .map((build) => ({ ...build, paused: build.paused || paused.has(identityKey(build)) }));
      const now = {
        ...emptyModel,
        readAtMs: { forest: atMs, storage: atMs },
        ...model,
        builds,
        monotonicMs: atMs,
      };
      const ruling = judge(now, memory, { settings, scope: null, ...given, ...more });
      memory = ruling.memory;
      for (const decision of ruling.decisions) {
        const { id, intent, action } = decision;
        const status = intent === null ? null : outcome(decision);
        if (status === undefined) continue;
        if (status === 'done' && intent !== null && 'targets' in intent)
          for (const { root } of intent.targets) {
            if (action === 'pause') paused.add(identityKey(root));
            if (action === 'resume') paused.delete(identityKey(root));
            if (action !== 'kill') continue;
            killed.add(identityKey(root));
            paused.delete(identityKey(root));
          }
        memory = learned(memory, id, status, atMs);
      }
      return {
        acts: ruling.decisions.map(({ rule, action, names }) =>
          `${rule} ${action} ${names.join(' ')}`.trim(),
        ),
        decisions: ruling.decisions,
        readings: ruling.readings,
        of: (rule) => ruling.readings.find((one) => one.rule === rule),
      };
    },
    learn(id: number, status: OutcomeStatus | 'conflict' | null, sec: number) {
      memory = learned(memory, id, status, sec * 1000);
    },
  };
}

/** All acts of some seconds, each with its time. */
export function actsOver(
  guard: ReturnType<typeof guarded>,
  [from, to]: readonly [number, number],
  modelAt: (sec: number) => Partial<Model>,
  stepSec = 1,
): readonly string[] {
  const acts: string[] = [];
  for (let sec = from; sec <= to; sec += stepSec)
    acts.push(...guard.at(sec, modelAt(sec)).acts.map((act) => `${sec} ${act}`));
  return acts;
}

/**
 * A machine that is made up, second by second, on which acts take effect: what is paused takes nothing more, what is
 * killed gives back what it held. Its Samples go the same way as those of a real one. It can be guarded by the rules of
 * others, too, as their sources have them: what that shows is those rules, not those programs.
 */
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { type GuardDecision, judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import type { GuardSettings } from '../../src/guard/settings.ts';
import type { ForestRaw, ProcessRaw, Sample } from '../../src/model/sample.ts';
import { asleepIn } from '../diagnose/story.ts';
import { diskRaw, memoryRaw, pressureRaw, psi, storageRaw } from '../model/machine/machine-samples.ts';
import { builder, child, client, daemon, forest, worker } from '../support/forest-raw.ts';

export const gib = 2 ** 30;
const startMs = 1_000_000;
const dayMs = Date.UTC(2026, 10, 20, 3, 0);

export interface WorldBuild {
  readonly name: string;
  /** When it begins; default 0. */
  readonly beginSec?: number;
  /** What it holds once it has worked for so long. */
  readonly bytesAt: (workedSec: number) => number;
  /** How long it works; absent: it never ends. */
  readonly workSec?: number;
  /** From then on nothing of it moves. */
  readonly hangsSec?: number;
  readonly writeBytesPerSec?: number;
  /** What it writes into a build directory in memory. */
  readonly tmpBytesAt?: (workedSec: number) => number;
}

export interface WorldDisk {
  readonly requestsPerSec: number;
  readonly awaitMs: number;
  readonly bytesPerSec: number;
  readonly inFlight: number;
  readonly ioFull: number;
}

export interface World {
  readonly totalBytes: number;
  /** Of all others. */
  readonly baseBytes: number;
  readonly builds: readonly WorldBuild[];
  /** Of the client's own evaluation. */
  readonly evaluationBytesAt?: (workedSec: number) => number;
  /** While somebody writes; absent: it answers at once. */
  readonly disk?: WorldDisk;
  /** Of the file system in memory that builds run on. */
  readonly tmpBytes?: number;
}

export type Policy = 'nobody' | 'earlyoom' | 'systemd-oomd' | GuardSettings;

export interface Played {
  readonly samples: readonly Sample[];
  /** `12 memory pause firefox`: what the guard did, or `12 kernel kill …`. */
  readonly acts: readonly string[];
  /** Builds that were ended, with the work that is lost, s. */
  readonly lost: readonly { readonly name: string; readonly workedSec: number }[];
  /** Builds that came to their end, and when. */
  readonly done: ReadonlyMap<string, number>;
  /** Of the time more than half nobody ran for want of memory, s. */
  readonly frozenSec: number;
}

interface State {
  workedSec: number;
  paused: boolean;
  ended: 'done' | 'killed' | null;
}

/** More than there is: pages come and go, and the kernel kills in the end. */
const killShare = 1.06;
const pressedShare = 0.96;

export function play(world: World, seconds: number, policy: Policy): Played {
  const states = world.builds.map((): State => ({ workedSec: 0, paused: false, ended: null }));
  const evaluation: State = { workedSec: 0, paused: false, ended: world.evaluationBytesAt ? null : 'done' };
  const played = { samples: [] as Sample[], acts: [] as string[], lost: [] as Played['lost'][number][] };
  const done = new Map<string, number>();
  let [derived, memory] = [null as DerivedSample | null, noGuardMemory];
  let [avg10, fullUsec, ioUsec, frozenSec, overSec, restUntil] = [0, 0, 0, 0, 0, 0];
  let disk = diskRaw({ device: 'sda', major: 8 });
  const pidOf = (index: number) => 300 + index * 10;

  const runs = (state: State | undefined, sec: number, beginSec = 0) =>
    state !== undefined && state.ended === null && sec >= beginSec;
  const heldBy = (index: number) => {
    const { bytesAt, tmpBytesAt } = world.builds[index] as WorldBuild;
    const { workedSec, ended } = states[index] as State;
    return ended === null ? bytesAt(workedSec) + (tmpBytesAt?.(workedSec) ?? 0) : 0;
  };
  function end(index: number): void {
    const state = states[index] as State;
    const { name } = world.builds[index] as WorldBuild;
    if (state.ended !== null) return;
    state.ended = 'killed';
    played.lost.push({ name, workedSec: Math.round(state.workedSec) });
  }
  const heaviest = () =>
    world.builds
      .map((_, index) => index)
      .filter((index) => states[index]?.ended === null)
      .sort((a, b) => heldBy(b) - heldBy(a))[0];
  /** By the kernel, or another guard. */
  function others(sec: number, who: string, all = false): void {
    if (
      evaluation.ended === null &&
      (world.evaluationBytesAt?.(evaluation.workedSec) ?? 0) > heldBy(heaviest() ?? 0)
    ) {
      evaluation.ended = 'killed';
      played.acts.push(`${sec} ${who} kill evaluation`);
      played.lost.push({ name: 'evaluation', workedSec: Math.round(evaluation.workedSec) });
      // Nix ends the builds of a client that is gone.
      for (const index of states.keys())
        if (runs(states[index], sec, world.builds[index]?.beginSec)) end(index);
      return;
    }
    const victims = all ? world.builds.map((_, index) => index) : [heaviest()];
    for (const index of victims) {
      if (index === undefined || !runs(states[index], sec, world.builds[index]?.beginSec)) continue;
      played.acts.push(`${sec} ${who} kill ${world.builds[index]?.name}`);
      end(index);
    }
  }
  function carryOut({ action, intent, rule, names }: GuardDecision, sec: number): void {
    played.acts.push(`${sec} ${rule} ${action} ${names.join(', ')}`.trim());
    if (intent?.type === 'cancel') {
      if (evaluation.ended === null) {
        evaluation.ended = 'killed';
        played.lost.push({ name: 'evaluation', workedSec: Math.round(evaluation.workedSec) });
      }
      for (const index of states.keys())
        if (runs(states[index], sec, world.builds[index]?.beginSec)) end(index);
    }
    if (intent === null || !('targets' in intent)) return;
    for (const { root } of intent.targets) {
      const index = (root.pid - 300) / 10;
      const state = states[index];
      if (state === undefined) continue;
      if (action === 'kill') end(index);
      if (action === 'pause') state.paused = true;
      if (action === 'resume') state.paused = false;
    }
  }

  for (let sec = 0; sec <= seconds; sec++) {
    const atMs = startMs + sec * 1000;
    const evaluated = evaluation.ended === null ? (world.evaluationBytesAt?.(evaluation.workedSec) ?? 0) : 0;
    const held =
      world.baseBytes +
      evaluated +
      world.builds.reduce((sum, { beginSec = 0 }, index) => sum + (sec >= beginSec ? heldBy(index) : 0), 0);
    const demand = held / world.totalBytes;
    const full = Math.max(0, Math.min(95, ((demand - pressedShare) / (killShare - pressedShare)) * 95));
    avg10 += (full - avg10) * (1 - Math.exp(-1 / 10));
    fullUsec += full * 10_000;
    if (full > 50) frozenSec += 1;
    const availableBytes = Math.max(world.totalBytes * 0.01, world.totalBytes - held);

    if (demand > killShare) others(sec, 'kernel');
    else if (policy === 'earlyoom' && sec >= restUntil && availableBytes <= world.totalBytes * 0.1) {
      // No swap here: 0 % of it is free (earlyoom -m 10 -s 10).
      others(sec, 'earlyoom');
      restUntil = sec + 1;
    } else if (policy === 'systemd-oomd') {
      overSec = avg10 > 60 ? overSec + 1 : 0;
      if (overSec >= 30 && sec >= restUntil) {
        // Builds without cgroups of their own all live in nix-daemon.service.
        others(sec, 'systemd-oomd', true);
        restUntil = sec + 15;
      }
    }

    const speed = 1 - full / 100;
    let writes = 0;
    const processes: ProcessRaw[] = [
      daemon(),
      client(150, {
        residentBytes: 5e7 + evaluated,
        userTicks: Math.round(evaluation.workedSec * 90),
        comm: 'nix',
        facts: { argv: ['nix', 'build', '.#all'] },
        startTime: 99_000,
      }),
      worker(200, 150),
    ];
    for (const [index, build] of world.builds.entries()) {
      const state = states[index] as State;
      const { beginSec = 0, hangsSec = Number.POSITIVE_INFINITY, workSec = Number.POSITIVE_INFINITY } = build;
      if (!runs(state, sec, beginSec)) continue;
      const hangs = sec >= hangsSec;
      const moves = !state.paused && !hangs;
      if (moves) {
        state.workedSec += speed;
        if (build.writeBytesPerSec) writes += 1;
      }
      if (world.tmpBytes !== undefined && (build.tmpBytesAt?.(state.workedSec) ?? 0) >= world.tmpBytes) {
        played.acts.push(`${sec} full end ${build.name}`);
        end(index);
        continue;
      }
      if (state.workedSec >= workSec) {
        state.ended = 'done';
        done.set(build.name, sec);
        continue;
      }
      const own = { uid: 30_001 + index, startTime: 100_000 + beginSec * 100 };
      const root = builder(pidOf(index), 200, build.name, own);
      const asleep = hangs ? asleepIn('anon_pipe_read', sec) : {};
      const state_ = state.paused ? 'T' : hangs ? 'S' : world.disk && build.writeBytesPerSec ? 'D' : 'R';
      processes.push(
        { ...root, ...asleep, state: state.paused ? 'T' : 'S' },
        child(pidOf(index) + 1, root, 'cc1plus', {
          ...{ ...own, ...asleep, state: state_, facts: { argv: ['cc1plus'] } },
          userTicks: Math.round(state.workedSec * 100),
          residentBytes: Math.round(build.bytesAt(state.workedSec)),
          writeBytes: Math.round(state.workedSec * (build.writeBytesPerSec ?? 0)),
        }),
      );
    }
    if (evaluation.ended === null) evaluation.workedSec += speed;

    const slow = writes > 0 ? world.disk : undefined;
    const requests = Math.round(slow?.requestsPerSec ?? 50);
    ioUsec += (slow?.ioFull ?? 0) * 10_000;
    disk = {
      ...disk,
      writesDone: disk.writesDone + requests,
      writeSectors: disk.writeSectors + (slow?.bytesPerSec ?? 1e6) / 512,
      writeMs: (disk.writeMs ?? 0) + requests * (slow?.awaitMs ?? 1),
      inFlight: slow?.inFlight ?? 0,
      busyMs: (disk.busyMs ?? 0) + (slow ? 1000 : 20),
      weightedMs: (disk.weightedMs ?? 0) + (slow ? 1000 * slow.inFlight : 20),
    };
    const sample = sampleOf();
    played.samples.push(sample);
    if (typeof policy === 'string') continue;
    derived = deriveSample(sample, derived);
    const ruling = judge(derived.model, memory, { settings: policy, scope: null });
    memory = ruling.memory;
    for (const decision of ruling.decisions) {
      carryOut(decision, sec);
      memory = learned(memory, decision.id, decision.intent === null ? null : 'done', atMs);
    }

    function sampleOf(): Sample {
      const part = <T>(value: T) => ({ ok: true, atMs, value }) as const;
      const buildUsers = Object.fromEntries(
        world.builds.map((_, index) => [30_001 + index, `nixbld${index + 1}`]),
      );
      const more: Partial<ForestRaw> = {
        buildUsers,
        treeAtMs: atMs,
        residentAtMs: atMs,
        uptimeSec: 1000 + sec,
      };
      const space = (totalBytes: number, free: number) =>
        ({ ok: true, value: { totalBytes, availableBytes: free, inodes: 1000, freeInodes: 900 } }) as const;
      const [row] = storageRaw().filesystems;
      const tmp = world.builds.reduce(
        (sum, build, index) =>
          sum +
          (states[index]?.ended === null ? (build.tmpBytesAt?.(states[index]?.workedSec ?? 0) ?? 0) : 0),
        0,
      );
      const filesystems = [
        {
          ...(row as NonNullable<typeof row>),
          path: '/nix',
          mountPoint: '/',
          source: '/dev/sda1',
          device: 'sda1',
          disks: ['sda'],
          space: space(500 * gib, 200 * gib),
        },
        ...(world.tmpBytes === undefined
          ? []
          : [
              {
                path: '/tmp',
                mountPoint: '/tmp',
                type: 'tmpfs',
                source: 'tmpfs',
                device: null,
                disks: [],
                space: space(world.tmpBytes, Math.max(0, world.tmpBytes - tmp)),
              },
            ]),
      ];
      const places = {
        ...{
          buildDirectory: world.tmpBytes === undefined ? null : '/tmp',
          minFreeBytes: null,
          upperLayers: [],
          boot: null,
        },
        buildSizes: world.builds.flatMap(({ tmpBytesAt }, index) =>
          tmpBytesAt === undefined || states[index]?.ended !== null
            ? []
            : [
                {
                  path: `/tmp/nix-build-${index}.drv-0`,
                  uid: 30_001 + index,
                  bytes: tmpBytesAt(states[index]?.workedSec ?? 0),
                  whole: true,
                },
              ],
        ),
      };
      const device = {
        device: 'sda',
        model: 'disk',
        title: null,
        rotational: false,
        sizeBytes: 1e12,
        slaves: [],
      };
      return {
        ...{ version: 1, timeMs: dayMs + sec * 1000, monotonicMs: atMs },
        forest: part(forest(processes, more)),
        memory: part(
          memoryRaw({ totalBytes: world.totalBytes, availableBytes, swapTotalBytes: 0, swapFreeBytes: 0 }),
        ),
        pressure: part(
          pressureRaw({
            memory: psi(fullUsec, avg10, fullUsec, avg10),
            io: psi(ioUsec, slow?.ioFull ?? 0, ioUsec, slow?.ioFull ?? 0),
          }),
        ),
        disks: part([disk]),
        ...(sec % 5 === 0 && {
          storage: part(storageRaw({ filesystems, devices: [device], swap: [], places })),
        }),
      };
    }
  }
  return { ...played, done, frozenSec };
}

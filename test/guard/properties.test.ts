/** What holds whatever the machine does: random machines, and Models with anything in them. */
import { describe, expect, it } from 'vitest';
import { identityKey } from '../../src/base/identity.ts';
import { showsAfterSec } from '../../src/guard/ladder.ts';
import type { GuardDecision } from '../../src/guard/memory.ts';
import { judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import { defaultGuardSettings, type GuardSettings } from '../../src/guard/settings.ts';
import type { GuardAction } from '../../src/model/guard/guard.ts';
import type { Build, Model } from '../../src/model/model.ts';
import { busy } from '../support/model-fixture.ts';
import { createRandom } from '../support/soak-machine.ts';
import { activating, buildOf, clientOf, gib, guarded, machine } from './guarded.ts';
import { play, type WorldBuild } from './world.ts';

const numbers = { ...defaultGuardSettings.rules['memory-delta'].numbers, limit: 3 * gib };
const settings: GuardSettings = {
  ...defaultGuardSettings,
  rules: {
    ...defaultGuardSettings.rules,
    'memory-delta': { enabled: true, forSec: 10, actions: ['tell', 'lower', 'pause', 'kill'], numbers },
  },
};

/** Builds come and go, grow and hold; pressure and disks do what they like. The last quarter hour is calm. */
function* troubled(seed: number, seconds: number): Generator<{ sec: number; model: Partial<Model> }> {
  const random = createRandom(seed);
  const clients = [clientOf(150), clientOf(160, activating), clientOf(170)];
  let builds: readonly Build[] = [];
  let lastPid = 1000;
  let full = 0;
  for (let sec = 0; sec <= seconds; sec++) {
    const calm = sec > seconds - 900;
    if (!calm && random() < 0.1 && builds.length < 9) {
      lastPid += 1;
      const clientPid = [150, 160, 170, null][Math.floor(random() * 4)] ?? null;
      builds = [...builds, buildOf(lastPid, { clientPid, host: random() < 0.2 ? 'big' : null })];
    }
    builds = builds
      .filter(() => random() > 0.002)
      .map((build) => {
        const grown = (build.residentBytes ?? 0) * (calm ? 1 : 1 + (random() - 0.45) / 8);
        return {
          ...build,
          residentBytes: calm ? 0.2 * gib : Math.min(9 * gib, grown),
          residentGrowthBytesPerMin: random() < 0.5 ? null : (random() - 0.3) * gib,
          writeBytesPerSec: random() * 1e7,
        };
      });
    full = calm ? 0 : Math.max(0, Math.min(100, full + (random() - 0.5) * 40));
    const held = builds.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
    const stalledSec = !calm && random() < 0.3 ? random() * 9 : null;
    const disk = { ...(busy.disks[0] as Model['disks'][number]), stalledSec, carries: ['/nix/store'] };
    yield {
      sec,
      model: machine({
        ...{ builds, clients, full: random() < 0.1 && !calm ? null : full, ioFull: full },
        ...{
          available: Math.max(0, 14 * gib - held),
          disks: [{ ...disk, readAwaitMs: null, writeAwaitMs: null, flushAwaitMs: null }],
        },
      }),
    };
  }
}

const undone = new Set<string>(['resume', 'restore']);
/** What falls on builds or clients. */
const acts = ({ action }: GuardDecision) =>
  !undone.has(action) && action !== 'tell' && action !== 'restart-unit';

describe.each([1, 2, 3, 4, 5, 6, 7, 8])('an hour of trouble, seed %i', (seed) => {
  const one = guarded({ settings });
  const done: { readonly sec: number; readonly decision: GuardDecision; readonly model: Partial<Model> }[] =
    [];
  for (const { sec, model } of troubled(seed, 4500))
    for (const decision of one.at(sec, model).decisions) done.push({ sec, decision, model });

  it('acts, and never on an activation, on what it builds, or on another machine', () => {
    expect(done.filter(({ decision }) => acts(decision)).length).toBeGreaterThan(5);
    for (const { decision, model } of done) {
      const { intent } = decision;
      if (intent === null) continue;
      if (intent.type === 'cancel')
        for (const { process } of intent.clients) expect(process.pid).not.toBe(160);
      if (!('targets' in intent)) continue;
      for (const { root } of intent.targets) {
        const build = model.builds?.find((other) => identityKey(other) === identityKey(root));
        expect(build, decision.action).toBeDefined();
        expect(build?.clientPid).not.toBe(160);
        expect(build?.host).toBeNull();
      }
    }
  });

  it('never acts twice within its rest, but where all is gone before, and then never before the last one shows', () => {
    const timed = done.filter(({ decision }) => acts(decision));
    for (const [i, { sec, decision, model }] of timed.entries()) {
      const before = timed[i - 1];
      if (before === undefined) continue;
      const gap = sec - before.sec;
      expect(gap).toBeGreaterThanOrEqual(
        Math.min(settings.restSec, showsAfterSec[before.decision.action as GuardAction]),
      );
      if (gap >= settings.restSec) continue;
      expect(['memory', 'leak', 'space']).toContain(decision.rule);
      const left = (model.memory?.availableBytes ?? 0) / (16 * gib);
      expect(left).toBeLessThanOrEqual(0.25);
    }
  });

  it('lets everything go on in the end that it had paused, and restores what it had changed', () => {
    expect(done.some(({ decision }) => decision.action === 'pause')).toBe(true);
    expect(one.memory.undoable).toEqual([]);
    const left = new Set([...one.paused]);
    const alive = done.at(-1)?.model.builds?.filter((build) => left.has(identityKey(build))) ?? [];
    expect(alive).toEqual([]);
  });

  it('pauses no build more often than three times, and never while it stands still', () => {
    const times = new Map<string, number>();
    const still = new Set<string>();
    for (const { decision } of done) {
      const { intent, action } = decision;
      if (intent === null || !('targets' in intent)) continue;
      for (const { root } of intent.targets) {
        const key = identityKey(root);
        if (action === 'pause') {
          expect(still.has(key)).toBe(false);
          still.add(key);
          times.set(key, (times.get(key) ?? 0) + 1);
        }
        if (action === 'resume') still.delete(key);
      }
    }
    expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(3);
  });
});

/** Builds that take what they need, work and end, and fit together; beside them what grows without end. */
function randomWorld(seed: number, { fits, leaks: most }: { readonly fits: number; readonly leaks: number }) {
  const random = createRandom(seed);
  const between = (from: number, to: number) => from + (to - from) * random();
  const totalBytes = random() < 0.5 ? gib : 16 * gib;
  const baseBytes = totalBytes * between(0.02, 0.12);
  const course = () => ({
    beginSec: random() < 0.4 ? 0 : Math.floor(between(0, 90)),
    flatSec: random() < 0.5 ? 0 : between(0, 60),
    firstBytes: totalBytes * between(0.005, 0.04),
  });
  const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => between(0.2, 1));
  const sum = parts.reduce((all, part) => all + part, 0);
  const takes = (between(0.4, 1) * fits * (totalBytes - baseBytes)) / sum;
  const honest = parts.map((part, index): WorldBuild => {
    // Who alone holds half of memory, and still grows, is a leak to everybody.
    const mostBytes = Math.min(0.45 * totalBytes, part * takes);
    const { beginSec, flatSec, firstBytes } = course();
    const perSec = totalBytes * between(0.005, 0.07);
    return {
      ...{ name: `honest-${index}`, beginSec, workSec: flatSec + mostBytes / perSec + between(20, 150) },
      bytesAt: (sec) => Math.min(mostBytes, firstBytes + Math.max(0, sec - flatSec) * perSec),
    };
  });
  const leaks = Array.from({ length: 1 + Math.floor(random() * most) }, (_, index): WorldBuild => {
    const { beginSec, flatSec, firstBytes } = course();
    const perSec = totalBytes * between(0.005, 0.05);
    return {
      ...{ name: `leak-${index}`, beginSec },
      bytesAt: (sec) => firstBytes + Math.max(0, sec - flatSec) * perSec,
    };
  });
  const builds = random() < 0.5 ? [...honest, ...leaks] : [...leaks, ...honest];
  return { honest, world: { totalBytes, baseBytes, builds } };
}

it.each([
  { fits: 0.7, leaks: 1 },
  { fits: 0.5, leaks: 2 },
])(
  'beside $leaks leak(s) honest builds that fit into $fits of memory are built, all of them',
  (how) => {
    for (let seed = 1; seed <= 16; seed++) {
      const { honest, world } = randomWorld(seed, how);
      const { lost, done } = play(world, 900, defaultGuardSettings);
      expect(
        lost.filter(({ name }) => name.startsWith('honest')),
        `seed ${seed}`,
      ).toEqual([]);
      for (const { name } of honest) expect(done.has(name), `seed ${seed}: ${name}`).toBe(true);
    }
  },
  60_000,
);

const hostile: readonly unknown[] = [
  null,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0,
  Number.MAX_SAFE_INTEGER,
];

/** The same with each number that may be null, or any, now and then something else. */
function mangled<T>(value: T, random: () => number, how: (number: number) => unknown): T {
  if (typeof value === 'number') return (random() < 0.3 ? how(value) : value) as T;
  if (Array.isArray(value)) return value.map((one) => mangled(one, random, how)) as T;
  if (value instanceof Map || value instanceof Set || value === null || typeof value !== 'object')
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      // Who is who is never unknown.
      ['pid', 'startTime', 'version', 'monotonicMs', 'forest', 'storage'].includes(key)
        ? one
        : mangled(one, random, how),
    ]),
  ) as T;
}

it.each([
  ['unknown', () => null],
  ['anything', (random: () => number) => hostile[Math.floor(random() * hostile.length)]],
] as const)('a machine of which numbers are %s: no error, and no kill of what is not known', (_, how) => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = createRandom(seed);
    let memory = noGuardMemory;
    for (let sec = 0; sec < 60; sec++) {
      const atMs = busy.monotonicMs + sec * 1000;
      const model: Model = {
        ...mangled(busy, random, () => how(random)),
        ...{ monotonicMs: atMs, readAtMs: { forest: atMs, storage: atMs } },
      };
      const ruling = judge(model, memory, { settings, scope: null });
      memory = ruling.memory;
      for (const { id, intent } of ruling.decisions) {
        if (intent !== null && 'targets' in intent) expect(intent.targets.length).toBeGreaterThan(0);
        memory = learned(memory, id, 'done', atMs);
      }
      for (const { state } of ruling.readings)
        expect(['unknown', 'calm', 'over', 'tripped', 'resting']).toContain(state);
    }
    expect(memory.standings.size).toBeLessThan(200);
    expect(memory.kept.size).toBeLessThan(200);
  }
});

it('a machine of which nothing is known at all is left alone', () => {
  const nothing = mangled(
    busy,
    () => 0,
    () => null,
  );
  const one = guarded({ settings });
  for (let sec = 0; sec < 600; sec++) {
    const { decisions } = one.at(sec, { ...nothing, verdicts: [], events: [], builds: nothing.builds });
    expect(decisions).toEqual([]);
  }
});

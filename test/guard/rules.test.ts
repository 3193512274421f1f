/** Each rule where it acts, and where it must not: tables of machines over time, and the first acts. */
import { describe, expect, it, test } from 'vitest';
import { defaultGuardSettings, type GuardSettings } from '../../src/guard/settings.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { GuardRuleId } from '../../src/model/guard/guard.ts';
import type { Build, Disk, Filesystem, Model } from '../../src/model/model.ts';
import { activating, actsOver, buildOf, clientOf, gib, guarded, machine } from './guarded.ts';

const mib = 2 ** 20;
const only = (rule: GuardRuleId, more: Partial<GuardSettings['rules'][GuardRuleId]> = {}): GuardSettings => ({
  ...defaultGuardSettings,
  rules: Object.fromEntries(
    Object.entries(defaultGuardSettings.rules).map(([id, own]) => [
      id,
      { ...own, enabled: id === rule, ...(id === rule && more) },
    ]),
  ) as unknown as GuardSettings['rules'],
});

/** Acts of one rule over some seconds, with what stands still as it is. */
function acts(
  rule: GuardRuleId,
  seconds: number,
  modelAt: (sec: number, paused: ReadonlySet<string>) => Partial<Model>,
  more: Partial<GuardSettings['rules'][GuardRuleId]> = {},
): readonly string[] {
  const one = guarded({ settings: only(rule, more) });
  return actsOver(one, [0, seconds], (sec) => modelAt(sec, one.paused)).map((act) =>
    act.replace(` ${rule} `, ' '),
  );
}

describe('memory', () => {
  const heavy = buildOf(1, { residentBytes: 6 * gib });
  const light = buildOf(2, { residentBytes: 200 * mib });
  const young = buildOf(3, { residentBytes: 4 * gib });
  const builds = [heavy, light, young];

  it('lowers, then pauses the youngest of the heavy, while pressure is high and little is left', () => {
    const at = () => machine({ builds, full: 30, available: gib });
    expect(acts('memory', 60, at)).toEqual(['8 lower thing-1 thing-3', '23 pause thing-3']);
  });

  it('kills only where it is worse than a pause is worth, and not what holds next to nothing', () => {
    const at = () => machine({ builds, full: 60, available: gib });
    expect(acts('memory', 120, at)).toEqual([
      ...['8 lower thing-1 thing-3', '23 pause thing-3'],
      // What stands still frees as much, and what runs may come to its end.
      ...['38 kill thing-3', '53 kill thing-1'],
    ]);
  });

  it.each<[string, (sec: number) => Partial<Model>]>([
    [
      'pressure with memory to spare: a limit of a cgroup',
      () => machine({ builds, full: 90, available: 8 * gib }),
    ],
    ['little left, and nobody waits for it', () => machine({ builds, full: 3, available: gib })],
    ['pressure that falls by itself', (sec) => machine({ builds, full: 90 * 0.9 ** sec, available: gib })],
    ['a moment of it', (sec) => machine({ builds, full: sec % 12 === 0 ? 40 : 2, available: gib })],
    [
      'a program that takes at once what it needs',
      (sec) => machine({ builds, available: Math.max(6, 14 - 2 * sec) * gib }),
    ],
    ['a cache that grows: it is available', (sec) => machine({ builds, available: (12 - sec / 100) * gib })],
    [
      'much used, and ZFS gives back its cache',
      (sec) => ({
        ...machine({ builds, available: Math.max(0.5, 4 - sec / 4) * gib }),
        memory: {
          ...machine({ available: Math.max(0.5, 4 - sec / 4) * gib }).memory,
          ...{ arcBytes: 9 * gib, arcMinBytes: gib },
        } as Model['memory'],
      }),
    ],
    ['nothing known of it', () => ({ builds, memory: emptyModel.memory })],
  ])('does nothing: %s', (_, at) => {
    expect(acts('memory', 60, at)).toEqual([]);
  });

  it('is not led astray by what wavers about its level', () => {
    // As the kernel makes its mean of seconds in which nearly all stood still, and of others.
    let avg10 = 50;
    const wavers = (sec: number) => {
      avg10 += ((sec % 4 < 2 ? 95 : 15) - avg10) * (1 - Math.exp(-1 / 10));
      return machine({ builds, full: avg10, available: (1.6 + 0.2 * Math.cos(sec)) * gib });
    };
    expect(acts('memory', 30, wavers)[0]).toMatch(/^([5-9]|1\d) lower/);
  });

  it('pauses within seconds when all is gone within seconds', () => {
    // Half a gigabyte a second of one build, on 16 GB without swap.
    const at = (sec: number, paused: ReadonlySet<string>) => {
      const grown = Math.min(sec, paused.size > 0 ? 20 : sec) / 2;
      return machine({
        builds: [buildOf(1, { residentBytes: grown * gib }), light],
        available: Math.max(0, 13 - grown) * gib,
      });
    };
    const [first, ...others] = acts('memory', 60, at);
    expect(first).toMatch(/^2[0-2] pause thing-1$/);
    expect(others).toEqual([]);
  });

  it('pauses all that are heavy but one when ten of them take the rest within seconds', () => {
    const several = Array.from({ length: 8 }, (_, i) => buildOf(10 + i, { residentBytes: gib }));
    const at = (sec: number) => machine({ builds: several, available: Math.max(0, 4 - 0.6 * sec) * gib });
    expect(acts('memory', 4, at)[0]).toMatch(
      /pause thing-17 thing-16 thing-15 thing-14 thing-13 thing-12 thing-11$/,
    );
  });

  it('takes a thrashing machine with next to nothing left for what it is: it gets no better', () => {
    const at = () => machine({ builds, full: 90, available: 0.1 * gib });
    const [first, second] = acts('memory', 12, at);
    expect(first).toBe('4 pause thing-3');
    expect(second).toMatch(/^[789] kill thing-3$/);
  });

  it('without PSI it goes by what is left, if pages are needed again', () => {
    const memory = (refaultsPerSec: number) =>
      ({
        ...machine({ available: gib }).memory,
        refaultsPerSec,
        swapOutBytesPerSec: 0,
        scannedPagesPerSec: 0,
      }) as Model['memory'];
    const at = (refaults: number) => () => ({ ...machine({ builds, full: null }), memory: memory(refaults) });
    expect(acts('memory', 10, at(5000))).toEqual(['5 lower thing-1 thing-3']);
    expect(acts('memory', 60, at(0))).toEqual([]);
    // Nothing else tells, as on a Mac: nobody is killed for a number.
    const alone = () => machine({ builds, full: null, available: gib });
    expect(acts('memory', 200, alone)).toEqual(['5 lower thing-1 thing-3', '20 pause thing-3']);
  });

  it('is not led astray by looks that read no memory, and counts the time since it was read', () => {
    // Read every two seconds, looked at four times a second.
    const at = (sec: number) => {
      const readSec = Math.floor(sec / 2) * 2;
      const own = machine({ builds, available: Math.max(0, 4 - 0.3 * readSec) * gib });
      return { ...own, readAtMs: { memory: readSec * 1000, pressure: sec * 1000 } };
    };
    const one = guarded({ settings: only('memory') });
    const acted = actsOver(one, [0, 12], at, 0.25);
    expect(acted[0]).toMatch(/^[2-5](\.\d+)? memory pause thing-3$/);
    const value = one.at(13, { ...at(12), readAtMs: { memory: 12_000, pressure: 13_000 } }).of('memory');
    expect(value?.state).not.toBe('calm');
  });

  it('counts swap in compressed memory for what it saves alone', () => {
    const swap = { swapTotalBytes: 8 * gib, swapUsedBytes: 0 };
    const at = (zramRatio: number | null) => (sec: number) => {
      const available = Math.max(0, 3 - sec / 4) * gib;
      return {
        ...machine({ builds, available }),
        memory: { ...machine({ available }).memory, ...swap, zramRatio } as Model['memory'],
      };
    };
    expect(acts('memory', 9, at(null))).toEqual([]);
    expect(acts('memory', 9, at(3))[0]).toMatch(/pause/);
  });

  it('reads of files that find no room are a shortage, too: who reads most is paused, and nobody killed', () => {
    const shortages = [
      {
        resource: 'memory',
        level: 'critical',
        cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 60 },
        sinceMs: 0,
        levelSinceMs: 0,
      },
    ] as Model['shortages'];
    const reader = buildOf(4, { readBytesPerSec: 1e9, residentBytes: 100 * mib });
    const at = () => {
      const base = machine({ builds: [heavy, reader], full: 60, available: 9 * gib, shortages });
      return { ...base, memory: { ...base.memory, refaultsPerSec: 100_000 } as Model['memory'] };
    };
    expect(acts('memory', 120, at)).toEqual(['8 lower thing-4', '23 pause thing-4']);
  });

  it('cancels an evaluation that holds more than any build, and kills no build for it', () => {
    const clients = [clientOf(150, { residentBytes: 12 * gib, phase: 'evaluating' })];
    const at = () => machine({ builds: [young], clients, full: 70, available: gib });
    expect(acts('memory', 60, at)).toEqual(['8 cancel nix build .#150']);
  });

  it('touches neither an activation nor what it builds, nor builds of other machines', () => {
    const clients = [clientOf(150, activating)];
    const remote = buildOf(9, { host: 'big', clientPid: 151, residentBytes: 9 * gib });
    const at = () => machine({ builds: [heavy, remote], clients, full: 90, available: 0.1 * gib });
    expect(acts('memory', 60, at)).toEqual([]);
  });
});

describe('leak', () => {
  /** So many megabytes a second from two gigabytes on, until `most`; `others` of what is not available. */
  const growing =
    (perSec: number, most: number, { total = 16 * gib, others = 2 * gib } = {}) =>
    (sec: number, paused: ReadonlySet<string>) => {
      const at = paused.size > 0 ? 0 : sec;
      const residentBytes = Math.min(most, 2 * gib + at * perSec * mib);
      const builds = [buildOf(1, { residentBytes }), buildOf(2)];
      return machine({ total, available: Math.max(0, total - others - residentBytes), builds });
    };

  it('is told, and paused before memory is short', () => {
    const [first, second, ...others] = acts('leak', 240, growing(50, 14 * gib));
    expect(first).toMatch(/^\d+ tell thing-1$/);
    expect(second).toMatch(/^\d+ pause thing-1$/);
    expect(Number(second?.split(' ')[0])).toBeLessThan((14 * 1024) / 50 - 40);
    expect(others.filter((act) => act.includes('kill'))).toEqual([]);
  });

  it.each<[string, ReturnType<typeof growing>]>([
    ['the link of a browser: 8 GB within four minutes', growing(35, 8 * gib)],
    ['the same within half a minute', growing(200, 8 * gib)],
    ['the same on a large machine', growing(200, 8 * gib, { total: 64 * gib })],
    ['a steady growth that would take hours', growing(1, 14 * gib)],
    ['growth while there is much left', growing(300, 30 * gib, { total: 128 * gib })],
  ])('leaves alone %s', (_, at) => {
    expect(acts('leak', 240, at)).toEqual([]);
  });

  it('is only told while one as heavy stands still: it may be the honest one that goes on', () => {
    const beside = (heldGib: number) =>
      acts('leak', 90, (sec) => {
        const residentBytes = 2 * gib + Math.min(sec, 90) * 50 * mib;
        const standing = buildOf(2, { residentBytes: heldGib * gib, paused: true });
        const builds = [buildOf(1, { residentBytes }), standing];
        return machine({ total: 16 * gib, available: 6 * gib - sec * 50 * mib, builds });
      }).map((act) => act.replace(/^\d+ /, ''));
    expect(beside(4)).toEqual(['tell thing-1']);
    expect(beside(1)).toContain('pause thing-1');
  });

  describe('of a build beside which there is no other', () => {
    /** Of 1000 MB: 40 MB a second, up to so much. */
    const alone = (most: number) => (sec: number, paused: ReadonlySet<string>) => {
      const residentBytes = Math.min(most, (paused.size > 0 ? 0 : sec) * 40) * mib;
      return machine({
        total: 1000 * mib,
        available: Math.max(0, 980 * mib - residentBytes),
        builds: [buildOf(1, { residentBytes })],
      });
    };

    it.each(['leak', 'memory'] as const)('%s lets it go on to its plateau, with six seconds left', (rule) => {
      expect(acts(rule, 60, alone(740))).toEqual([]);
    });

    it.each([
      ['leak', 21],
      ['memory', 22],
    ] as const)('%s pauses it when four seconds are left', (rule, sec) => {
      expect(acts(rule, 25, alone(5000))[0]).toBe(`${sec} pause thing-1`);
    });
  });

  it('that has just stopped growing is none, whatever its pace was', () => {
    const stopped = (sec: number) => {
      const residentBytes = Math.min(11.6 * gib, 2 * gib + sec * 150 * mib);
      const builds = [buildOf(1, { residentBytes }), buildOf(2)];
      return machine({ available: 15 * gib - residentBytes, builds });
    };
    expect(acts('leak', 120, stopped, { forSec: 12 })).toEqual([]);
  });

  it('is seen beside compilers that come and go', () => {
    const at = (sec: number, paused: ReadonlySet<string>) => {
      const residentBytes = 2 * gib + (paused.size > 0 ? 150 : sec) * 60 * mib;
      const compilers = [2, 3, 4, 5].map((pid) =>
        buildOf(pid, { residentBytes: (300 + 250 * Math.sin(sec / 5 + pid)) * mib }),
      );
      return machine({
        available: Math.max(0, 13 * gib - residentBytes),
        builds: [buildOf(1, { residentBytes }), ...compilers],
      });
    };
    expect(
      acts('leak', 180, at)
        .map((act) => act.replace(/^\d+ /, ''))
        .slice(0, 2),
    ).toEqual(['tell thing-1', 'pause thing-1']);
  });

  it('leaves a collector of garbage alone, which gives back what it took', () => {
    const at = (sec: number) => {
      const residentBytes = (3 + (sec % 30) / 8) * gib;
      return machine({
        available: 14 * gib - residentBytes - 3 * gib,
        builds: [buildOf(1, { residentBytes })],
      });
    };
    expect(acts('leak', 300, at)).toEqual([]);
  });

  it('cancels an evaluation that goes on after it was told', () => {
    const at = (sec: number) => {
      const residentBytes = 2 * gib + sec * 60 * mib;
      return machine({
        available: Math.max(0, 14 * gib - residentBytes),
        clients: [clientOf(150, { residentBytes, phase: 'evaluating' })],
      });
    };
    expect(acts('leak', 180, at).map((act) => act.replace(/^\d+ /, ''))).toEqual([
      'tell nix build .#150',
      'cancel nix build .#150',
    ]);
  });
});

const disk: Disk = {
  ...{ device: 'sda', title: null, model: null, carries: ['/nix/store'], slaves: [] },
  ...{ readsPerSec: 0, writesPerSec: 2, readBytesPerSec: 0, writeBytesPerSec: 20_000 },
  ...{ readAwaitMs: null, writeAwaitMs: 4000, flushAwaitMs: null, queueSize: 30, utilPercent: 100 },
  ...{ inFlight: 30, stalledSec: null },
};

describe('io', () => {
  const writer = buildOf(1, { writeBytesPerSec: 3e6 });
  const idle = buildOf(2);
  const on =
    (more: Partial<Disk>, ioFull: number | null = 70) =>
    () =>
      machine({ builds: [writer, idle], ioFull, disks: [{ ...disk, ...more }] });
  const stall = { writesPerSec: 0, writeBytesPerSec: 0, writeAwaitMs: null, stalledSec: 9 };

  it('lowers who writes, and pauses him where the disk gets next to nothing done', () => {
    expect(acts('io', 60, on({}))).toEqual(['20 lower thing-1', '35 pause thing-1']);
    expect(acts('io', 60, on(stall, 0))).toEqual(['20 lower thing-1', '35 pause thing-1']);
    expect(acts('io', 60, on(stall, null))).toEqual(['20 lower thing-1', '35 pause thing-1']);
  });

  it('holds through the seconds in which nothing ends, between slow requests', () => {
    const at = (sec: number) =>
      on(sec % 3 === 0 ? { writeAwaitMs: 3000 } : { ...stall, stalledSec: sec % 3 })();
    expect(acts('io', 60, at)[0]).toBe('20 lower thing-1');
  });

  it('takes the layer that stands for the one that stands: dm-crypt, and not the disk below (NixOS/nixpkgs#40282)', () => {
    const waits = { states: { ...writer.states, D: 30 } };
    const at = () =>
      machine({
        builds: [buildOf(1, { ...waits, writeBytesPerSec: null, readBytesPerSec: null }), idle],
        ioFull: 80,
        disks: [
          { ...disk, device: 'sda', writeAwaitMs: 8, writesPerSec: 60, inFlight: 0 },
          { ...disk, ...stall, device: 'dm-0', title: 'cryptroot', inFlight: 180, stalledSec: 40 },
        ],
      });
    const one = guarded({ settings: only('io') });
    expect(actsOver(one, [0, 60], at)).toEqual(['20 io lower thing-1', '35 io pause thing-1']);
    expect(one.at(61, at()).of('io')?.name).toBe('cryptroot');
  });

  it('lowers at most on a slow USB disk that works off its queue', () => {
    const usb = { writesPerSec: 35, writeBytesPerSec: 9e6, writeAwaitMs: 2400, inFlight: 90 };
    expect(acts('io', 600, on(usb))).toEqual(['20 lower thing-1']);
  });

  it.each<[string, () => Partial<Model>]>([
    ['a disk that answers', on({ writeAwaitMs: 40 })],
    ['a slow one for which nobody has to wait', on({ writesPerSec: 20 }, 5)],
    ['one that carries nothing of a rebuild', on({ carries: [] })],
    ['compressed memory', on({ device: 'zram0' })],
    ['one of which nothing is known', on({ writeAwaitMs: null, inFlight: null })],
  ])('does nothing: %s', (_, at) => {
    expect(acts('io', 120, at)).toEqual([]);
  });

  it('leaves a disk alone that only swaps, which is memory’s business, and builds that do no I/O', () => {
    const shortages = [
      {
        resource: 'memory',
        level: 'critical',
        cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 60 },
        sinceMs: 0,
        levelSinceMs: 0,
      },
    ] as Model['shortages'];
    const swaps = () => ({ ...on({ carries: ['/nix', 'swap'] })(), shortages });
    expect(acts('io', 120, swaps)).toEqual([]);
    expect(acts('io', 120, () => ({ ...on({})(), builds: [idle] }))).toEqual([]);
  });
});

describe('stuck', () => {
  const verdict = (
    state: string,
    certainty: string,
    kind = 'idle',
    subject: object = { kind: 'build', pid: 1, startTime: 10 },
  ) =>
    ({
      ...{ subject, state, certainty, sinceMs: 0, atLeast: false },
      reason: { kind, asleep: null },
      unseen: [],
      evidence: [],
    }) as unknown as Model['verdicts'][number];
  const with_ =
    (one: Model['verdicts'][number], more: Partial<Model> = {}) =>
    () =>
      machine({ builds: [buildOf(1)], verdicts: [one], readAtMs: { forest: 0 }, ...more });

  it('is told of after half an hour for certain, counted from when it began, and after an hour else', () => {
    expect(acts('stuck', 4000, with_(verdict('stuck', 'certain')))).toEqual(['1800 tell thing-1']);
    expect(acts('stuck', 4000, with_(verdict('stuck', 'likely')))).toEqual(['3600 tell thing-1']);
    const client = verdict('stuck', 'certain', 'idle', {
      kind: 'client',
      rebuild: null,
      pid: 150,
      startTime: 1500,
    });
    expect(acts('stuck', 4000, with_(client))).toEqual(['1800 tell nix build .#150']);
  });

  it('kills or cancels where the settings say so', () => {
    const actions = ['tell', 'kill', 'cancel'] as const;
    expect(acts('stuck', 4000, with_(verdict('stuck', 'certain')), { actions })).toEqual([
      ...['1800 tell thing-1', '1815 kill thing-1'],
    ]);
  });

  it.each<[string, () => Partial<Model>]>([
    ['slow', with_(verdict('slow', 'certain'))],
    ['waiting', with_(verdict('waiting', 'certain'))],
    ['a loop, or a link of hours', with_(verdict('stuck', 'likely', 'spinning'))],
    ['paused', with_(verdict('stuck', 'certain'), { builds: [buildOf(1, { paused: true })] })],
    [
      'of a client whose build is paused',
      with_(verdict('stuck', 'certain', 'builds', { kind: 'client', pid: 150, startTime: 1500 }), {
        builds: [buildOf(1, { paused: true })],
      }),
    ],
    [
      'of an activation',
      with_(verdict('stuck', 'certain', 'idle', { kind: 'client', pid: 150, startTime: 1500 }), {
        clients: [clientOf(150, activating)],
      }),
    ],
  ])('is not: %s', (_, at) => {
    expect(acts('stuck', 9000, at)).toEqual([]);
  });
});

test('a rebuild may go on for so long: any on the machine, or the one that was started', () => {
  const numbers = { limit: 1800 };
  const old = (more: object) => () => machine({ clients: [clientOf(150, { ageSec: 2000, ...more })] });
  expect(acts('rebuild-time', 60, old({}))).toEqual([]);
  expect(acts('rebuild-time', 60, old({}), { numbers })).toEqual(['0 tell nix build .#150']);
  // A shell, a collection of garbage, a switch.
  expect(acts('rebuild-time', 60, old({ phase: 'idle' }), { numbers })).toEqual([]);
  expect(acts('rebuild-time', 60, old({ phase: 'collecting garbage' }), { numbers })).toEqual([]);
  expect(acts('rebuild-time', 60, old({ ...activating }), { numbers })).toEqual([]);
  const one = guarded({
    settings: only('rebuild-time', { numbers }),
    scope: { pid: 150, startedMs: 60_000 },
  });
  expect(actsOver(one, [0, 2000], old({}))).toEqual(['1860 rebuild-time tell nix build .#150']);
});

test('a build may take so many times its usual time, and never less than half an hour', () => {
  const log = (medianSec: number) =>
    ({ usual: { medianSec, lowSec: 1, highSec: 2, runs: 5 } }) as unknown as Build['log'];
  const aged =
    (ageSec: number, medianSec: number | null, more: Partial<Build> = {}) =>
    () =>
      machine({ builds: [buildOf(1, { ageSec, log: medianSec === null ? null : log(medianSec), ...more })] });
  expect(acts('build-time', 9, aged(3100, 600))).toEqual(['0 tell thing-1']);
  expect(acts('build-time', 9, aged(2900, 600))).toEqual([]);
  expect(acts('build-time', 9, aged(1700, 10))).toEqual([]);
  expect(acts('build-time', 9, aged(90_000, null))).toEqual([]);
  expect(acts('build-time', 9, aged(3100, 600, { paused: true }))).toEqual([]);
  expect(acts('build-time', 9, aged(3100, 600, { host: 'big' }))).toEqual([]);
  const durations = new Map([
    [
      'thing',
      {
        hosts: new Map(),
        all: { sorted: [600], usual: { medianSec: 600, lowSec: 600, highSec: 600, runs: 1 } },
      },
    ],
  ]);
  const known = () => ({ ...aged(3100, null, { drvHash: 'a'.repeat(32), name: 'thing-1.0' })(), durations });
  expect(acts('build-time', 9, known)).toEqual(['0 tell thing-1.0']);
});

describe('space', () => {
  const filesystem = (availableBytes: number, more: Partial<Filesystem> = {}): Filesystem => ({
    ...{ path: '/tmp', mountPoint: '/tmp', type: 'tmpfs', device: null, disks: [], totalBytes: 32 * gib },
    ...{
      availableBytes,
      freeInodesPercent: 90,
      level: availableBytes < gib ? 'warning' : 'ok',
      problem: null,
    },
    ...more,
  });
  const writer = buildOf(1, { buildDirectory: '/tmp/nix-build-a.drv-0', writeBytesPerSec: 0, uid: 30_001 });
  const other = buildOf(2, { buildDirectory: '/tmp/nix-build-b.drv-0' });
  const at =
    (freeAt: (sec: number) => number, more: Partial<Filesystem> = {}) =>
    (sec: number, paused: ReadonlySet<string>) =>
      machine({
        builds: [other, writer],
        filesystems: [filesystem(freeAt(paused.size > 0 ? 24 : sec), more)],
        // Read every five seconds.
        readAtMs: { forest: sec * 1000, storage: Math.floor(sec / 5) * 5000 },
        places: {
          ...{ buildDirectory: null, minFreeBytes: null, upperLayers: [], boot: null },
          buildSizes: [{ path: '/tmp/nix-build-a.drv-0', uid: 30_001, bytes: 9 * gib, whole: true }],
        },
      });

  it('pauses who fills it, before it is full', () => {
    // A gigabyte each three seconds of sixteen: full after 48.
    const [first, ...others] = acts(
      'space',
      60,
      at((sec) => Math.max(0, 16 - (Math.floor(sec / 5) * 5) / 3) * gib),
    );
    expect(first).toMatch(/^\d+ pause thing-1$/);
    expect(Number(first?.split(' ')[0])).toBeLessThan(45);
    expect(others.filter((act) => !act.includes('resume'))).toEqual([]);
  });

  it.each<[string, ReturnType<typeof at>]>([
    ['one that stays nearly full', at(() => 0.5 * gib)],
    ['one that fills over hours', at((sec) => (16 - sec / 1000) * gib)],
    ['an unpacking that comes and goes', at((sec) => (16 - (Math.floor(sec / 5) % 3)) * gib)],
    ['a few percent of a large one', at((sec) => (50 - sec / 1000) * gib, { totalBytes: 4096 * gib })],
    ['one of which nothing is known', at(() => 0, { availableBytes: null, totalBytes: null })],
  ])('leaves alone %s', (_, models) => {
    expect(acts('space', 120, models)).toEqual([]);
  });
});

test('a rebuild may take so much memory, by itself and by what the machine has less', () => {
  const numbers = { limit: 10 * gib };
  const took = (own: number, less: number) => (sec: number) =>
    machine({
      ...{ total: 64 * gib, available: 60 * gib - (sec > 5 ? less : 0) },
      builds: [buildOf(1, { residentBytes: gib + (sec > 5 ? own : 0) })],
    });
  expect(acts('memory-delta', 60, took(11 * gib, 11 * gib), { numbers })).toEqual([
    '16 tell nix build .#150',
  ]);
  expect(acts('memory-delta', 60, took(11 * gib, 11 * gib))).toEqual([]);
  // Pages that are shared count twice; or it is somebody else who takes it.
  expect(acts('memory-delta', 60, took(11 * gib, 2 * gib), { numbers })).toEqual([]);
  expect(acts('memory-delta', 60, took(2 * gib, 20 * gib), { numbers })).toEqual([]);
  // Nobody could read what it held when it began: that is not 0.
  const unread = (from: number) => (sec: number) => ({
    ...machine({ available: (sec < from ? 14 : 2) * gib }),
    clients: [clientOf(150, { residentBytes: sec < from ? null : gib })],
    builds: [buildOf(1, { residentBytes: sec < from ? null : 11 * gib })],
  });
  expect(acts('memory-delta', 60, unread(5), { numbers })).toEqual([]);
  const blind = guarded({ settings: only('memory-delta', { numbers }) });
  expect(blind.at(0, unread(5)(0)).of('memory-delta')).toMatchObject({ state: 'unknown', value: null });
  const scope = { pid: 150, startedMs: 0 };
  const breaker = only('memory-delta', { numbers, actions: ['tell', 'lower', 'pause', 'cancel'] });
  expect(actsOver(guarded({ settings: breaker, scope }), [0, 90], took(11 * gib, 11 * gib))).toEqual([
    ...['16 memory-delta tell nix build .#150', '31 memory-delta lower thing-1'],
    ...['46 memory-delta pause thing-1', '61 memory-delta cancel nix build .#150'],
  ]);
});

describe('unit', () => {
  const units = [{ unit: 'sshd.service', asks: null }];
  const settings = { ...only('unit'), units };
  const down = { unit: 'sshd.service', active: false, answers: null };
  const look = (one: ReturnType<typeof guarded>, sec: number, state: object) =>
    one.at(sec, {}, { units: [{ ...down, ...state }] });

  it('is started again after 10, 60 and 300 s, and then only told of', () => {
    const one = guarded({ settings });
    const acts: string[] = [];
    for (let sec = 0; sec < 2000; sec++) acts.push(...look(one, sec, {}).acts.map((act) => `${sec} ${act}`));
    expect(acts).toEqual([
      ...['10 unit restart-unit sshd.service', '70 unit restart-unit sshd.service'],
      ...['370 unit restart-unit sshd.service', '385 unit tell sshd.service'],
    ]);
  });

  it('has its three tries again only after it was up for longer than the longest pause', () => {
    const one = guarded({ settings });
    const tries: number[] = [];
    for (let sec = 0; sec < 4000; sec++) {
      // Up for a minute after each restart.
      const up = sec - (tries.at(-1) ?? Number.NEGATIVE_INFINITY) < 60;
      if (look(one, sec, { active: up }).acts.some((act) => act.includes('restart'))) tries.push(sec);
    }
    expect(tries).toHaveLength(3);
  });

  it('neither waits for what was done to builds, nor makes them wait', () => {
    const both = { ...settings, rules: { ...settings.rules, memory: defaultGuardSettings.rules.memory } };
    const one = guarded({ settings: both });
    const at = (sec: number) =>
      one.at(sec, machine({ builds: [buildOf(1, { residentBytes: 9 * gib })], full: 50, available: gib }), {
        units: [down],
      });
    const acts: string[] = [];
    for (let sec = 0; sec <= 30; sec++) acts.push(...at(sec).acts.map((act) => `${sec} ${act}`));
    expect(acts).toEqual([
      '8 memory lower thing-1',
      '10 unit restart-unit sshd.service',
      '23 memory pause thing-1',
    ]);
  });

  it.each([
    ['runs', { active: true, answers: null }],
    ['answers', { active: true, answers: true }],
    ['cannot be seen', { active: null, answers: null }],
  ])('is left alone while it %s', (_, state) => {
    const one = guarded({ settings });
    for (let sec = 0; sec < 100; sec++) expect(look(one, sec, state).acts).toEqual([]);
  });

  it('that runs and does not answer is down', () => {
    const one = guarded({ settings });
    look(one, 0, { active: true, answers: false });
    expect(look(one, 10, { active: true, answers: false }).acts).toEqual(['unit restart-unit sshd.service']);
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatSnapshotJson, snapshotDocument } from '../../src/format/json.ts';
import { jsonReference } from '../../src/format/json-reference.ts';
import { documentSections } from '../../src/model/fields/document.ts';
import type { Model, Shortage } from '../../src/model/model.ts';
import { cachesRaw } from '../support/caches-fixture.ts';
import { everyEvent } from '../support/every-event.ts';
import {
  activating,
  armedGuard,
  busy,
  firefox,
  fixtureCases,
  remote,
  withContainer,
} from '../support/model-fixture.ts';
import { followed } from '../support/rebuild-models.ts';

/** Every leaf of a document, lists as `name[]`; an object that is null is a leaf by itself. */
function leaves(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === 'string')) return [path];
    return value.flatMap((item) => leaves(item, `${path}[]`));
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) =>
      leaves(inner, path === '' ? name : `${path}.${name}`),
    );
  }
  return [path];
}

/** Every leaf of the document with its row, as `builds[].states.D`. */
const documentedNames = documentSections.flatMap(({ path, fields }) =>
  fields.map((field) => ({ path: path === '' ? field.json : `${path}.${field.json}`, field })),
);
const documented = new Set(documentedNames.map(({ path }) => path));

describe('the JSON document', () => {
  it.each(fixtureCases.map(({ name, model }) => [name, model] as const))(
    'of %s has documented names only',
    (_, model) => {
      for (const path of leaves(snapshotDocument(model))) {
        if (path === 'version') continue;
        const absent = [...documented].some((name) => name.startsWith(`${path}.`));
        const emptyList = documentedNames.some(({ path: name }) => name.startsWith(`${path}[]`));
        expect(documented.has(path) || absent || emptyList, path).toBe(true);
      }
    },
  );

  it('has every documented name', () => {
    const [, , space] = busy.shortages;
    if (space === undefined) throw new Error('no shortage of space');
    const inodes: Shortage = { ...space, cause: { kind: 'inodes', path: '/nix', freeInodesPercent: 2 } };
    const cgroup = '/system.slice/nix-daemon.service';
    const bytes = { currentBytes: 9, limitBytes: 9, highBytes: null, metBytes: 9 };
    const limit: Shortage = {
      ...space,
      resource: 'memory',
      cause: { kind: 'limit', resource: 'memory', line: 'some', percent: 30, cgroup, limitBytes: 9 },
    };
    const progress = {
      ...{ atMs: 1, wchan: 'futex_do_wait', timed: false, callBytes: 9 },
      ...{ voluntarySwitches: 9, nonvoluntarySwitches: 9 },
    };
    const standing = {
      ...remote,
      waitsFor: {
        path: '/nix/var/nix/current-load/big-arm.upload-lock',
        holderPid: 9,
        holder: 'llvm-18.1.8',
      },
      parent: { pid: 901, startTime: 9010, comm: 'nix-daemon', progress },
      tree: firefox.tree.map((one) => ({ ...one, progress })),
    };
    const everything: Model = {
      ...busy,
      caches: cachesRaw,
      guards: [armedGuard],
      places: {
        buildDirectory: '/nix/var/nix/builds',
        minFreeBytes: 2 * 2 ** 30,
        upperLayers: [{ mountPoint: '/etc', upperMountPoint: '/persist', upperType: 'ext4' }],
        boot: {
          mountPoint: '/boot',
          type: 'vfat',
          totalBytes: 512 * 2 ** 20,
          availableBytes: 180 * 2 ** 20,
          pairBytes: 60 * 2 ** 20,
          staleEntries: 0,
        },
        buildSizes: [
          { path: '/nix/var/nix/builds/nix-2001-1', uid: 30_003, bytes: 3 * 2 ** 30, whole: false },
        ],
      },
      probes: {
        running: [
          {
            id: 'verify-store',
            subject: null,
            startedMs: busy.timeMs - 90_000,
            progress: '1200 of 9000 paths',
          },
        ],
        results: [
          {
            id: 'smart',
            subject: 'nvme0n1',
            startedMs: busy.timeMs - 40_000,
            endedMs: busy.timeMs - 39_000,
            ok: false,
            problem: { kind: 'denied', where: '/dev/nvme0n1' },
          },
        ],
      },
      builds: [...busy.builds, standing],
      logPath: { path: '/run/nix.json', problem: { kind: 'denied', where: '/run/nix.json' } as const },
      events: everyEvent,
      shortages: [...busy.shortages, inodes, limit],
      cgroups: [{ path: cgroup, ...bytes }],
    };
    const estimate = { lowSec: 840, highSec: 1200, known: 0.9 };
    const problem = { kind: 'gone', where: '/run/log', cause: 'replaced' } as const;
    const lost = { ...followed, rebuilds: followed.rebuilds.map((one) => ({ ...one, problem, estimate })) };
    const models = [
      everything,
      ...fixtureCases.map(({ model }) => model),
      { ...busy, clients: [activating] },
      withContainer,
      followed,
      lost,
    ];
    const seen = new Set(models.flatMap((model) => leaves(snapshotDocument(model))));
    const kernelHasNone = /^pressure\.irq\.some\./;
    const missing = [...documented].filter((path) => !seen.has(path) && !kernelHasNone.test(path));
    expect(missing).toEqual([]);
  });

  it('has the names others build on', () => {
    const { pressure, memory, disks, builds, clients } = JSON.parse(formatSnapshotJson(busy));
    expect(pressure.memory.full).toEqual({ avg10: 63, avg60: 37.8, avg300: 15.75, tickPercent: 63.4 });
    expect(memory).toMatchObject({ oomKills: 1, swapTotalBytes: 8 * 1024 ** 3 });
    expect(disks[0]).toMatchObject({ device: 'nvme0n1', carries: ['/nix', '/', '/tmp'], stalledSec: 2.1 });
    expect(builds[0]).toMatchObject({
      name: 'firefox-130.0',
      pid: 2001,
      startTime: 20_010,
      states: { R: 9, S: 3, D: 3, Z: 0, T: 0 },
      residentGrowthBytesPerMin: 840 * 1024 ** 2,
      host: null,
    });
    expect(builds[0].tree).toHaveLength(15);
    expect(clients[1].waitsFor).toEqual({
      path: '/nix/store/8h7g6f5d4s3a2p1o9i8u7y6t5r4e3w2q-firefox-130.0.lock',
      holderPid: 900,
      holder: 'nixos-rebuild switch --flake .#box',
    });
    expect(clients[0].waitsFor).toBeNull();
  });

  it('has what happened and what is short as data, with words beside it', () => {
    const { events, shortages } = JSON.parse(formatSnapshotJson({ ...busy, events: everyEvent }));
    const some = events.filter(({ kind }: { kind: string }) => kind === 'stall' || kind === 'space');
    expect(some).toEqual([
      {
        time: '1970-01-01T00:00:00.001Z',
        kind: 'stall',
        level: 'critical',
        text: 'io critical: nvme0n1 STALLED 2.1s',
        device: 'nvme0n1',
        stalledSec: 2.1,
      },
      {
        time: '1970-01-01T00:00:00.001Z',
        kind: 'space',
        level: 'warning',
        text: 'space warning: /nix 96% used, 4.0 GB free',
        path: '/nix',
        usedPercent: 96.2,
        availableBytes: 4 * 1024 ** 3,
      },
    ]);
    expect(shortages[0]).toEqual({
      resource: 'memory',
      level: 'critical',
      text: 'full 63%',
      sinceSec: 133,
      cause: { kind: 'pressure', resource: 'memory', line: 'full', percent: 63 },
    });
  });

  it('says unknown as null, and why a part failed', () => {
    const blind = fixtureCases.find(({ name }) => name === 'blind');
    const { pressure, memory, builds, time } = JSON.parse(formatSnapshotJson(blind?.model ?? busy));
    expect(pressure.memory).toMatchObject({
      some: null,
      full: null,
      problem: { kind: 'unsupported', where: '/proc/pressure', cause: 'PSI off (boot with psi=1)' },
    });
    expect(memory.totalBytes).toBeNull();
    expect(builds[0].name).toBeNull();
    expect(time).toBe('2026-11-20T13:28:01.123Z');
    expect(JSON.parse(formatSnapshotJson(busy)).pressure.memory).not.toHaveProperty('problem');
  });

  it('is valid for every model, however wild its numbers', () => {
    for (const { model } of fixtureCases) {
      const text = formatSnapshotJson({ ...model, timeMs: Number.NaN });
      expect(JSON.parse(text).time).toBeNull();
      expect(text).not.toContain('\u001b');
    }
  });
});

describe('docs/json.md', () => {
  const file = new URL('../../docs/json.md', import.meta.url);

  it('is current (UPDATE_GOLDEN=1 writes it)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, jsonReference());
    expect(readFileSync(file, 'utf8')).toBe(jsonReference());
  });
});

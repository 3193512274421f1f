/** Limits of memory up the tree of cgroups: which is met, and which build ended by one. */
import { expect, test } from 'vitest';
import { type CgroupCarry, deriveCgroups } from '../../../src/model/forest/derive-cgroups.ts';
import type { Build, ModelEvent } from '../../../src/model/model.ts';
import type { CgroupRaw } from '../../../src/model/sample.ts';
import { forest } from '../../support/forest-raw.ts';
import { buildOf } from '../../support/model-fixture.ts';

const unit = '/system.slice/nix-daemon.service';
const slice = '/system.slice';

function cgroup(path: string, more: Partial<CgroupRaw> = {}): CgroupRaw {
  const counters = { throttled: 0, limitHits: 0, ooms: 0, oomKills: 0 };
  const bytes = { currentBytes: 90, limitBytes: path === unit ? 100 : null, highBytes: null };
  return { path, frozen: false, memoryAtMs: 1000, ...bytes, ...counters, ...more };
}

/** Steps of one second each, the first at 1000. */
function follow(steps: readonly { cgroups: readonly CgroupRaw[]; ended?: readonly Build[] }[]) {
  let carry: CgroupCarry | null = null;
  const events: ModelEvent[] = [];
  let cgroups: ReturnType<typeof deriveCgroups>['cgroups'] = [];
  steps.forEach((step, index) => {
    const treeAtMs = 1000 * (index + 1);
    const readings = step.cgroups.map((one) => ({ ...one, memoryAtMs: treeAtMs }));
    const now = deriveCgroups(forest([], { treeAtMs, cgroups: readings }), step.ended ?? [], carry, treeAtMs);
    carry = now.carry;
    cgroups = now.cgroups;
    events.push(...now.events);
  });
  return { cgroups, events };
}

const build = (name: string, path = unit) => buildOf({ pid: 7, name, cgroup: path });
const calm = { cgroups: [cgroup(unit), cgroup(slice)] };
const killed = {
  cgroups: [cgroup(unit, { limitHits: 9, ooms: 1, oomKills: 1 }), cgroup(slice, { oomKills: 1 })],
};

test('a limit is met while its counter moves, and a while after', () => {
  const met = { cgroups: [cgroup(unit, { limitHits: 3 })] };
  expect(follow([calm, calm]).cgroups[0]).toMatchObject({ path: unit, limitBytes: 100, metBytes: null });
  expect(follow([calm, met]).cgroups[0]?.metBytes).toBe(100);
  expect(follow([calm, ...Array.from({ length: 8 }, () => met)]).cgroups[0]?.metBytes).toBeNull();
  const high = { cgroups: [cgroup(unit, { throttled: 3, highBytes: 80 })] };
  expect(follow([calm, high]).cgroups[0]?.metBytes).toBe(80);
  // What was counted before the first look was met before it.
  expect(follow([met]).cgroups[0]?.metBytes).toBeNull();
});

test('an OOM kill is told with its limit and the build that ended then', () => {
  const { events } = follow([calm, killed, { ...killed, ended: [build('memleak-0.1')] }]);
  expect(events).toEqual([
    {
      timeMs: 3000,
      kind: 'oom-limit',
      level: 'critical',
      cgroup: unit,
      limitBytes: 100,
      count: 1,
      build: 'memleak-0.1',
    },
  ]);
});

test.each<[string, readonly Build[], string | null]>([
  ['one in a cgroup of its own below', [build('memleak-0.1', `${unit}/nix-build-uid-30001`)], 'memleak-0.1'],
  ['one elsewhere', [build('hello-2.12', '/user.slice')], null],
  ['none that is known to be in it', [buildOf({ pid: 7, cgroup: null })], null],
  ['two: nobody knows which', [build('a'), build('b')], null],
])('ended: %s', (_, ended, name) => {
  const { events } = follow([calm, { ...killed, ended }, killed, killed, killed, killed, killed]);
  expect(events).toMatchObject([{ kind: 'oom-limit', build: name }]);
});

test('a build that ended long before is not it, and a kill is told without one', () => {
  const { events } = follow([
    { ...calm, ended: [build('hello-2.12')] },
    ...Array.from({ length: 4 }, () => calm),
    ...Array.from({ length: 6 }, () => killed),
  ]);
  expect(events).toMatchObject([{ timeMs: 10_000, build: null }]);
});

test('kills for want of memory of the whole machine are at no limit', () => {
  const machine = { cgroups: [cgroup(unit, { oomKills: 1 })] };
  expect(follow([calm, machine, machine, machine, machine, machine, machine]).events).toEqual([]);
});

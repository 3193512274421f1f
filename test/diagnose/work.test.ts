/** What a diagnosis costs, counted, and what of it stays the same object. */
import { expect, test } from 'vitest';
import { diagnose, noDiagnosis } from '../../src/diagnose/diagnose.ts';
import { thresholds } from '../../src/diagnose/thresholds.ts';
import type { Build, BuildProcess, Model } from '../../src/model/model.ts';
import { buildOf, busy, processOf } from '../support/model-fixture.ts';

const perBuild = 50;

/** A process that counts how often it is asked for anything. */
function counted(process: BuildProcess, count: () => void): BuildProcess {
  return new Proxy(process, {
    get(target, name) {
      count();
      return Reflect.get(target, name);
    },
  });
}

/** Ten builds of fifty processes each, all of them new objects. */
function tenBuilds(second: number, count: () => void, more: Partial<Build> = {}): readonly Build[] {
  return Array.from({ length: 10 }, (_, slot) =>
    buildOf({
      pid: 1000 * (slot + 1),
      processes: perBuild,
      cpuPercent: 99,
      residentBytes: 1e8 + second * 1e6,
      tree: Array.from({ length: perBuild }, (_, i) =>
        counted(processOf({ pid: 1000 * (slot + 1) + i, comm: 'cc1plus', state: 'R' }), count),
      ),
      ...more,
    }),
  );
}

const at = (second: number, builds: readonly Build[]): Model => ({
  ...busy,
  builds,
  shortages: [],
  timeMs: busy.timeMs + second * 1000,
  monotonicMs: busy.monotonicMs + second * 1000,
  readAtMs: { forest: busy.monotonicMs + second * 1000 },
});

test('of ten builds that work each process is asked for a handful of things', () => {
  let asked = 0;
  const count = () => {
    asked += 1;
  };
  const first = diagnose(at(0, tenBuilds(0, count)), noDiagnosis);
  asked = 0;
  diagnose(at(1, tenBuilds(1, count)), first);
  expect(asked).toBeLessThanOrEqual(10 * perBuild * 9);
});

test('of builds that were not looked at anew nobody is asked', () => {
  let asked = 0;
  const builds = tenBuilds(0, () => {
    asked += 1;
  });
  const first = diagnose(at(0, builds), noDiagnosis);
  const second = diagnose(at(1, builds), first);
  asked = 0;
  const third = diagnose(at(2, builds), second);
  expect(asked).toBe(0);
  expect(third.verdicts).toBe(second.verdicts);
});

test('what works, and what stands still, keeps its verdict object', () => {
  const none = () => {};
  let works = diagnose(at(0, tenBuilds(0, none)), noDiagnosis);
  const stands = (second: number) =>
    tenBuilds(0, none, { cpuPercent: 0, readBytesPerSec: 0, writeBytesPerSec: 0 }).map((build) => ({
      ...build,
      idleSec: second,
    }));
  let idle = diagnose(at(0, stands(0)), noDiagnosis);
  for (let second = 1; second <= 3; second += 1) {
    works = diagnose(at(second, tenBuilds(second, none)), works);
    idle = diagnose(at(second * 60, stands(second * 60)), idle);
  }
  expect(diagnose(at(4, tenBuilds(4, none)), works).verdicts).toBe(works.verdicts);
  const next = diagnose(at(181, stands(181)), idle).verdicts;
  expect(next.filter((verdict) => !idle.verdicts.includes(verdict))).toEqual([]);
});

test('where nothing runs there is nothing to say', () => {
  const model = { ...at(0, []), clients: [] };
  expect(diagnose(model, noDiagnosis)).toBe(noDiagnosis);
});

test('every threshold says what it decides and where it comes from', () => {
  for (const [name, { help, source, value, unit }] of Object.entries(thresholds)) {
    expect(help, name).toMatch(/\.$/);
    expect(source, name).not.toBe('');
    expect(value, name).toBeGreaterThan(0);
    if (unit === 's') expect(name).toMatch(/Sec$/);
  }
});

/**
 * Every fault that the diagnosis knows, going on for an hour: what the guard does about it, and above all what it leaves
 * alone. Of faults that a machine answers to, with acts that take effect, worlds.test.ts tells.
 */
import { expect, test } from 'vitest';
import { findAll, noFindings } from '../../src/diagnose/findings.ts';
import { judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import { type HypothesisId, hypothesisIds } from '../../src/model/diagnosis/hypothesis.ts';
import type { Model } from '../../src/model/model.ts';
import { cases, type Story } from '../diagnose/cases.ts';

const everySec = 5;

const ofMemory: readonly HypothesisId[] = ['build-leak', 'elsewhere', 'memory-limit', 'oom-killer'];

/** The machine that the stories are told on is short of memory, too. */
function withMemory(story: Story): Story {
  const none = { avg10: 0, avg60: 0, avg300: 0, tickPercent: 0 };
  return story.map((model) => ({
    ...model,
    pressure: { ...model.pressure, memory: { ...model.pressure.memory, some: none, full: none } },
  }));
}

const storyOf = (id: HypothesisId, which: 'fires' | 'silent'): Story =>
  ofMemory.includes(id) ? cases[id][which] : withMemory(cases[id][which]);

/** The story, and its last look again for an hour. */
function* anHour(story: Story): Generator<Model> {
  yield* story;
  const last = story.at(-1);
  if (last === undefined) return;
  for (let second = everySec; second <= 3600; second += everySec) {
    const atMs = last.monotonicMs + second * 1000;
    yield {
      ...last,
      ...{
        monotonicMs: atMs,
        timeMs: last.timeMs + second * 1000,
        readAtMs: { ...last.readAtMs, forest: atMs },
      },
    };
  }
}

/** In their order, each once. */
function actsIn(story: Story): readonly string[] {
  let found = noFindings;
  let memory = noGuardMemory;
  const acts = new Set<string>();
  for (const model of anHour(story)) {
    found = findAll(model, found);
    const told = { ...model, findings: found.findings, hypotheses: found.hypotheses };
    const ruling = judge(told, memory, { settings: defaultGuardSettings, scope: null });
    memory = ruling.memory;
    for (const { id, rule, action, intent } of ruling.decisions) {
      acts.add(`${rule}: ${action}`);
      memory = learned(memory, id, intent === null ? null : 'done', model.monotonicMs);
    }
  }
  return [...acts];
}

/** Those that are not here it leaves alone. */
const expected: Partial<Record<HypothesisId, readonly string[]>> = {
  build: ['stuck: tell'],
  'left-over': ['stuck: tell'],
  // Nothing of it helps here, so that one follows the other.
  'build-leak': ['leak: pause', 'leak: kill', 'memory: kill'],
  disk: ['io: lower'],
};

test.each(hypothesisIds)('%s', (id) => {
  expect(actsIn(storyOf(id, 'fires'))).toEqual(expected[id] ?? []);
});

test.each(hypothesisIds)('%s, where all is well', (id) => {
  expect(actsIn(storyOf(id, 'silent'))).toEqual([]);
});

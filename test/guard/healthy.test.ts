/** Healthy building: the guard does nothing at all, and tells nothing. */
import { describe, expect, it } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { judge, learned, noGuardMemory } from '../../src/guard/policy.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';
import type { Model } from '../../src/model/model.ts';
import { building } from '../diagnose/building.ts';
import { night } from '../diagnose/night.ts';

function* nightly(hours: number): Generator<Model> {
  let derived: DerivedSample | null = null;
  for (const sample of night(hours)) {
    derived = deriveSample(sample, derived);
    yield derived.model;
  }
}

function* modelsOf(days: ReturnType<typeof building>): Generator<Model> {
  for (const { model } of days) yield model;
}

function guardedOver(models: Iterable<Model>): { readonly looks: number; readonly acts: readonly string[] } {
  let memory = noGuardMemory;
  let looks = 0;
  const acts: string[] = [];
  for (const model of models) {
    looks += 1;
    const ruling = judge(model, memory, { settings: defaultGuardSettings, scope: null });
    memory = ruling.memory;
    for (const { id, rule, action, names, reading } of ruling.decisions) {
      acts.push(`${model.monotonicMs} ${rule} ${action} ${names.join(' ')} ${JSON.stringify(reading)}`);
      memory = learned(memory, id, null, model.monotonicMs);
    }
  }
  return { looks, acts };
}

describe('no act and no word', () => {
  it.each([
    ['a day of eight builds at once, as root', () => modelsOf(building(24, 1, true)), 8640],
    ['a day where only processes are seen', () => modelsOf(building(24, 3, false)), 8640],
    ['a rebuild of the night, and the morning', () => nightly(13), 781],
  ])('in %s', { timeout: 120_000 }, (_, models, looks) => {
    expect(guardedOver(models())).toEqual({ looks, acts: [] });
  });
});

/** The growth of builds, evaluations and workers, as rules remember it from look to look. */
import type { Evidence } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';
import { type Growth, type Leak, leakOf, type Measured, nextGrowth } from './growth.ts';
import { pro } from './judgement.ts';
import { pressed } from './pressed.ts';
import type { Scene } from './rule.ts';

/** Null: it does not grow, or not by enough. `key` is the process's. */
export function followGrowth(
  key: string,
  measured: Measured,
  scene: Pick<Scene, 'model' | 'nowMs' | 'thresholds' | 'keep'>,
): Leak | null {
  let leak: Leak | null = null;
  scene.keep<Growth>(`growth ${key}`, (before) => {
    const judged = leakOf(nextGrowth(before, measured, scene), scene);
    leak = judged.leak;
    return judged.growth;
  });
  return leak;
}

export function growthEvidence(
  { residentBytes, bytesPerMin, sinceMs }: Leak,
  model: Model,
): readonly Evidence[] {
  const { memory } = model;
  const short = pressed(model, 'memory');
  return [
    pro('resident', residentBytes, 'bytes'),
    pro('residentGrowth', bytesPerMin, 'bytes/min', sinceMs),
    pro('memory.available', memory.availableBytes, 'bytes'),
    ...(short === undefined ? [] : [pro('shortages.memory', short.level, 'text', short.levelSinceMs)]),
  ];
}

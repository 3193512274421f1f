/** Looks at a real machine twice a second, and what is made of it; times may be a share of what they are else. */
import { onTestFinished } from 'vitest';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { defaultThresholds, type Thresholds, thresholds } from '../../src/diagnose/thresholds.ts';
import type { Model } from '../../src/model/model.ts';
import type { SampleParts } from '../../src/model/sample.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { fullDetail } from '../../src/samplers/source.ts';
import { until } from './wait.ts';
import { realPorts } from './watch.ts';

export const lookMs = 500;

export interface Judge {
  /** Until `wanted` has an answer. */
  untilModel<T>(
    what: string,
    wanted: (model: Model) => T | null | undefined | false,
    detail: (model: Model | null) => unknown,
  ): Promise<T>;
}

export interface JudgeOptions {
  /** Durations are divided by it. Default 1. */
  readonly share?: number;
  /** Parts of the machine that are made up, from the Model before. */
  readonly parts?: (before: Model | null, atMs: number) => SampleParts;
}

export function scaledThresholds(share: number): Thresholds {
  if (share === 1) return defaultThresholds;
  return Object.fromEntries(
    Object.entries(thresholds).map(([name, { value, unit }]) => [name, unit === 's' ? value / share : value]),
  ) as Thresholds;
}

export function openJudge({ share = 1, parts = () => ({}) }: JudgeOptions = {}): Judge {
  const ports = realPorts();
  const progress = { idleMs: 30_000 / share, sameMs: 90_000 / share, againMs: 10_000 / share };
  const { buildTree, residentMemory } = createForestSources(ports, fullDetail, progress);
  onTestFinished(() => {
    buildTree.close();
    residentMemory.close();
  });
  const scaled = scaledThresholds(share);
  let derived: DerivedSample | null = null;
  return {
    untilModel: (what, wanted, detail) =>
      until(
        what,
        () => {
          const monotonicMs = ports.clock.monotonic();
          const seen = {
            ...buildTree.sample(),
            ...residentMemory.sample(),
            ...parts(derived?.model ?? null, monotonicMs),
          };
          derived = deriveSample(
            { version: 1, timeMs: ports.clock.now(), monotonicMs, ...seen },
            derived,
            undefined,
            {
              thresholds: scaled,
            },
          );
          return wanted(derived.model);
        },
        {
          deadlineMs: 90_000,
          everyMs: lookMs,
          detail: () => JSON.stringify(detail(derived?.model ?? null), null, 1),
        },
      ),
  };
}

/** What rules find in a story, and the machine around it. */
import { findingText } from '../../src/format/findings.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import type { Found } from '../../src/model/diagnosis/found.ts';
import type { Model } from '../../src/model/model.ts';
import type { CpuRaw, MemoryRaw, SampleParts } from '../../src/model/sample.ts';
import { cpuRaw, memoryRaw, pressureRaw, psi } from '../model/machine/machine-samples.ts';
import { type Scene, type Told, tell } from './story.ts';

export interface MachineAt {
  readonly memory?: Partial<MemoryRaw>;
  /** Percent of `some` and of `full`. */
  readonly memoryPressure?: readonly [some: number, full: number];
  readonly ioPressure?: readonly [some: number, full: number];
  readonly cpuPressure?: number;
  /** Since boot. */
  readonly ticks?: Partial<CpuRaw['ticks']>;
}

/** A machine of 64 GB with 4 CPUs on which nothing is short, unless said. */
export function machineAt(second: number, at: MachineAt = {}): SampleParts {
  const atMs = 1_000_000 + second * 1000;
  const { memory, memoryPressure = [0, 0], ioPressure = [0, 0], cpuPressure = 0, ticks } = at;
  const part = <T>(value: T) => ({ ok: true, atMs, value }) as const;
  const lines = ([some, full]: readonly [number, number]) =>
    psi(second * some * 10_000, some, second * full * 10_000, full);
  return {
    memory: part(memoryRaw({ totalBytes: 64e9, availableBytes: 50e9, ...memory })),
    pressure: part(
      pressureRaw({ memory: lines(memoryPressure), io: lines(ioPressure), cpu: lines([cpuPressure, 0]) }),
    ),
    ...(ticks && { cpu: part(cpuRaw(ticks)) }),
  };
}

export function foundIn({ findings }: Model, kind: Found['kind']): Finding | undefined {
  return findings.find(({ found }) => found.kind === kind);
}

export function textOf({ model }: Told, kind: Found['kind']): string | null {
  const finding = foundIn(model, kind);
  return finding === undefined ? null : findingText(finding, model);
}

export interface First {
  readonly second: number;
  readonly finding: Finding;
}

/** The first second at which it is found so; null: never. */
export function firstFound(
  seconds: number,
  scene: (second: number) => Scene,
  wanted: (finding: Finding) => boolean,
  options: Parameters<typeof tell>[2] = {},
): First | null {
  let first: First | null = null;
  tell(seconds, scene, {
    ...options,
    each({ model }, second) {
      const finding = model.findings.find(wanted);
      if (finding !== undefined) first ??= { second, finding };
    },
  });
  return first;
}

export const isAlarm = ({ level }: Finding): boolean => level !== 'ok';

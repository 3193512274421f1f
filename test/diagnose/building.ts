/** Hours of eight healthy builds at once, as Models; what else there is of the machine is quiet. */
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { Model } from '../../src/model/model.ts';
import type { ProcessRaw, Sample, SampleParts } from '../../src/model/sample.ts';
import { memoryRaw, pressureRaw, psi } from '../model/machine/machine-samples.ts';
import { client, daemon, forest, worker } from '../support/forest-raw.ts';
import { createHealthyBuild } from './healthy.ts';

const slots = 8;
export const tickSec = 10;
const buildUsers = Object.fromEntries(
  Array.from({ length: slots + 1 }, (_, index) => [30_001 + index, `nixbld${index + 1}`]),
);

/** Hours of building; `more` adds processes of a ninth build. */
export function* building(
  hours: number,
  seed: number,
  privileged: boolean,
  more: (second: number, atMs: number) => readonly ProcessRaw[] = () => [],
): Generator<{ readonly second: number; readonly model: Model; readonly sample: Sample }> {
  const builds = Array.from({ length: slots }, (_, slot) => createHealthyBuild(slot, 200, seed * 100 + slot));
  let derived: DerivedSample | null = null;
  for (let second = 0; second < hours * 3600; second += tickSec) {
    const atMs = 1_000_000 + second * 1000;
    const processes = builds.flatMap((build) => build.next(tickSec, second, atMs));
    const seen = privileged ? processes : processes.map(unprivileged);
    const value = forest([daemon(), client(150), worker(200, 150), ...seen, ...more(second, atMs)], {
      buildUsers,
      privileged,
      treeAtMs: atMs,
      residentAtMs: atMs,
      uptimeSec: 1000 + second,
    });
    const held = processes.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
    const parts = machineAt(atMs, held);
    const sample: Sample = {
      ...{ version: 1, timeMs: atMs, monotonicMs: atMs },
      ...{ forest: { ok: true, atMs, value }, ...parts },
    };
    derived = deriveSample(sample, derived);
    yield { second, model: derived.model, sample };
  }
}

const totalBytes = 64e9;

/** What builds hold is not available; CPUs are waited for, as ever while something is built, and nothing else is. */
function machineAt(atMs: number, heldBytes: number): SampleParts {
  const availableBytes = totalBytes - 3e9 - heldBytes;
  const cpu = psi(atMs * 600, 60);
  return {
    memory: { ok: true, atMs, value: memoryRaw({ totalBytes, availableBytes }) },
    pressure: { ok: true, atMs, value: pressureRaw({ cpu }) },
  };
}

/** What another user sees of it. */
function unprivileged({ progress, ...process }: ProcessRaw): ProcessRaw {
  const seen = progress && { progress: { ...progress, wchan: null, timed: null, callBytes: null } };
  return { ...process, readBytes: null, writeBytes: null, ...seen };
}

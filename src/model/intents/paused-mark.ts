/** A build that a nixpulse paused, as the registry of paused builds has it. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { Build, Model } from '../model.ts';
import type { BuildTarget } from './intent.ts';

export interface PausedMark {
  readonly target: BuildTarget;
  /** Unix ms. */
  readonly pausedAtMs: number;
  /** By this very process, so that it is resumed when we leave. */
  readonly ours: boolean;
}

export function pausedMarkOf(build: ProcessIdentity, marks: readonly PausedMark[]): PausedMark | null {
  return marks.find(({ target }) => sameProcess(target.root, build)) ?? null;
}

/** Since when a pause of ours or of a guard has lasted, Unix ms; null where it is not paused, or by others. */
export function pausedSinceMs(build: Build, marks: readonly PausedMark[]): number | null {
  if (!build.paused) return null;
  const { pausedFrom } = build;
  return pausedMarkOf(build, marks)?.pausedAtMs ?? (pausedFrom?.guard === true ? pausedFrom.timeMs : null);
}

/** Those that we paused and that stand still now. */
export function ownPaused(marks: readonly PausedMark[], model: Model): readonly PausedMark[] {
  return marks.filter(
    ({ ours, target }) =>
      ours && model.builds.some((build) => build.paused && sameProcess(build, target.root)),
  );
}

/** That a cgroup is frozen is read seldom: until then our own word counts. */
const freshMs = 5000;

/** The same model where no build was paused a moment ago that is not seen to stand still yet. */
export function withFreshMarks(model: Model, marks: readonly PausedMark[]): Model {
  const fresh = marks.filter(({ pausedAtMs }) => Math.abs(model.timeMs - pausedAtMs) < freshMs);
  const late = model.builds.filter((build) => !build.paused && pausedMarkOf(build, fresh) !== null);
  if (late.length === 0) return model;
  return {
    ...model,
    builds: model.builds.map((build) => (late.includes(build) ? { ...build, paused: true } : build)),
  };
}

/** A build that a nixpulse paused, as the registry of paused builds has it. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { Model } from '../model.ts';
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

/** Those that we paused and that stand still now. */
export function ownPaused(marks: readonly PausedMark[], model: Model): readonly PausedMark[] {
  return marks.filter(
    ({ ours, target }) =>
      ours && model.builds.some((build) => build.paused && sameProcess(build, target.root)),
  );
}

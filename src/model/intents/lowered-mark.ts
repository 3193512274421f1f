/** A build that a nixpulse lowered or limited, as the registry has it. */
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { Build, Model } from '../model.ts';
import type { BuildTarget } from './intent.ts';

export interface LoweredMark {
  readonly target: BuildTarget;
  /** Unix ms. */
  readonly atMs: number;
  /** By this very process, so that it is undone when we leave. */
  readonly ours: boolean;
  readonly lowered: boolean;
  readonly limited: boolean;
  /** Null: memory is not limited. */
  readonly memoryHighBytes: number | null;
}

export function loweredMarkOf(build: ProcessIdentity, marks: readonly LoweredMark[]): LoweredMark | null {
  return marks.find(({ target }) => sameProcess(target.root, build)) ?? null;
}

/** Those that we lowered or limited and that run still. */
export function ownLowered(marks: readonly LoweredMark[], model: Model): readonly LoweredMark[] {
  return marks.filter(
    ({ ours, target }) => ours && model.builds.some((build) => sameProcess(build, target.root)),
  );
}

/** The same model with what the machine does not say by itself, or not yet: an idle I/O class, a limit of the daemon's unit. */
export function withLoweredMarks(model: Model, marks: readonly LoweredMark[]): Model {
  if (marks.length === 0) return model;
  const builds = model.builds.map((build) => marked(build, loweredMarkOf(build, marks)));
  return builds.every((build, index) => build === model.builds[index]) ? model : { ...model, builds };
}

/** The same model where these builds are as they were. */
export function withoutLoweredMarks(model: Model, gone: readonly LoweredMark[]): Model {
  if (gone.length === 0) return model;
  const builds = model.builds.map((build) =>
    loweredMarkOf(build, gone) === null
      ? build
      : { ...build, lowered: false, limited: false, memoryHighBytes: null },
  );
  return { ...model, builds };
}

function marked(build: Build, mark: LoweredMark | null): Build {
  if (mark === null) return build;
  const lowered = build.lowered || mark.lowered;
  const limited = build.limited || mark.limited;
  const memoryHighBytes = build.memoryHighBytes ?? mark.memoryHighBytes;
  const same =
    lowered === build.lowered && limited === build.limited && memoryHighBytes === build.memoryHighBytes;
  return same ? build : { ...build, lowered, limited, memoryHighBytes };
}

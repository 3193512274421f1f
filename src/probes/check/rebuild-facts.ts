/** Reads what a rebuild will meet. */
import { ok, type Result } from '../../base/problem.ts';
import type { RebuildFacts, Room } from '../../model/advice/rebuild-facts.ts';
import type { ProbeContext } from '../probe.ts';

/** A disk that sleeps takes some seconds. */
const deadlineMs = 10_000;

export interface RebuildWanted {
  /** As `nixos-rebuild --flake` takes it; null: what a rebuild without words takes. */
  readonly flake: string | null;
  /** False: nothing is evaluated. */
  readonly evaluation: boolean;
}

export async function readRebuildFacts(_: RebuildWanted, context: ProbeContext): Promise<RebuildFacts> {
  const mountPoint = '/nix/store';
  const store = await readRoom(mountPoint, context);
  return { store: store.ok ? ok({ mountPoint, ...store.value }) : store };
}

async function readRoom(path: string, { ports: { files } }: ProbeContext): Promise<Result<Room>> {
  const space = await files.spaceSlow(path, { deadlineMs });
  if (!space.ok) return space;
  const { availableBytes, inodes, freeInodes } = space.value;
  return ok({ freeBytes: availableBytes, freeInodes: inodes === 0 ? null : freeInodes });
}

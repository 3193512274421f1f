/**
 * What explains the rebuilds of a recording where it is entered: of what was seen of the machine while they ran, that
 * which the streams do not say.
 */
import { isFields } from '../base/fields.ts';
import { listOf, mapOf, number, object, objectLike, oneOf, orNull, text } from '../base/reader.ts';
import type { Model } from '../model/model.ts';
import type { FilesystemRoom, OomKill } from '../model/rebuild/cause.ts';
import { bounds } from './bounds.ts';
import { type EvidenceKept, noEvidence } from './evidence.ts';
import { type Explained, nothingExplained } from './explain-failures.ts';

interface Entered {
  readonly explained: Explained;
  /** Of rebuilds whose client may be gone, by `FollowedRebuild.id`. */
  readonly commands: ReadonlyMap<string, string>;
}

/** Null: nothing that is not in the streams. */
export function packEvidence(
  { rebuilds }: Pick<Model, 'rebuilds'>,
  { evidence, rebuilds: known }: Explained,
) {
  const failed = rebuilds.flatMap(({ rebuild }) => [...rebuild.failed.keys()]);
  const packed = {
    seen: failed.flatMap((drv) => {
      const seen = evidence.seen.get(drv);
      return seen === undefined ? [] : [[drv, seen]];
    }),
    oomKills: failed.length > 0 ? evidence.oomKills : [],
    endedByUs: failed.length > 0 ? evidence.endedByUs : [],
    rooms: Array.from(known, ([id, { rooms }]) => [id, rooms] as const).filter(
      ([, rooms]) => rooms.length > 0,
    ),
    commands: rebuilds.flatMap(({ id, origin, command }) =>
      command === null || origin.kind === 'command' ? [] : [[id, command]],
    ),
  };
  return Object.values(packed).every(({ length }) => length === 0) ? null : packed;
}

const rooms = listOf<FilesystemRoom>(
  object({ mountPoint: text, freeBytes: number, freeInodes: orNull(number) }),
  bounds.names,
);
const kills = listOf<OomKill>(
  object({
    atMs: number,
    uid: orNull(number),
    process: orNull(text),
    scope: oneOf('machine', 'cgroup', null),
    cgroup: orNull(text),
  }),
  bounds.counters,
);
const seen = object({ uid: orNull(number), directory: orNull(text) });

export function enterEvidence(packed: unknown): Entered {
  const read = objectLike(
    {
      seen: noEvidence.seen,
      oomKills: noEvidence.oomKills,
      endedByUs: noEvidence.endedByUs,
      rooms: new Map<string, readonly FilesystemRoom[]>() as ReadonlyMap<string, readonly FilesystemRoom[]>,
      commands: new Map<string, string>() as ReadonlyMap<string, string>,
    },
    {
      seen: mapOf(text, seen, bounds.open),
      oomKills: kills,
      endedByUs: listOf(object({ drv: text, atMs: number }), bounds.counters),
      rooms: mapOf(text, rooms, bounds.names),
      commands: mapOf(text, text, bounds.names),
    },
  )(isFields(packed) ? packed : {});
  const {
    commands,
    rooms: roomsOf,
    ...known
  } = read ?? { ...noEvidence, commands: new Map(), rooms: new Map() };
  const evidence: EvidenceKept = { ...noEvidence, ...known, entered: known.oomKills };
  return { explained: { ...nothingExplained, evidence, rooms: roomsOf }, commands };
}

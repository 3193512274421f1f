/**
 * What is known beside the streams, packed for a recording: each path once, and rows of their places. A derivation's
 * inputs name a large rebuild's paths ten times over.
 */
import { isFields } from '../base/fields.ts';
import { listOf, number, object, orNull, type Reader, text } from '../base/reader.ts';
import { isSame } from '../base/same.ts';
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import { type Durations, type DurationsRaw, withNamed } from '../model/rebuild/durations.ts';
import { type LogPath, noLogPath } from '../model/rebuild/log-path.ts';
import { bounds } from './bounds.ts';
import { texts } from './read-events.ts';
import { readProblem } from './read-problem.ts';

export interface Facts {
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  readonly durations: Durations;
  readonly logPath: LogPath;
  /** Null: not known. */
  readonly maxJobs: number | null;
}

export const noFacts: Facts = {
  derivations: new Map(),
  durations: new Map(),
  logPath: noLogPath,
  maxJobs: null,
};

/** What a Sample brings of them. */
export interface NewFacts {
  readonly derivations?: readonly DerivationRaw[];
  readonly durations?: readonly DurationsRaw[];
  readonly logPath?: LogPath;
  readonly maxJobs?: number;
}

export function knowsAny({ derivations, durations, logPath, maxJobs }: Facts): boolean {
  return derivations.size > 0 || durations.size > 0 || logPath !== noLogPath || maxJobs !== null;
}

/** A directory of nixpkgs' derivations has some ten thousands; a rebuild from its roots needs some thousands. */
const mostDerivations = 50_000;
/** Of derivations and their inputs together: 0.5 MB. The newest are kept. */
const mostPlaces = 100_000;
/** Builds of one name that are remembered are ten, on a few hosts. */
const mostRuns = 100;

export function withFacts(before: Facts, { derivations, durations, logPath, maxJobs }: NewFacts): Facts {
  return {
    derivations: withDerivations(before.derivations, derivations ?? []),
    durations: withNamed(before.durations, durations ?? []),
    logPath: logPath ?? before.logPath,
    maxJobs: maxJobs ?? before.maxJobs,
  };
}

function withDerivations(before: Facts['derivations'], read: readonly DerivationRaw[]): Facts['derivations'] {
  if (read.length === 0) return before;
  const derivations = new Map(before);
  for (const one of read) derivations.set(one.drv, one);
  for (const drv of derivations.keys()) {
    if (derivations.size <= mostDerivations) break;
    derivations.delete(drv);
  }
  return derivations;
}

export function packFacts({ derivations, durations, logPath, maxJobs }: Facts): unknown {
  const places = new Map<string, number>();
  const placeOf = (path: string) => {
    const known = places.get(path);
    if (known !== undefined) return known;
    places.set(path, places.size);
    return places.size - 1;
  };
  const rows: unknown[] = [];
  let left = mostPlaces;
  for (const { drv, inputs, pname, system } of [...derivations.values()].reverse()) {
    left -= 1 + inputs.length;
    if (left < 0) break;
    rows.push([placeOf(drv), pname, system, ...inputs.map(placeOf)]);
  }
  return {
    paths: [...places.keys()],
    derivations: rows.reverse(),
    durations: Array.from(durations.keys(), (name) => rawOf(durations, name)),
    logPath,
    maxJobs,
  };
}

/** What is new to whoever knows `before`: the same derivation has the same inputs for ever. */
export function unpackFacts(packed: unknown, before: Facts): NewFacts {
  if (!isFields(packed)) return {};
  const { derivations, durations, logPath, maxJobs } = readFacts({
    ...packed,
    derivations: derivationsIn(packed),
  });
  return {
    derivations: (derivations ?? []).filter(({ drv }) => !before.derivations.has(drv)),
    durations: (durations ?? []).filter((raw) => !isSame(raw, rawOf(before.durations, raw.name))),
    ...(logPath && !isSame(logPath, before.logPath) && { logPath }),
    ...(maxJobs !== undefined && { maxJobs }),
  };
}

function rawOf(durations: Durations, name: string): DurationsRaw {
  const hosts = durations.get(name)?.hosts ?? new Map();
  return { name, hosts: Array.from(hosts, ([host, { sorted }]) => ({ host, seconds: sorted })) };
}

function derivationsIn({ paths, derivations }: Readonly<Record<string, unknown>>): unknown {
  const known = texts(paths) ?? [];
  const pathAt = (place: unknown) => known[number(place) ?? -1];
  const read = listOf<unknown>((row) => {
    if (!Array.isArray(row)) return undefined;
    const [at, pname, system, ...inputs] = row;
    return { drv: pathAt(at), inputs: inputs.map(pathAt), pname, system };
  }, bounds.planned);
  return read(derivations);
}

const readDerivations = listOf<DerivationRaw>(
  object({ drv: text, inputs: texts, pname: orNull(text), system: orNull(text) }),
  bounds.planned,
);
const readDurations = listOf<DurationsRaw>(
  object({
    name: text,
    hosts: listOf(object({ host: text, seconds: listOf(number, mostRuns) }), mostRuns),
  }),
  bounds.planned,
);
const readLogPath: Reader<LogPath> = object({ path: orNull(text), problem: orNull(readProblem) });

/** Of a Sample in a recording. */
export function readFacts(value: Readonly<Record<string, unknown>>): NewFacts {
  const derivations = readDerivations(value['derivations']);
  const durations = readDurations(value['durations']);
  const logPath = readLogPath(value['logPath']);
  const maxJobs = number(value['maxJobs']);
  return {
    ...(derivations && { derivations }),
    ...(durations && { durations }),
    ...(logPath && { logPath }),
    ...(maxJobs !== undefined && { maxJobs }),
  };
}

/**
 * How long builds took: our own `durations.csv` and nix-output-monitor's file beside it. Ours is read again before it is
 * written, because others write it too, and replaced as a whole; on pool threads, never waited for.
 */
import { durationsOf, noRows, rowsToKeep, withDurations } from '../model/rebuild/duration-rows.ts';
import type { BuildDuration, DurationsRaw } from '../model/rebuild/durations.ts';
import { durationsText, parseDurations } from '../parse/durations-csv.ts';
import type { Clock, OwnFiles } from '../platform/ports.ts';

export interface DurationHistory {
  /** The names of builds that somebody follows; the first call reads the files. */
  ask(names: readonly string[]): void;
  /** Of what was asked: what has become known, or changed, since the last call. */
  take(): readonly DurationsRaw[];
  /** Builds that are done: kept, and written soon. */
  add(builds: readonly BuildDuration[]): void;
  /** Writes at once what waits for it; resolves when that is done or has failed. */
  flush(): Promise<void>;
}

export interface DurationFiles {
  readonly own: string;
  /** Read only. */
  readonly others: readonly string[];
}

/** More than the rows that are kept. */
const longestFile = 2 << 20;
/** Builds that end one after the other are written together. */
const writeAfterMs = 3_000;
/** Of this run: written again and again, so that who wrote at the same moment takes nothing away. */
const mostOwn = 2_000;

export function createDurationHistory(
  { clock, ownFiles }: { readonly clock: Pick<Clock, 'after'>; readonly ownFiles: OwnFiles },
  files: DurationFiles,
): DurationHistory {
  let rows = noRows;
  let ours: readonly BuildDuration[] = [];
  const asked = new Set<string>();
  /** What was told of a name: its rows then. */
  const told = new Map<string, unknown>();
  let fresh = new Set<string>();
  let loaded = false;
  let cancelWrite: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();

  function learn(builds: readonly BuildDuration[]): void {
    const next = withDurations(rows, builds);
    if (next === rows) return;
    rows = next;
    fresh = new Set(asked);
  }

  async function read(path: string): Promise<readonly BuildDuration[] | null> {
    const text = await ownFiles.read(path, { maxBytes: longestFile });
    if (text.ok) return parseDurations(text.value);
    return text.problem.kind === 'gone' ? [] : null;
  }

  async function load(): Promise<void> {
    for (const path of [files.own, ...files.others]) learn((await read(path)) ?? []);
  }

  /** What cannot be read now is not written over. */
  async function write(): Promise<void> {
    const there = await read(files.own);
    if (there === null || ours.length === 0) return;
    learn(there);
    const before = withDurations(noRows, there);
    const next = withDurations(before, ours);
    // Another program has written the very same already.
    if (next === before) return;
    await ownFiles.replace(files.own, durationsText(rowsToKeep(next)));
  }

  function writeSoon(): void {
    cancelWrite ??= clock.after(writeAfterMs, () => {
      cancelWrite = null;
      writing = writing.then(write);
    });
  }

  return {
    ask(names) {
      if (names.length === 0) return;
      if (!loaded) void load();
      loaded = true;
      for (const name of names) {
        if (asked.has(name)) continue;
        asked.add(name);
        fresh.add(name);
      }
    },
    take() {
      if (fresh.size === 0) return [];
      const news: DurationsRaw[] = [];
      for (const name of fresh) {
        const now = rows.get(name);
        if (now === told.get(name)) continue;
        told.set(name, now);
        news.push(durationsOf(rows, name) ?? { name, hosts: [] });
      }
      fresh.clear();
      return news;
    },
    add(builds) {
      if (builds.length === 0) return;
      ours = [...ours, ...builds].slice(-mostOwn);
      learn(builds);
      writeSoon();
    },
    async flush() {
      if (cancelWrite !== null) {
        cancelWrite();
        cancelWrite = null;
        writing = writing.then(write);
      }
      await writing;
    },
  };
}

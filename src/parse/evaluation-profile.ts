/** Where an evaluation spent its time or its calls, by file. */

export interface FileShare {
  readonly file: string;
  /** Of the samples or calls, in the file itself. */
  readonly percent: number;
  /** Likewise, in what it calls, too; null: not known. */
  readonly totalPercent: number | null;
}

const mostRows = 20;
/** `/etc/nixos/a.nix:2:65:fib`; primops have no place and count for who calls them. */
const place = /^(.+):\d+:\d+(?::.*)?$/;

export interface FlamegraphReader {
  add(line: string): void;
  end(): readonly FileShare[];
}

/**
 * Of `eval-profiler = flamegraph` (Nix 2.30, src/libexpr/eval-profiler.cc): a stack a line, the outermost call first,
 * and how often it was seen: `a.nix:1:1;a.nix:2:65:fib 12`.
 */
export function createFlamegraphReader(): FlamegraphReader {
  const files = new Map<string, string | null>();
  const own = new Map<string, number>();
  const total = new Map<string, number>();
  let all = 0;

  function fileOf(frame: string): string | null {
    let file = files.get(frame);
    if (file === undefined) {
      file = place.exec(frame)?.[1] ?? null;
      if (files.size < 100_000) files.set(frame, file);
    }
    return file;
  }

  return {
    add(line) {
      const end = line.lastIndexOf(' ');
      const count = Number(line.slice(end + 1));
      if (end < 0 || !Number.isSafeInteger(count) || count <= 0) return;
      all += count;
      const seen = new Set<string>();
      let innermost: string | null = null;
      for (const frame of line.slice(0, end).split(';')) {
        const file = fileOf(frame);
        if (file === null) continue;
        innermost = file;
        seen.add(file);
      }
      for (const file of seen) total.set(file, (total.get(file) ?? 0) + count);
      if (innermost !== null) own.set(innermost, (own.get(innermost) ?? 0) + count);
    },
    end() {
      const rows = [...total].map(([file, count]) => ({
        file,
        percent: share(own.get(file) ?? 0, all),
        totalPercent: share(count, all),
      }));
      // The library takes the most itself; whose doing it is stands in the files that call it.
      const byTotal = rows.toSorted((one, other) => other.totalPercent - one.totalPercent);
      const byOwn = rows.toSorted((one, other) => other.percent - one.percent);
      const told = new Set([...byOwn.slice(0, mostRows / 2), ...byTotal.slice(0, mostRows / 2)]);
      return byOwn.filter((row) => told.has(row));
    },
  };
}

/**
 * Of `NIX_COUNT_CALLS` with `NIX_SHOW_STATS` (src/libexpr/eval.cc, printStatistics): calls of each function. Null where
 * the text is none.
 */
export function parseCallCounts(json: string): readonly FileShare[] | null {
  let stats: unknown;
  try {
    stats = JSON.parse(json);
  } catch {
    return null;
  }
  const functions =
    typeof stats === 'object' && stats !== null && 'functions' in stats ? stats.functions : null;
  if (!Array.isArray(functions)) return null;
  const calls = new Map<string, number>();
  let all = 0;
  for (const row of functions as { file?: unknown; count?: unknown }[]) {
    if (typeof row?.count !== 'number' || !(row.count > 0)) continue;
    all += row.count;
    if (typeof row.file === 'string') calls.set(row.file, (calls.get(row.file) ?? 0) + row.count);
  }
  return [...calls]
    .map(([file, count]) => ({ file, percent: share(count, all), totalPercent: null }))
    .sort((one, other) => other.percent - one.percent)
    .slice(0, mostRows);
}

function share(part: number, all: number): number {
  return Math.round((1000 * part) / all) / 10;
}

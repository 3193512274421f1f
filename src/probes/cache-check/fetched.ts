/** What a client of Nix fetched, read from its log (`--log-format internal-json -v`) as it comes. */
import { activity, parseInternalJson, result } from '../../parse/internal-json.ts';

export interface Fetched {
  /** Path to the cache that it came from, in the order in which they came: what it needs came before it. */
  readonly copied: ReadonlyMap<string, string>;
  /** Of archives, as they were sent; null: none was told. */
  readonly bytes: number | null;
  /** The first error. */
  readonly said: string | null;
}

export interface FetchedReader {
  add(line: string): void;
  end(): Fetched;
}

export function createFetchedReader(): FetchedReader {
  const copied = new Map<string, string>();
  const archives = new Map<string, number>();
  let said: string | null = null;
  return {
    add(line) {
      const event = parseInternalJson(line);
      if (event.kind === 'start') {
        const [first, second] = event.fields;
        if (typeof first !== 'string') return;
        if (event.type === activity.copyPath && typeof second === 'string') copied.set(first, second);
        // Of a cache on a disk nothing is transferred.
        if (event.type === activity.fileTransfer && !/(?:\.narinfo|\/nix-cache-info)$/.test(first))
          archives.set(event.id, 0);
      } else if (event.kind === 'result' && event.type === result.progress && archives.has(event.id)) {
        const [done] = event.fields;
        if (typeof done === 'number') archives.set(event.id, Math.max(done, archives.get(event.id) ?? 0));
      } else if (event.kind === 'msg' && event.level === 0)
        said ??= event.text.replace(/^error:\s*/, '').split('\n', 1)[0] ?? null;
    },
    end() {
      const sizes = [...archives.values()];
      const bytes = sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
      return { copied, bytes, said };
    },
  };
}

/** The last runs of check-cache: files that are read when they have changed. */
import type { Problem } from '../base/problem.ts';
import { mostCheckFileBytes } from '../model/cache-check/check-file.ts';
import type { CachesRaw } from '../model/caches/caches-raw.ts';
import { type FileChecks, parseRecentChecks, recentChecks } from '../parse/recent-checks.ts';
import type { Files } from '../platform/ports.ts';

type Recent = Pick<CachesRaw, 'checks' | 'day'>;

export interface LastChecks {
  read(): Promise<Recent & { readonly problems: readonly Problem[] }>;
}

const deadlineMs = 2000;
const typeBits = 0o170000;
const regularFile = 0o100000;

export function createLastChecks(files: Files, paths: readonly string[]): LastChecks {
  const known = new Map<string, { readonly seen: string; readonly checks: FileChecks }>();
  let recent: Recent = recentChecks([]);

  /** Whether it is another one than before. */
  async function look(path: string, problems: Problem[]): Promise<boolean> {
    const owner = await files.ownerSlow(path);
    if (!owner.ok && owner.problem.kind === 'gone') return known.delete(path);
    if (!owner.ok) {
      problems.push(owner.problem);
      return false;
    }
    const { inode, bytes, mtimeMs, mode } = owner.value;
    const seen = `${inode} ${bytes} ${mtimeMs}`;
    if (known.get(path)?.seen === seen) return false;
    // Nothing else is opened: a FIFO would be waited for.
    if ((mode & typeBits) !== regularFile) return known.delete(path);
    const text = await files.readSlow(path, { maxBytes: mostCheckFileBytes, deadlineMs });
    if (text.ok) known.set(path, { seen, checks: parseRecentChecks(text.value) });
    else if (text.problem.kind !== 'gone') problems.push(text.problem);
    return text.ok;
  }

  return {
    async read() {
      const problems: Problem[] = [];
      let changed = false;
      for (const path of paths) changed = (await look(path, problems)) || changed;
      if (changed) recent = recentChecks([...known.values()].map(({ checks }) => checks));
      return { ...recent, problems };
    },
  };
}

/** How the details share their room: facts above, then processes, then the last lines of the log. */
import { identityKey } from '../base/identity.ts';
import type { Build, Model } from '../model/model.ts';
import type { Build as LoggedBuild } from '../model/rebuild/rebuild.ts';
import type { Layout } from './layout.ts';

/** Where the log of a build is followed: what it says of it. */
export function loggedBuild({ rebuilds }: Pick<Model, 'rebuilds'>, { log }: Build): LoggedBuild | null {
  if (log === null) return null;
  return rebuilds.find(({ id }) => id === log.rebuild)?.rebuild.running.get(log.drv) ?? null;
}

export interface DetailsRoom {
  /** Without their titles. */
  readonly processRows: number;
  readonly lineRows: number;
}

/** Fewer rows are for the processes alone. */
const leastForBoth = 5;

/** Of a build that runs: half of the rows are for lines, more where the processes leave them. */
export function roomOfBuild({ processRows }: Layout, processes: number, lines: number): DetailsRoom {
  if (lines === 0 || processRows < leastForBoth) return { processRows, lineRows: 0 };
  const free = processRows - 1;
  const lineRows = Math.min(lines, Math.max(Math.floor(free / 2), free - processes));
  return { processRows: free - lineRows, lineRows };
}

/** Facts of what failed are few. */
const mostFailedFacts = 9;

export function roomOfFailed({ bodyRows, factRows }: Layout): {
  readonly factRows: number;
  readonly lineRows: number;
} {
  const facts = Math.min(factRows, mostFailedFacts);
  return { factRows: facts, lineRows: bodyRows - facts - 1 };
}

/** What is scrolled in the details, and how many rows of it are seen: the processes of a build, the lines of what failed. */
export function detailsScroll(
  model: Pick<Model, 'builds' | 'rebuilds'>,
  layout: Layout,
  key: string,
  failedLines: number,
): { readonly length: number; readonly rows: number } {
  const build = model.builds.find((one) => identityKey(one) === key);
  if (build === undefined) return { length: failedLines, rows: roomOfFailed(layout).lineRows };
  const length = build.tree.length;
  const lines = loggedBuild(model, build)?.tail.length ?? 0;
  return { length, rows: roomOfBuild(layout, length, lines).processRows };
}

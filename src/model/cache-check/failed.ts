/** What of a check is a fault. Unconfigured and untested are none. */
import type { BuilderTrouble, CacheCheck, CheckedBuilder, FetchTest } from './cache-check.ts';

/** That a builder is busy, or of another kind, is none: where nobody took the build, that is one. */
const noFaults: readonly BuilderTrouble[] = ['slots', 'system', 'features'];

export function hasFailed(check: CacheCheck): boolean {
  const { caches, build, builders } = check;
  return (
    caches.some(({ trouble, signature }) => trouble !== null || signature === 'bad') ||
    fetchFailed(check) ||
    ['declined', 'failed'].includes(build.state) ||
    builders.some(({ trouble }) => trouble !== null && !noFaults.includes(trouble))
  );
}

/** Without a local cache any will do. */
export function fetchFailed({ caches, fetch }: Pick<CacheCheck, 'caches' | 'fetch'>): boolean {
  const bad: readonly FetchTest['state'][] = caches.some(({ role }) => role === 'local')
    ? ['elsewhere', 'missing', 'failed']
    : ['missing', 'failed'];
  return bad.includes(fetch.state);
}

/** What keeps it from building also after the check: neither builds that it had then, nor what was asked of it. */
export function lastingTrouble({
  trouble,
  said,
}: Pick<CheckedBuilder, 'trouble' | 'said'>): BuilderTrouble | null {
  // Without a word of Nix or ssh it is only what its line has.
  const isOfThatTime =
    trouble === 'slots' || ((trouble === 'system' || trouble === 'features') && said === null);
  return isOfThatTime ? null : trouble;
}

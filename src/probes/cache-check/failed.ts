/** What keeps a cache from being used, and what it costs Nix to find that out. */
import type { Problem } from '../../base/problem.ts';
import { oneLine, withoutControls } from '../../base/text.ts';
import type { CacheTrouble, CheckedCache } from '../../model/cache-check/cache-check.ts';
import { isRetried, lostSec } from '../../model/cache-check/lost.ts';

export interface Failed {
  readonly trouble: CacheTrouble;
  readonly said: string | null;
  readonly httpStatus?: number | null;
  /** Of one attempt; absent where Nix does not wait for it. */
  readonly waitedSec?: number;
  /** Nix asks again. */
  readonly retried?: boolean;
}

export function statusFailed(status: number, waitedSec: number): Failed {
  const said = `status ${status}`;
  const trouble = [401, 403, 407].includes(status) ? 'denied' : 'status';
  return { trouble, said, httpStatus: status, ...(isRetried(status) && { waitedSec, retried: true }) };
}

/** Of a cache in a directory, of which the kernel says no more than its kind. */
const fileWords: Readonly<Partial<Record<Problem['kind'], string>>> = {
  gone: 'it has no nix-cache-info, or is not there',
  denied: 'it may not be read',
};

export function failedBy({ kind, cause }: Problem, waitedSec: number): Failed {
  const trouble = kind === 'timeout' ? 'timeout' : 'unreachable';
  return { trouble, said: cause ?? fileWords[kind] ?? kind, waitedSec, retried: true };
}

/** `attempts`: `download-attempts` of nix.conf; null: as usual. */
export function failedCache(found: CheckedCache, failed: Failed, attempts: number | null): CheckedCache {
  const { trouble, said, httpStatus = found.httpStatus, waitedSec = 0, retried = false } = failed;
  return {
    ...found,
    ...{ trouble, httpStatus },
    said: said === null ? null : oneLine(withoutControls(said)).slice(0, 200),
    // Only what is downloaded is tried again (filetransfer.cc).
    lostSec:
      retried && /^https?:/i.test(found.address)
        ? lostSec(waitedSec, attempts ?? undefined)
        : Math.round(waitedSec * 1000) / 1000,
  };
}

/** Which kind of trouble a cache makes, by Nix's message of it: the status of HTTP, or curl's number in brackets. */
import type { CacheTrouble } from '../model/diagnosis/found-wait.ts';
import type { Peer } from '../model/rebuild/rebuild.ts';

/** libcurl-errors(3): CURLE_COULDNT_RESOLVE_HOST 6, COULDNT_CONNECT 7, OPERATION_TIMEDOUT 28; the others are TLS. */
const curlCodes: Readonly<Record<number, CacheTrouble>> = {
  5: 'unresolved',
  6: 'unresolved',
  7: 'refused',
  28: 'timeout',
  35: 'tls',
  51: 'tls',
  53: 'tls',
  54: 'tls',
  58: 'tls',
  59: 'tls',
  60: 'tls',
  66: 'tls',
  77: 'tls',
  80: 'tls',
  82: 'tls',
  83: 'tls',
  90: 'tls',
  91: 'tls',
};

export function troubleOf(trouble: Pick<NonNullable<Peer['trouble']>, 'text' | 'httpStatus'>): CacheTrouble {
  const { text, httpStatus } = trouble;
  if (httpStatus !== null) return 'http';
  // `Failed to resolve host 'H' with timeout after 5427 ms` (c-ares), `Resolving timed out after 5000 milliseconds`.
  if (/resolv/i.test(text) && /time(?:d )?[ -]?out/i.test(text)) return 'resolver';
  const code = Number(/\((\d+)\)/.exec(text)?.[1]);
  return curlCodes[code] ?? 'other';
}

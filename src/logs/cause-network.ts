/** Downloads that did not come: of a cache, or of a build that fetches by itself. */
import type { Cause } from '../model/rebuild/cause.ts';
import type { Peer, Rebuild } from '../model/rebuild/rebuild.ts';

/** What curl, git, Nix and the fetchers of nixpkgs say. */
const inLog =
  /curl: \((\d+)\) .*|Could not resolve host|unable to download ['"‘]([^'"’]+).*|cannot download .* from any mirror|fatal: unable to access ['"‘]([^'"’]+)/;
/** A build that goes on after such a line failed of something else: tests in a sandbox look for servers all the time. */
const lastWords = 10;
const address = /\b(?:https?|ftp|git):\/\/[^\s'"’]+/;

/** A fixed output whose fetcher could not reach its server; null where no line says so. */
export function downloadInLines(lines: readonly string[]): Cause | null {
  const at = lines.findLastIndex((line) => inLog.test(line));
  if (at < lines.length - lastWords) return null;
  const match = inLog.exec(lines[at] ?? '');
  if (match === null) return null;
  const url = match[2] ?? match[3] ?? lines.slice(0, at + 1).findLast((line) => address.test(line));
  const code = match[1];
  const status = /(?:HTTP error|returned error:) (\d{3})\b/.exec(match[0])?.[1];
  return {
    kind: 'network',
    cache: null,
    url: (url === undefined ? undefined : address.exec(url)?.[0]) ?? '',
    curlCode: code === undefined ? null : Number(code),
    httpStatus: status === undefined ? null : Number(status),
    text: match[0],
  };
}

/** Paths that nobody has: if a cache was in trouble, that is why, else no cache has them. */
export function substituteCause(rebuild: Rebuild, paths: readonly string[]): Cause {
  const [cache, peer] = troubled(rebuild);
  if (cache === null || peer?.trouble == null) return { kind: 'no-substituter', paths };
  const { text, httpStatus } = peer.trouble;
  return { kind: 'network', cache, text, httpStatus };
}

/** The cache that gave the most trouble. */
function troubled({ peers }: Rebuild): readonly [string | null, Peer | null] {
  let worst: readonly [string | null, Peer | null] = [null, null];
  for (const [name, peer] of peers)
    if (peer.trouble !== null && peer.retries >= (worst[1]?.retries ?? 0)) worst = [name, peer];
  return worst;
}

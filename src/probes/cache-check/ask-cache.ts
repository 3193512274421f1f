/** One cache, asked as Nix asks it: what it is, a path, that path's signature, and the beginning of its archive. */
import { percentDecoded } from '../../base/percent-decoded.ts';
import { bareAddress } from '../../model/cache-check/cache-address.ts';
import type { CheckedCache } from '../../model/cache-check/cache-check.ts';
import { parseCacheInfo } from '../../parse/cache-info.ts';
import type { ProbeContext } from '../probe.ts';
import { askArchive } from './ask-archive.ts';
import { askPaths } from './ask-paths.ts';
import { askStore } from './ask-store.ts';
import { directoryReader, httpReader, type ReadCacheFile } from './cache-reader.ts';
import type { CacheWorld } from './cache-world.ts';
import { type Failed, failedBy, failedCache, statusFailed } from './failed.ts';

export interface AskedCache {
  readonly cache: CheckedCache;
  /** Null: it could not be asked. */
  readonly hasPackage: boolean | null;
}

const mostInfo = 64 << 10;
const infoBodyMs = 3000;

/** `address`: as Nix has it, with settings behind `?`. Null: it was cancelled before there was an answer. */
export async function askCache(
  address: string,
  world: CacheWorld,
  context: ProbeContext,
): Promise<AskedCache | null> {
  const [root = '', query = ''] = address.replace(/#.*$/, '').split('?');
  const found = nothingOf(bareAddress(address), new URLSearchParams(query));
  context.progress(`asks ${found.address}`);
  const read = readerOf(root.replace(/\/+$/, ''), world, context);
  if (read === null) {
    const store = await askStore(address, context);
    if (store === null) return null;
    const answered = { ...found, answerSec: store.answerSec === null ? null : toMs(store.answerSec) };
    return {
      cache: store.failed === null ? answered : failedCache(found, store.failed, world.attempts),
      hasPackage: null,
    };
  }
  const of = (cache: CheckedCache, failed: Failed | null, hasPackage: boolean | null) =>
    // What is said of it after a cancel would be our own doing.
    context.cancelled.aborted
      ? null
      : { cache: failed === null ? cache : failedCache(cache, failed, world.attempts), hasPackage };
  const asked = await askInfo(read, found, world, context);
  const answered = { ...found, ...asked.info };
  if (asked.failed !== null) return of(answered, asked.failed, null);
  const isTrusted = ['1', 'true'].includes(new URLSearchParams(query).get('trusted') ?? '');
  const own = isTrusted ? { ...world, needsSignatures: false } : world;
  const { failed, told, hasPackage } = await askPaths(read, own, context);
  const cache: CheckedCache = { ...answered, ...told.shown };
  if (failed !== null || told.largest === null) return of(cache, failed, hasPackage);
  const archive = await askArchive(read, told.largest, world);
  return of({ ...cache, bytesPerSec: archive.bytesPerSec }, archive.failed, hasPackage);
}

function nothingOf(address: string, query: URLSearchParams): CheckedCache {
  const priority = query.get('priority');
  return {
    ...{ address, role: 'other', trouble: null, said: null, httpStatus: null, answerSec: null, lostSec: 0 },
    // What the address says counts before what the cache says.
    priority: priority !== null && /^\d{1,9}$/.test(priority) ? Number(priority) : null,
    massQuery: null,
    ...{ storeDirectory: null, narinfo: null, signature: null, keys: [], bytesPerSec: null },
  };
}

/** Null: of a kind that only Nix can ask. */
function readerOf(root: string, world: CacheWorld, context: ProbeContext): ReadCacheFile | null {
  if (root.startsWith('file://'))
    return directoryReader(percentDecoded(root.slice('file://'.length)), context);
  const { clock } = context.ports;
  const options = { clock, cancelled: context.cancelled, ...world };
  return /^https?:\/\//i.test(root) ? httpReader(root, options) : null;
}

/** A clock that counts finer is no better for it. */
function toMs(sec: number): number {
  return Math.round(sec * 1000) / 1000;
}

async function askInfo(
  read: ReadCacheFile,
  found: CheckedCache,
  { answerMs, storeDirectory }: CacheWorld,
  { ports: { clock } }: ProbeContext,
): Promise<{ readonly failed: Failed | null; readonly info: Partial<CheckedCache> }> {
  const startedMs = clock.monotonic();
  const asked = await read('nix-cache-info', { maxBytes: mostInfo, bodyMs: infoBodyMs, timeoutMs: answerMs });
  const waitedSec = (clock.monotonic() - startedMs) / 1000;
  if (!asked.ok) return { failed: failedBy(asked.problem, waitedSec), info: {} };
  const { status, body, whole, answerSec } = asked.value;
  const answer = { httpStatus: status, answerSec: toMs(answerSec) };
  const fails = (failed: Failed) => ({ failed, info: answer });
  if (status !== null && status !== 200) return fails(statusFailed(status, waitedSec));
  if (!whole)
    return fails({ trouble: 'timeout', said: 'its nix-cache-info does not come to its end', waitedSec });
  const info = parseCacheInfo(new TextDecoder().decode(body));
  if (info === null) return fails({ trouble: 'no-cache', said: 'what it answers is no nix-cache-info' });
  const failed: Failed | null =
    info.storeDirectory !== null && info.storeDirectory !== storeDirectory
      ? { trouble: 'other-store', said: `StoreDir: ${info.storeDirectory}` }
      : null;
  return { failed, info: { ...answer, ...info, priority: found.priority ?? info.priority } };
}

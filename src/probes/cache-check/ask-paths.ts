/** What a cache says of some paths (`.narinfo`), and whether that is signed as Nix wants it. */
import type { CheckedCache, SignatureState } from '../../model/cache-check/cache-check.ts';
import { isStorePath, nameOfPath } from '../../model/nix-store/store-path.ts';
import { type NarInfo, parseNarInfo } from '../../parse/cache-info.ts';
import type { ProbeContext } from '../probe.ts';
import type { CacheFile, ReadCacheFile } from './cache-reader.ts';
import type { CacheWorld } from './cache-world.ts';
import { type Failed, failedBy, statusFailed } from './failed.ts';
import { signatureOf } from './signature.ts';

export interface ToldPaths {
  /** Of the path that is shown: the one with the worst signature. */
  readonly shown: Pick<CheckedCache, 'narinfo' | 'signature' | 'keys'> | null;
  /** Of those told the one whose archive tells most of the speed. */
  readonly largest: NarInfo | null;
}

export interface AskedPaths {
  readonly failed: Failed | null;
  readonly told: ToldPaths;
  readonly hasPackage: boolean | null;
}

const mostInfo = 256 << 10;
const bodyMs = 3000;
/** A cache that is slow is not asked for all of them. */
const budgetMs = 10_000;
/** A hash, and 211 characters (checkName of src/libstore/path.cc). */
const longestName = 32 + 1 + 211;
/** An archive of this size tells the speed. */
const enoughBytes = 512 << 10;
/** What Nix takes for "it has none" (src/libstore/http-binary-cache-store.cc). */
const misses = [401, 403, 404, 407, 410];

export async function askPaths(
  read: ReadCacheFile,
  world: CacheWorld,
  { ports: { clock }, cancelled }: ProbeContext,
): Promise<AskedPaths> {
  const beganMs = clock.monotonic();
  const infos: NarInfo[] = [];
  const statuses: number[] = [];
  let failed: Failed | null = null;
  let hasPackage: boolean | null = null;
  for (const hash of world.hashes) {
    const startedMs = clock.monotonic();
    if (cancelled.aborted || startedMs - beganMs > budgetMs) break;
    const asked = await read(`${hash}.narinfo`, { maxBytes: mostInfo, bodyMs, timeoutMs: world.answerMs });
    const waitedSec = (clock.monotonic() - startedMs) / 1000;
    if (!asked.ok) {
      failed = failedBy(asked.problem, waitedSec);
      break;
    }
    const { status } = asked.value;
    if (status !== null) statuses.push(status);
    if (status !== null && misses.includes(status)) {
      if (hash === world.packageHash) hasPackage = false;
      continue;
    }
    if (status !== null && status !== 200) {
      failed = statusFailed(status, waitedSec);
      break;
    }
    const info = narInfoOf(asked.value, hash, world, waitedSec);
    if ('trouble' in info) {
      failed = info;
      break;
    }
    if (hash === world.packageHash) hasPackage = true;
    infos.push(info);
    if ((info.fileBytes ?? 0) >= enoughBytes) break;
  }
  const signed = infos.map((info) => ({ info, signature: signatureFor(info, world) }));
  const shown = signed.toSorted((a, b) => rank(a.signature) - rank(b.signature))[0] ?? null;
  const largest = infos.toSorted((a, b) => (b.fileBytes ?? 0) - (a.fileBytes ?? 0))[0] ?? null;
  return {
    failed: failed ?? denied(statuses) ?? (shown === null ? null : distrust(shown.signature, world)),
    told: {
      largest,
      shown: shown && {
        ...{ narinfo: nameOfPath(shown.info.storePath), signature: shown.signature, keys: shown.info.keys },
      },
    },
    hasPackage,
  };
}

function narInfoOf(
  { body, whole }: CacheFile,
  hash: string,
  { storeDirectory }: CacheWorld,
  waitedSec: number,
): NarInfo | Failed {
  if (!whole) return { trouble: 'timeout', said: 'a narinfo does not come to its end', waitedSec };
  const info = parseNarInfo(new TextDecoder().decode(body));
  if (info === null) return { trouble: 'broken-nar', said: `${hash}.narinfo is none` };
  const { storePath } = info;
  if (!storePath.startsWith(`${storeDirectory}/`))
    return { trouble: 'other-store', said: `StorePath: ${storePath}` };
  const name = storePath.slice(storeDirectory.length + 1);
  if (!isStorePath(storePath) || !name.startsWith(`${hash}-`) || name.length > longestName)
    return { trouble: 'broken-nar', said: `${hash}.narinfo is of another path, ${name}` };
  return info;
}

/** A cache that has nothing for anybody unknown says 401 for each path; 403 is what S3 says of what it has not. */
function denied(statuses: readonly number[]): Failed | null {
  const isDenied = statuses.length > 0 && statuses.every((status) => status === 401 || status === 407);
  return isDenied ? statusFailed(401, 0) : null;
}

function signatureFor(info: NarInfo, { trusted, needsSignatures }: CacheWorld): SignatureState | null {
  if (trusted === null) return info.contentAddressed ? 'not-needed' : null;
  const state = signatureOf(info, trusted);
  return !needsSignatures && (state === 'unsigned' || state === 'untrusted') ? 'not-needed' : state;
}

/** The worst first. */
const order: readonly (SignatureState | null)[] = [
  'bad',
  'unsigned',
  'untrusted',
  'unknown-kind',
  null,
  'not-needed',
  'good',
];

function rank(state: SignatureState | null): number {
  return order.indexOf(state);
}

function distrust(state: SignatureState | null, { needsSignatures }: CacheWorld): Failed | null {
  if (!needsSignatures) return null;
  if (state === 'bad') return { trouble: 'bad-signature', said: null };
  return state === 'unsigned' || state === 'untrusted' ? { trouble: state, said: null } : null;
}

/** Files of a binary cache, over HTTP or of a directory: what came, and how fast. */
import { ok, type Result } from '../../base/problem.ts';
import { type HttpOptions, httpGet } from '../http-get.ts';
import type { ProbeContext } from '../probe.ts';

export interface CacheFile {
  /** 404 of a directory too; null: it was read from one. */
  readonly status: number | null;
  readonly body: Uint8Array;
  /** It came to its end. */
  readonly whole: boolean;
  readonly answerSec: number;
  readonly bodySec: number;
}

export interface ReadOptions {
  readonly maxBytes: number;
  /** Of its contents. */
  readonly bodyMs: number;
  readonly timeoutMs: number;
}

/** `name`: relative to the cache, or an address of its own. */
export type ReadCacheFile = (name: string, options: ReadOptions) => Promise<Result<CacheFile>>;

export function httpReader(
  root: string,
  options: Omit<HttpOptions, 'timeoutMs' | 'maxBytes' | 'bodyMs'>,
): ReadCacheFile {
  return async (name, bounds) => {
    const address = /^https?:\/\//.test(name) ? name : `${root}/${name.replace(/^\/+/, '')}`;
    // Past what is wanted nothing has to be sent.
    const isArchive = !/(?:^nix-cache-info|\.narinfo)$/.test(name);
    const headers = isArchive ? { range: `bytes=0-${bounds.maxBytes - 1}` } : {};
    const answer = await httpGet(address, { ...options, ...bounds, headers });
    return answer.ok ? ok({ ...answer.value, whole: answer.value.cut === null }) : answer;
  };
}

/** Text alone: an archive is there, or it is not. */
export function directoryReader(directory: string, { ports }: Pick<ProbeContext, 'ports'>): ReadCacheFile {
  return async (name, { maxBytes }) => {
    const { ownFiles, clock } = ports;
    const startedMs = clock.monotonic();
    const read = await ownFiles.read(`${directory}/${name}`, { maxBytes });
    const answerSec = (clock.monotonic() - startedMs) / 1000;
    const file = { whole: true, answerSec, bodySec: 0 };
    if (read.ok) return ok({ ...file, status: null, body: new TextEncoder().encode(read.value) });
    const isGone = read.problem.kind === 'gone' && name !== 'nix-cache-info';
    return isGone ? ok({ ...file, status: 404, body: new Uint8Array() }) : read;
  };
}

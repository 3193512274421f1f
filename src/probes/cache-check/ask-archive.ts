/** The beginning of an archive: that it is there, is one, and how fast it comes. */
import { formatBytes } from '../../base/bytes.ts';
import type { NarInfo } from '../../parse/cache-info.ts';
import { isArchive } from './archive.ts';
import type { ReadCacheFile } from './cache-reader.ts';
import type { CacheWorld } from './cache-world.ts';
import type { Failed } from './failed.ts';

/** Three seconds or so many bytes tell the speed. */
const bodyMs = 3000;
const maxBytes = 8 << 20;
/** Of less the speed is the delay, unless it took long. */
const leastBytes = 64 << 10;
const leastSec = 1;

export interface AskedArchive {
  readonly failed: Failed | null;
  readonly bytesPerSec: number | null;
}

export async function askArchive(
  read: ReadCacheFile,
  { url, compression }: NarInfo,
  { answerMs }: CacheWorld,
): Promise<AskedArchive> {
  const asked = await read(url, { maxBytes, bodyMs, timeoutMs: answerMs });
  const broken = (said: string, httpStatus: number | null = null): AskedArchive => ({
    failed: { trouble: 'broken-nar', said, httpStatus },
    bytesPerSec: null,
  });
  if (!asked.ok) {
    const { kind, cause = kind } = asked.problem;
    if (kind !== 'timeout') return broken(`its archive: ${cause}`);
    return {
      failed: { trouble: 'timeout', said: `its archive: ${cause}`, waitedSec: answerMs / 1000 },
      bytesPerSec: null,
    };
  }
  const { status, body, whole, bodySec } = asked.value;
  if (status === 401 || status === 403)
    return {
      failed: { trouble: 'denied', said: `its archive: status ${status}`, httpStatus: status },
      bytesPerSec: null,
    };
  if (status !== null && status !== 200 && status !== 206)
    return broken(`its archive: status ${status}`, status);
  // Of a directory it is read as text; of a few bytes that are not all there is nothing to be seen.
  if (status !== null && (whole || body.length >= 16) && !isArchive(compression, body))
    return broken(`what comes for an archive is none (${compression})`);
  const bytesPerSec =
    body.length >= leastBytes || bodySec >= leastSec
      ? Math.round(body.length / Math.max(bodySec, 0.001))
      : null;
  if (whole || body.length >= maxBytes)
    return { failed: null, bytesPerSec: status === null ? null : bytesPerSec };
  const isCut = bodySec * 1000 < bodyMs * 0.9;
  if (isCut) return broken(`the connection was closed after ${formatBytes(body.length)} of an archive`);
  if (body.length >= leastBytes) return { failed: null, bytesPerSec };
  const said = `an archive trickles: ${formatBytes(body.length)} in ${Math.round(bodySec)} s`;
  return { failed: { trouble: 'timeout', said, waitedSec: bodySec }, bytesPerSec };
}

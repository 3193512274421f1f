/** The runs that are kept: read before one, written after it with the new one at the end. */
import type { Result } from '../../base/problem.ts';
import type { CacheCheck } from '../../model/cache-check/cache-check.ts';
import { mostCheckFileBytes, mostChecks } from '../../model/cache-check/check-file.ts';
import { cacheCheckLine, parseCacheChecks } from '../../parse/cache-check-file.ts';
import type { Ports } from '../../platform/ports.ts';

type Given = Pick<Ports, 'ownFiles' | 'native'>;

/** The newest last; none where the file cannot be read. */
export async function readKept(path: string, { ownFiles, native }: Given): Promise<readonly CacheCheck[]> {
  const text = await ownFiles.read(path, { maxBytes: mostCheckFileBytes, trustedBy: native.uid });
  return text.ok ? parseCacheChecks(text.value) : [];
}

/** `shared`: everybody may read it. Caches and builders are no secret on their own machine. */
export function keepCheck(
  { own, shared }: { readonly own: string; readonly shared: boolean },
  check: CacheCheck,
  earlier: readonly CacheCheck[],
  { ownFiles }: Given,
): Promise<Result<void>> {
  let lines = [...earlier.slice(1 - mostChecks), check].map(cacheCheckLine);
  while (lines.length > 1 && Buffer.byteLength(lines.join('')) > mostCheckFileBytes)
    lines = lines.slice(Math.ceil(lines.length / 4));
  return ownFiles.replace(own, lines.join(''), { shared });
}

/** What the cache of a proxy takes on the disk: counted by find(1), last in line, within its time. */
import { orNull } from '../../base/problem.ts';
import type { ProxyDisk } from '../../model/cache-check/cache-check.ts';
import { within } from '../check/within.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

/** stat(2): what it takes is told in blocks of 512 bytes. */
const blockBytes = 512;

export async function readProxyDisk(path: string, ms: number, context: ProbeContext): Promise<ProxyDisk> {
  context.progress(`counts ${path}`);
  const space = orNull(await context.ports.files.spaceSlow(path, { deadlineMs: 3000 }));
  let [files, blocks, isDenied] = [0, 0, false];
  const counted = await within(ms, path, context, (bounded) =>
    runProgram(bounded, ['find', path, '-xdev', '-type', 'f', '-printf', '%b\\n'], {
      from: 'findutils',
      onLine(line, stream) {
        if (stream !== 'stdout') {
          isDenied ||= line.endsWith('Permission denied');
          return;
        }
        files += 1;
        blocks += Number(line) || 0;
      },
    }),
  );
  // Files that vanish while they are counted are no failure: a proxy replaces its own.
  const isOver = counted.ok && counted.value.signal === null;
  const isCounted = isOver && !isDenied && (counted.value.exitCode === 0 || files > 0);
  return {
    path,
    usedBytes: isCounted ? blocks * blockBytes : null,
    files: isCounted ? files : null,
    availableBytes: space?.availableBytes ?? null,
  };
}

/**
 * Every block of a disk read once, in pieces, at idle priority: which cannot be read. Nothing is written. Says first
 * how long it takes, from how fast the first pieces are.
 */
import { bytesText } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { fail, ok } from '../base/problem.ts';
import { countBadBlocks } from '../parse/bad-blocks.ts';
import { deviceFile, layersBelow } from './block-layers.ts';
import type { Probe } from './probe.ts';
import { runProgram } from './run-program.ts';

const blockBytes = 4096;
/** Half a minute of a hard disk: so often it says how far it is, and so much is lost where it is ended. */
const pieceBlocks = (4 * 2 ** 30) / blockBytes;
/** The first pieces are small, so that soon something can be said. */
const firstBlocks = 2 ** 28 / blockBytes;
/** More say no more, and each may take the disk seconds. */
const mostBad = 10_000;

export const badBlocks: Probe<'bad-blocks'> = async (subject, context) => {
  const { ports, cancelled, progress } = context;
  const device = subject ?? '';
  const file = deviceFile(device);
  const [layer] = layersBelow(ports.files, device);
  if (layer === undefined) return fail('gone', file, 'no such disk');
  const blocks = Math.floor(layer.bytes / blockBytes);
  const startedMs = ports.clock.monotonic();
  let [done, bad] = [0, 0];
  while (done < blocks && bad < mostBad && !cancelled.aborted) {
    const count = Math.min(done < 2 * firstBlocks ? firstBlocks : pieceBlocks, blocks - done);
    const range = [`${done + count - 1}`, `${done}`];
    const words = ['-b', `${blockBytes}`, '-c', '256', '-e', `${mostBad - bad}`, file, ...range];
    const run = await runProgram(context, ['badblocks', ...words], { from: 'e2fsprogs' });
    if (!run.ok) return run;
    const { exitCode, stdout, stderr } = run.value;
    if (exitCode !== 0) {
      if (cancelled.aborted) break;
      const said = stderr.find((line) => line.trim() !== '') ?? `ended with ${exitCode}`;
      return /denied|not permitted/.test(said)
        ? fail('denied', file, 'needs root')
        : fail('malformed', file, said);
    }
    bad += countBadBlocks(stdout);
    done += count;
    progress(progressText(done, blocks, bad, ports.clock.monotonic() - startedMs));
  }
  const checkedBytes = done * blockBytes;
  // Ended before the first piece was through: nothing is known.
  if (done === 0) return fail('timeout', file, 'nothing was read');
  return ok({
    badBlocks: bad,
    checkedBytes,
    totalBytes: blocks * blockBytes,
    ...(done < blocks ? { partial: true } : {}),
  });
};

/** `12.0 GB of 500 GB, about 1 h left, 2 bad blocks`. */
function progressText(done: number, blocks: number, bad: number, tookMs: number): string {
  const left = (tookMs / done) * (blocks - done);
  const extent = `${bytesText(done * blockBytes)} of ${bytesText(blocks * blockBytes)}`;
  return `${extent}, about ${lengthText(left)} left${bad === 0 ? '' : `, ${plural(bad, 'bad block')}`}`;
}

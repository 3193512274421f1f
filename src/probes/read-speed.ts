/**
 * How fast each layer between a file system and its disks reads: past the page cache (O_DIRECT), at idle priority, in
 * pieces all over the device, so that neither the disk's own cache nor one slow place decides. What is slow above and
 * fast below is held up in between.
 */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';
import { parseCopied } from '../parse/dd-report.ts';
import { mountOf, parseMounts } from '../parse/mountinfo-mounts.ts';
import { deviceFile, deviceOf, type Layer, layersBelow } from './block-layers.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

type Speeds = ProbeValues['read-speed']['layers'];

/** Of each layer. */
const mostBytes = 256 << 20;
const mostMs = 3000;
const pieces = 16;
const pieceBytes = mostBytes / pieces;
/** A disk that reads so slowly that a piece would take the whole time is asked for less. */
const firstBytes = 1 << 20;
const mostLayers = 8;

export const readSpeed: Probe<'read-speed'> = async (subject, context) => {
  const device = subject ?? (await storeDevice(context));
  if (device === null) return fail('unsupported', '/nix/store', 'lies on no block device');
  const layers = readable(layersBelow(context.ports.files, device));
  if (layers.length === 0) return fail('gone', deviceFile(device), 'no such device');
  const speeds: Speeds[number][] = [];
  for (const [at, layer] of layers.slice(0, mostLayers).entries()) {
    if (context.cancelled.aborted) break;
    context.progress(`reads ${layer.device}`);
    const bytesPerSec = await speedOf(layer, (at + 1) / (layers.length + 1), context);
    if (!bytesPerSec.ok) return bytesPerSec;
    if (bytesPerSec.value === null) continue;
    speeds.push({ device: layer.reportedAs, bytesPerSec: bytesPerSec.value, sizeBytes: layer.bytes });
  }
  return speeds.length === 0
    ? fail('timeout', deviceFile(device), 'nothing was read')
    : ok({ layers: speeds });
};

/** Below the store; of btrfs and the like the device that is mounted. */
async function storeDevice({ ports: { files } }: ProbeContext): Promise<string | null> {
  const mounts = parseMounts(orNull(files.read('/proc/self/mountinfo')) ?? '');
  const mount = mountOf('/nix/store', mounts);
  if (mount === null) return null;
  const direct = deviceOf(files, mount.device);
  if (direct !== null) return direct;
  if (!mount.source.startsWith('/dev/')) return null;
  const link = orNull(await files.linkSlow(mount.source)) ?? mount.source;
  return link.split('/').at(-1) ?? null;
}

interface ReadLayer extends Layer {
  readonly reportedAs: string;
}

/** A partition is read for its disk, which has no other name in the figures of disks. */
function readable(layers: readonly Layer[]): readonly ReadLayer[] {
  const through = new Set(layers.flatMap(({ disk }) => disk ?? []));
  return layers
    .filter(({ device, bytes }) => bytes > 0 && !through.has(device))
    .map((layer) => ({ ...layer, reportedAs: layer.disk ?? layer.device }));
}

/** `shift`: each layer is read between the places of the others, 0-1 of a piece's distance. Null: ended before. */
async function speedOf(
  { device, bytes }: Layer,
  shift: number,
  context: ProbeContext,
): Promise<Result<number | null>> {
  const { clock } = context.ports;
  const startedMs = clock.monotonic();
  let [read, sec, size] = [0, 0, firstBytes];
  for (let piece = 0; piece < pieces; piece++) {
    if (context.cancelled.aborted || clock.monotonic() - startedMs > mostMs) break;
    const fits = Math.max(0, bytes - size);
    const skip = Math.floor((fits * (piece + shift)) / pieces / firstBytes);
    const copied = await readPiece(device, skip, Math.min(size, bytes), context);
    if (!copied.ok) return context.cancelled.aborted ? ok(null) : copied;
    read += copied.value.bytes;
    sec += copied.value.sec;
    // What half a second brings.
    size = Math.min(pieceBytes, Math.max(firstBytes, Math.floor(read / sec / 2 / firstBytes) * firstBytes));
  }
  return ok(sec === 0 ? null : Math.round(read / sec));
}

/** `skip` in MiB. */
async function readPiece(device: string, skip: number, size: number, context: ProbeContext) {
  const file = deviceFile(device);
  const count = Math.max(1, Math.floor(size / firstBytes));
  const words = [`if=${file}`, 'of=/dev/null', 'bs=1M', `count=${count}`, `skip=${skip}`, 'iflag=direct'];
  const run = await runProgram(context, ['dd', ...words]);
  if (!run.ok) return run;
  const { exitCode, stderr } = run.value;
  const copied = parseCopied(stderr);
  if (exitCode === 0 && copied !== null && copied.bytes > 0 && copied.sec > 0) return ok(copied);
  const said = stderr.find((line) => line.startsWith('dd: ')) ?? `ended with ${exitCode}`;
  return /denied|not permitted/.test(said)
    ? fail('denied', file, 'needs root')
    : fail('malformed', file, said);
}

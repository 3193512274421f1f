/**
 * Where a bundle is written, unless that is told: beside our recordings while that disk takes a small file at once, else
 * to memory. Never to a disk that does not answer.
 */
import { orNull } from '../base/problem.ts';
import { parseMounts } from '../parse/mountinfo-mounts.ts';
import type { BundleFiles, Clock, Files } from '../platform/ports.ts';
import type { Place } from './archive.ts';

export interface FoundPlaces {
  /** The first is meant; the next are for when it stops answering. */
  readonly places: readonly Place[];
  /** Why this one, a clause. */
  readonly why: string;
  /** It is gone with the next boot. */
  readonly inMemory: boolean;
}

export interface PlaceOptions {
  readonly files: Files;
  readonly bundleFiles: BundleFiles;
  readonly clock: Clock;
  /** Where it belongs, and its name there. */
  readonly directory: string;
  readonly name: string;
  /** Directories that may be in memory, the likeliest first. */
  readonly memory: readonly string[];
}

const mostBytes = 64 << 20;
const leastBytes = 8 << 20;
const answersMs = 1200;
const triedBytes = 16 << 10;

export async function findPlaces(options: PlaceOptions): Promise<FoundPlaces> {
  const { directory, name, memory } = options;
  const memories: Place[] = [];
  const mounts = await options.files.readSlow('/proc/self/mountinfo', { maxBytes: 1 << 20 });
  for (const path of memory) {
    if (!isMemory(orNull(mounts) ?? '', path)) continue;
    const room = await roomIn(options, path);
    if (room !== null && room >= leastBytes)
      memories.push({ path: `${path}/${name}`, mostBytes: bound(room) });
  }
  const tried = await tryDisk(options);
  if (typeof tried === 'number')
    return {
      places: [{ path: `${directory}/${name}`, mostBytes: bound(tried) }, ...memories],
      why: `the disk of ${directory} answers`,
      inMemory: false,
    };
  return { places: memories, why: tried, inMemory: true };
}

/** Half of what is free. */
function bound(freeBytes: number): number {
  return Math.min(mostBytes, Math.floor(freeBytes / 2));
}

async function roomIn({ files }: PlaceOptions, path: string): Promise<number | null> {
  return orNull(await files.spaceSlow(path, { deadlineMs: answersMs }))?.availableBytes ?? null;
}

/** Room there; or why it is not written there. */
async function tryDisk(options: PlaceOptions): Promise<number | string> {
  const { bundleFiles, clock, directory, name } = options;
  const tried = `${directory}/${name}.try`;
  const work = (async () => {
    const made = await bundleFiles.create(tried);
    if (!made.ok) return made;
    const written = await made.value.write(new Uint8Array(triedBytes));
    const synced = written.ok ? await made.value.sync() : written;
    await made.value.close();
    await bundleFiles.remove(tried);
    return synced;
  })();
  const late = new Promise<null>((resolve) => clock.after(answersMs, () => resolve(null)));
  const done = await Promise.race([work, late]);
  if (done === null) return `the disk of ${directory} did not take ${triedBytes >> 10} kB in ${answersMs} ms`;
  if (!done.ok)
    return `${directory}: ${done.problem.kind}${done.problem.cause ? `, ${done.problem.cause}` : ''}`;
  const room = await roomIn(options, directory);
  if (room === null) return `the disk of ${directory} does not say how full it is`;
  return room >= leastBytes ? room : `the disk of ${directory} is full`;
}

/** tmpfs or ramfs. */
function isMemory(mountinfo: string, path: string): boolean {
  const found = parseMounts(mountinfo)
    .filter(
      ({ mountPoint }) => path === mountPoint || path.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`),
    )
    .toSorted((a, b) => a.mountPoint.length - b.mountPoint.length)
    .at(-1);
  return found?.type === 'tmpfs' || found?.type === 'ramfs';
}

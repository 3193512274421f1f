/** What a score card needs and no Model tells: the machine before it began, the generation that boots, the last verification. */
import { orNull } from '../../base/problem.ts';
import { bootedProfileOf } from '../../cli/flake-of.ts';
import type { Model } from '../../model/model.ts';
import type { StoreVerification } from '../../model/nix-store/store-check.ts';
import type { ScoreBaseline } from '../../model/rebuild/score-card.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { readLastVerification } from '../../nix-store/last-verification.ts';
import { parseDefaultLink } from '../../parse/generation-link.ts';
import type { GenerationFacts } from '../../score/card.ts';
import { createWatcher } from '../../watch/watcher.ts';
import { stateDirectory } from '../environment.ts';
import type { Given } from '../mode.ts';
import { sourcesOf } from '../wiring.ts';

/** The number of the generation that boots, before the command begins. */
export async function bootingNow(
  { ports: { files } }: Given,
  words: readonly string[],
): Promise<number | null> {
  const path = files.live ? bootedProfileOf(words) : null;
  const link = path === null ? null : orNull(await files.linkSlow(path, slowly));
  return path === null || link === null ? null : parseDefaultLink(link, path);
}

/** Null: the command puts no system of this machine together. */
export async function generationFacts(
  { ports }: Given,
  words: readonly string[],
  before: number | null,
): Promise<GenerationFacts | null> {
  const path = ports.files.live ? bootedProfileOf(words) : null;
  if (path === null) return null;
  const unseen = (why: string) => ({ before, now: null, soundness: { state: 'unknown', why } }) as const;
  const link = await ports.files.linkSlow(path, slowly);
  if (!link.ok) return unseen(`${path}: ${link.problem.kind}`);
  const now = parseDefaultLink(link.value, path);
  if (now === null) return unseen(`${path} names no generation`);
  const read = await readGenerations(ports, { kind: 'system', path }, { only: now });
  const [generation] = read.ok ? read.value.generations : [];
  if (generation === undefined) return { ...unseen(`generation ${now} cannot be read`), now };
  return { before, now, soundness: generation.soundness };
}

/** Absent where it cannot be read. */
export async function lastVerification({
  ports,
  environment,
}: Given): Promise<{ readonly verification?: StoreVerification | null }> {
  if (!ports.files.live) return {};
  const read = await readLastVerification(ports, stateDirectory(environment));
  return read.ok ? { verification: read.value } : {};
}

/** Between two looks, which the rates of disks are made of. */
const apartMs = 500;

/** What the machine is like before the command begins. */
export async function readBaseline(given: Given): Promise<ScoreBaseline> {
  const { clock } = given.ports;
  const { sources } = await sourcesOf(given);
  const watcher = createWatcher({ clock, sources });
  try {
    watcher.look();
    await new Promise<void>((resolve) => clock.after(apartMs, resolve));
    watcher.look();
    return baselineOf(watcher.model);
  } finally {
    await watcher.end();
    await watcher.close();
  }
}

export function baselineOf({ timeMs, memory, pressure, disks, cpu }: Model): ScoreBaseline {
  let awaitMs: number | null = null;
  let device: string | null = null;
  for (const disk of disks) {
    const known = [disk.readAwaitMs, disk.writeAwaitMs].filter((ms) => ms !== null);
    if (known.length === 0 || Math.max(...known) <= (awaitMs ?? -1)) continue;
    awaitMs = Math.max(...known);
    ({ device } = disk);
  }
  return {
    atMs: timeMs,
    totalBytes: memory.totalBytes,
    availableBytes: memory.availableBytes,
    memoryFullPercent: pressure.memory.full?.avg10 ?? null,
    ioFullPercent: pressure.io.full?.avg10 ?? null,
    ...{ awaitMs, device, load1: cpu.load1, cpus: cpu.cpus },
  };
}

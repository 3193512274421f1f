/**
 * Reads the generations of a profile, on demand: from their links, never through Nix, whose
 * `--list-generations` needs the profile's lock and so fails for users.
 */

import { fail, ok, orNull, type Result } from '../base/problem.ts';
import type { ProfileTarget } from '../model/intents/intent.ts';
import type { Generation, GenerationList } from '../model/nix-store/generations.ts';
import { kernelOfPath, parseBootspec } from '../parse/bootspec.ts';
import { parseDefaultLink, parseGenerationLink } from '../parse/generation-link.ts';
import type { Files, Ports } from '../platform/ports.ts';
import { readClosure } from './closures.ts';
import { readSoundness, slowly } from './generation-soundness.ts';

export interface GenerationOptions {
  /** Where `current-system` and `booted-system` are; another directory in tests. */
  readonly run?: string;
  /** Reads this generation alone. */
  readonly only?: number;
}

/** What the rollback reads with, for `createRollback`. */
export function generationReaders(run = '/run') {
  return {
    run,
    readClosure,
    readGenerations: (
      ports: Pick<Ports, 'files'>,
      profile: ProfileTarget,
      options: Pick<GenerationOptions, 'only'> = {},
    ) => readGenerations(ports, profile, { ...options, run }),
  };
}

/** So many at once: the slow reads of the dashboard go on between them. */
const atOnce = 4;

export async function readGenerations(
  ports: Pick<Ports, 'files'>,
  profile: ProfileTarget,
  options: GenerationOptions = {},
): Promise<Result<GenerationList>> {
  const { files } = ports;
  const slash = profile.path.lastIndexOf('/');
  const [folder, name] = [profile.path.slice(0, slash), profile.path.slice(slash + 1)];
  const names = await files.listSlow(folder, slowly);
  if (!names.ok) return names;
  const numbers = names.value
    .map((file) => parseGenerationLink(file, name))
    .filter((number) => number !== null)
    .filter((number) => options.only === undefined || number === options.only)
    .sort((a, b) => b - a);
  if (numbers.length === 0 && !names.value.includes(name)) return fail('gone', profile.path);

  const links = runningLinks(profile, options.run ?? '/run');
  const [target, runningPath, bootedPath] = await Promise.all([
    files.linkSlow(profile.path, slowly),
    followed(files, links.running),
    followed(files, links.booted),
  ]);
  const defaultNumber = target.ok ? parseDefaultLink(target.value, profile.path) : null;
  const marks = { defaultNumber, runningPath, bootedPath };
  const generations: Generation[] = [];
  for (let i = 0; i < numbers.length; i += atOnce) {
    const some = numbers.slice(i, i + atOnce);
    generations.push(...(await Promise.all(some.map((number) => readOne(files, profile, number, marks)))));
  }
  return ok({ profile, generations, ...marks });
}

/** `/nix/var/nix/profiles/system-42-link`. */
function linkOf(profile: ProfileTarget, number: number): string {
  return `${profile.path}-${number}-link`;
}

async function readOne(
  files: Files,
  profile: ProfileTarget,
  number: number,
  marks: Pick<GenerationList, 'defaultNumber' | 'runningPath' | 'bootedPath'>,
): Promise<Generation> {
  const link = linkOf(profile, number);
  const [target, made] = await Promise.all([files.linkSlow(link, slowly), files.ownerSlow(link, slowly)]);
  const storePath = target.ok ? target.value : null;
  const [facts, soundness] = await Promise.all([
    storePath === null ? noFacts : readFacts(files, profile.kind, storePath),
    readSoundness(files, profile.kind, target),
  ]);
  return {
    number,
    storePath,
    dateMs: made.ok ? made.value.mtimeMs : null,
    ...facts,
    isDefault: number === marks.defaultNumber,
    isRunning: storePath !== null && storePath === marks.runningPath,
    isBooted: storePath !== null && storePath === marks.bootedPath,
    soundness,
  };
}

type Facts = Pick<Generation, 'version' | 'kernel'>;
const noFacts: Facts = { version: null, kernel: null };

async function readFacts(files: Files, kind: ProfileTarget['kind'], storePath: string): Promise<Facts> {
  if (kind === 'user') return noFacts;
  if (kind === 'home-manager')
    return { version: await firstLine(files, `${storePath}/hm-version`), kernel: null };
  const [version, bootspec, kernelLink] = await Promise.all([
    firstLine(files, `${storePath}/nixos-version`),
    files.readSlow(`${storePath}/boot.json`, slowly),
    files.linkSlow(`${storePath}/kernel`, slowly),
  ]);
  const path = (bootspec.ok ? parseBootspec(bootspec.value)?.kernel : null) ?? orNull(kernelLink);
  return { version, kernel: path === null ? null : kernelOfPath(path) };
}

async function firstLine(files: Files, path: string): Promise<string | null> {
  return (
    orNull(await files.readSlow(path, { ...slowly, maxBytes: 256 }))
      ?.split('\n')[0]
      ?.trim() || null
  );
}

/** Of home-manager what is active is kept as a root of the garbage collector, beside the profile. */
export function runningLinks(
  profile: ProfileTarget,
  run: string,
): { readonly running: string | null; readonly booted: string | null } {
  if (profile.kind === 'system') {
    return { running: `${run}/current-system`, booted: `${run}/booted-system` };
  }
  if (profile.kind === 'user') return { running: null, booted: null };
  const home = /^(.*\/\.local\/state)\/nix\/profiles\/home-manager$/.exec(profile.path)?.[1];
  if (home !== undefined) return { running: `${home}/home-manager/gcroots/current-home`, booted: null };
  const user = /\/profiles\/per-user\/([^/]+)\/home-manager$/.exec(profile.path)?.[1];
  return {
    running: user === undefined ? null : `/nix/var/nix/gcroots/per-user/${user}/current-home`,
    booted: null,
  };
}

/** A link to the store, or by way of one more link. */
async function followed(files: Files, link: string | null): Promise<string | null> {
  if (link === null) return null;
  const target = orNull(await files.linkSlow(link, slowly));
  if (target === null || target.startsWith('/nix/store/')) return target;
  return orNull(await files.linkSlow(target, slowly)) ?? target;
}

/** system.stateVersion of a machine: as its configuration says it, or the release that it began with. */
import { orNull } from '../../base/problem.ts';
import type { StateVersion } from '../../model/recover/own-machine.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { systemProfile } from '../../nix-store/profiles.ts';
import type { Files } from '../../platform/ports.ts';

const mostFiles = 64;

/** `directories`: where its configuration may lie. */
export async function readStateVersion(
  directories: readonly string[],
  files: Files,
): Promise<StateVersion | null> {
  const found: StateVersion[] = [];
  for (const path of (await Promise.all(directories.map((one) => nixFilesIn(one, files)))).flat()) {
    const version = stateVersionIn(orNull(await files.readSlow(path, slowly)) ?? '');
    if (version !== null) found.push({ version, from: path });
  }
  // Of several machines in one place nobody knows which is this one.
  const [first, ...rest] = found;
  if (first !== undefined && rest.every(({ version }) => version === first.version)) return first;
  const list = orNull(await readGenerations({ files }, systemProfile.target));
  const oldest = list?.generations.at(-1);
  const version = releaseOf(oldest?.version ?? null);
  if (oldest !== undefined && version !== null)
    return { version, from: `generation ${oldest.number}, the oldest that is left` };
  const running = await readRelease(files);
  return running === null ? null : { version: running, from: 'the release that runs' };
}

/** `24.11` of what runs. */
export async function readRelease(files: Files): Promise<string | null> {
  return releaseOf(orNull(await files.readSlow('/run/current-system/nixos-version', slowly)));
}

/** `24.11.20241215.3333333` or `25.05pre-git`. */
function releaseOf(version: string | null): string | null {
  return /^\d\d\.\d\d/.exec(version ?? '')?.[0] ?? null;
}

/** `system.stateVersion = "24.05";`, also within `system = { … }`; home-manager's has another. */
export function stateVersionIn(text: string): string | null {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  for (const line of lines) {
    const version = /(?:^|[\s{;])(?:system\.)?stateVersion\s*=\s*"(\d\d\.\d\d)"/.exec(line)?.[1];
    if (version !== undefined) return version;
  }
  return null;
}

async function nixFilesIn(directory: string, files: Files): Promise<readonly string[]> {
  const names = orNull(await files.listSlow(directory, slowly)) ?? [];
  const inside = names.filter((name) => !name.startsWith('.'));
  const nix = (folder: string, all: readonly string[]) =>
    all.filter((name) => name.endsWith('.nix')).map((name) => `${folder}/${name}`);
  const below = await Promise.all(
    inside
      .filter((name) => !name.includes('.'))
      .slice(0, mostFiles)
      .map(async (name) => {
        const folder = `${directory}/${name}`;
        return nix(folder, orNull(await files.listSlow(folder, slowly)) ?? []);
      }),
  );
  return [...nix(directory, inside), ...below.flat()].slice(0, mostFiles);
}

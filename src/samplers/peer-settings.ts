/** Caches and builders of nix.conf, of what it includes, and of the files of machines that it names. */
import { type Problem, problem } from '../base/problem.ts';
import type { PeerSettings } from '../model/caches/caches-raw.ts';
import { includesOf } from '../parse/machines.ts';
import { type NixConfLine, parseNixConf } from '../parse/nix-conf.ts';
import { buildersOf, isMachinesToml, parsePeerSettings } from '../parse/peer-settings.ts';
import type { Files } from '../platform/ports.ts';

/** An include may include itself. */
const mostFiles = 32;
const machinesBytes = 1 << 20;
const mostPeers = 64;

export interface SettingsRead {
  readonly settings: PeerSettings;
  readonly problems: readonly Problem[];
}

export async function readPeerSettings(files: Files, path = '/etc/nix/nix.conf'): Promise<SettingsRead> {
  const problems: Problem[] = [];
  const lines: NixConfLine[] = [];
  let count = 0;

  /** In the place of its line, as Nix reads it. */
  async function read(file: string, isMain: boolean): Promise<void> {
    count += 1;
    if (count > mostFiles) return;
    const text = await files.readSlow(file);
    if (!text.ok) {
      // Without one Nix has its usual settings; what is included may be a secret, and not for us.
      if (isMain && text.problem.kind !== 'gone') problems.push(text.problem);
      return;
    }
    for (const line of parseNixConf(text.value)) {
      if (line.kind === 'include') await read(below(file, line.path), false);
      else lines.push(line);
    }
  }

  await read(path, true);
  const unread = { caches: null, keys: null, builders: null, refused: [] };
  if (problems.length > 0) return { settings: unread, problems };
  const { caches, keys, builders: setting } = parsePeerSettings(lines);
  const texts = [setting];
  for (const file of includesOf(setting)) {
    const text = await files.readSlow(file, { maxBytes: machinesBytes });
    if (text.ok && isMachinesToml(text.value))
      problems.push(problem('unsupported', file, 'machines as TOML are not read'));
    else if (text.ok) texts.push(text.value);
    // Nix names one by itself, whether it is there or not.
    else if (text.problem.kind !== 'gone') problems.push(text.problem);
  }
  const { builders, refused } = buildersOf(texts);
  return {
    settings: {
      caches: caches.slice(0, mostPeers),
      keys: keys.slice(0, mostPeers),
      builders: problems.length > 0 ? null : (builders?.slice(0, mostPeers) ?? null),
      refused: refused.slice(0, mostPeers),
    },
    problems,
  };
}

function below(file: string, path: string): string {
  return path.startsWith('/') ? path : `${file.slice(0, file.lastIndexOf('/'))}/${path}`;
}

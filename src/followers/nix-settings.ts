/** Reads settings out of nix.conf and what it includes; what may not be read, or hangs, says nothing. */

import { parseNixConf } from '../parse/nix-conf.ts';
import type { Files } from '../platform/ports.ts';

/** An include may include itself. */
const mostFiles = 32;

/** `directory`: NIX_CONF_DIR. Null: off, or not readable for us. */
export async function readLogPathSetting(files: Files, directory: string): Promise<string | null> {
  const value = await readNixSetting(files, directory, ['json-log-path']);
  return value?.startsWith('/') ? value : null;
}

/** `names`: the setting's and its aliases. The last line counts; null where there is none. */
export async function readNixSetting(
  files: Pick<Files, 'readSlow'>,
  directory: string,
  names: readonly string[],
): Promise<string | null> {
  let value: string | null = null;
  let count = 0;
  async function read(path: string): Promise<void> {
    count += 1;
    if (count > mostFiles) return;
    const text = await files.readSlow(path);
    if (!text.ok) return;
    for (const line of parseNixConf(text.value)) {
      if (line.kind === 'include') await read(below(path, line.path));
      else if (names.includes(line.name)) value = line.value;
    }
  }
  await read(`${directory}/nix.conf`);
  return value;
}

function below(file: string, path: string): string {
  return path.startsWith('/') ? path : `${file.slice(0, file.lastIndexOf('/'))}/${path}`;
}

/** Reads settings out of nix.conf and what it includes; what may not be read, or hangs, says nothing. */

import { parseNixConf } from '../parse/nix-conf.ts';
import type { Files } from '../platform/ports.ts';

/** An include may include itself. */
const mostFiles = 32;

const name = 'json-log-path';

/**
 * Of the daemon, whose pid may be unknown. Its environment, which root may read, says where its nix.conf is and may
 * have settings of its own. Null: off, or not readable for us.
 */
export async function readLogPathSetting(
  files: Pick<Files, 'readSlow'>,
  daemonPid: number | null,
): Promise<string | null> {
  const environ =
    daemonPid !== null && (await isOfRoot(files, daemonPid))
      ? await files.readSlow(`/proc/${daemonPid}/environ`)
      : null;
  const variables = environ?.ok ? environ.value.split('\0') : [];
  const of = (variable: string) =>
    variables.find((one) => one.startsWith(`${variable}=`))?.slice(variable.length + 1);
  const lines = parseNixConf(of('NIX_CONFIG') ?? '');
  const own = lines.findLast((line) => line.kind === 'set' && line.name === name);
  const value =
    own?.kind === 'set' ? own.value : await readNixSetting(files, of('NIX_CONF_DIR') ?? '/etc/nix', [name]);
  return value?.startsWith('/') ? value : null;
}

/** Anybody may call a process nix-daemon: what it says is heard only of root's. */
async function isOfRoot(files: Pick<Files, 'readSlow'>, pid: number): Promise<boolean> {
  const status = await files.readSlow(`/proc/${pid}/status`);
  return status.ok && /^Uid:\s+0\s+0\s/m.test(status.value);
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

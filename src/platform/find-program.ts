/** Whether a command can be started at all, as a shell would say it: before the screen is taken for it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';

export type Found =
  | { readonly kind: 'found'; readonly path: string }
  /** 127: there is none; 126: it cannot be executed. */
  | { readonly kind: 'missing'; readonly exitCode: 126 | 127; readonly why: string };

/** `path`: $PATH. A name with a slash is a file. */
export async function findProgram(name: string, path: string | undefined): Promise<Found> {
  const places = name.includes('/') ? [name] : (path ?? '').split(':').map((folder) => join(folder, name));
  let found = false;
  for (const place of places) {
    const info = await stat(place).catch(() => null);
    if (info === null || (info.isDirectory() && !name.includes('/'))) continue;
    found = true;
    const executable = info.isFile() && (await canExecute(place));
    if (executable) return { kind: 'found', path: place };
  }
  if (found) return { kind: 'missing', exitCode: 126, why: 'cannot be executed' };
  const why = name.includes('/') ? 'no such file' : 'command not found';
  return { kind: 'missing', exitCode: 127, why };
}

function canExecute(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

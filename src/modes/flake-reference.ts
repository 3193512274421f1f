/** `--flake` as it is meant where it was typed. */
import { resolve } from 'node:path';

/** `.#web` and `../config` become absolute, as builtins.getFlake needs them; others stay as they are. */
export function absoluteReference(reference: string, directory: string): string {
  const [path = '', ...rest] = reference.split('#');
  const isRelative = path === '' || path === '.' || path === '..' || /^\.{1,2}\//.test(path);
  return isRelative ? [resolve(directory, path), ...rest].join('#') : reference;
}

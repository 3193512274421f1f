/** `--flake` as it is meant where it was typed. */
import { resolve } from 'node:path';

/** `.#web`, `#web` and `../config?dir=a` become absolute, as builtins.getFlake needs them; others stay as they are. */
export function absoluteReference(reference: string, directory: string): string {
  const [before = '', ...attribute] = reference.split('#');
  const isRelative = before === '' || /^\.{1,2}(?:\/|\?|$)/.test(before);
  if (!isRelative) return reference;
  const [path = '', ...query] = before.split('?');
  return [[resolve(directory, path), ...query].join('?'), ...attribute].join('#');
}

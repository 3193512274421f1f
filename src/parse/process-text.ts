/** cmdline, environ and mountinfo of a process: who it says it is. */

import { isFields, parseJsonObject } from '../base/fields.ts';
import { ownText } from '../base/text.ts';
import type { BuildEnvironment } from '../model/sample.ts';
import { completeRows } from './row-number.ts';

/** Arguments end in NUL; a process may overwrite them with anything. proc_pid_cmdline(5). */
export function parseCmdline(text: string): readonly string[] {
  if (text === '') return [];
  return (text.endsWith('\0') ? text.slice(0, -1) : text).split('\0');
}

/**
 * `name=firefox-130.0\0out=/nix/store/…\0NIX_BUILD_TOP=/build\0…` of a builder.
 * The names are those of Nix's derivation builder (`initEnv` in
 * src/libstore/build/local-derivation-goal.cc) and of stdenv. First assignment wins; one without its NUL
 * was cut and is left out: half a name is worse than none. What is told outlives the build in charts: in memory of its
 * own, without the rest of the environment.
 */
export function parseBuildEnvironment(
  text: string,
): BuildEnvironment & { readonly attrsFile: string | null } {
  const found = new Map<string, string>();
  for (const pair of text.split('\0').slice(0, -1)) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const key = pair.slice(0, equals);
    if (wanted.has(key) && !found.has(key)) found.set(key, ownText(pair.slice(equals + 1)));
  }
  const get = (key: string): string | null => found.get(key) || null;
  const cores = Number(get('NIX_BUILD_CORES') ?? Number.NaN);
  return {
    name: get('name'),
    pname: get('pname'),
    version: get('version'),
    out: get('out'),
    buildTop: get('NIX_BUILD_TOP'),
    system: get('system'),
    cores: Number.isInteger(cores) ? cores : null,
    attrsFile: get('NIX_ATTRS_JSON_FILE'),
  };
}
const wanted = new Set([
  'name',
  'pname',
  'version',
  'out',
  'system',
  'NIX_BUILD_TOP',
  'NIX_BUILD_CORES',
  'NIX_ATTRS_JSON_FILE',
]);

/** `.attrs.json` of a build with structured attributes: the same names as JSON. Bad JSON names nothing. */
export function parseAttrs(text: string): Partial<BuildEnvironment> {
  const attrs = parseJsonObject(text);
  if (attrs === null) return {};
  const string = (value: unknown): string | null =>
    typeof value === 'string' && value !== '' ? value : null;
  const { outputs } = attrs;
  return {
    name: string(attrs['name']),
    pname: string(attrs['pname']),
    version: string(attrs['version']),
    system: string(attrs['system']),
    out: string(isFields(outputs) ? outputs['out'] : undefined),
  };
}

/**
 * Root of the mount at `/`: `141 120 254:0 /nix/store/<hash>-<name>.drv.chroot / rw,relatime - ext4 …`
 * (fields 4 and 5 of proc_pid_mountinfo(5), octal escapes for space, tab, newline, backslash).
 * The last row wins: it is the mount on top. Null when no row is mounted at `/`; a cut row is left out.
 */
export function parseRootMount(text: string): string | null {
  let root: string | null = null;
  for (const line of completeRows(text)) {
    const fields = line.split(' ', 5);
    if (fields[4] === '/' && fields[3] !== undefined) root = ownText(unescapeOctal(fields[3]));
  }
  return root;
}

/**
 * Store paths in a temporary roots file, each ended by NUL (src/libstore/gc.cc, addTempRoot); derivations
 * themselves are left out, and so is what was cut.
 */
export function parseTempRoots(text: string): readonly string[] {
  return text
    .split('\0')
    .slice(0, -1)
    .filter((root) => root !== '' && !root.endsWith('.drv'));
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

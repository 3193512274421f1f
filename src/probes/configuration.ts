/** Which NixOS configuration an evaluation is about: what the user names, or what a rebuild of this machine takes. */
import { fail, ok, orNull, type Result } from '../base/problem.ts';
import { parseRelativeFlake, type RelativeFlake } from '../model/diagnosis/relative-flake.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Ports } from '../platform/ports.ts';

export type Configuration =
  /** `host`: an attribute of `nixosConfigurations`, or a path of attributes that begins there or at colmena's hive. */
  | { readonly kind: 'flake'; readonly reference: string; readonly host: string }
  /** A file that gives systems, as `nixos-rebuild --file` takes it, or a configuration.nix. */
  | { readonly kind: 'file'; readonly path: string; readonly attribute: string | null }
  /** A path where nothing is, or a directory that has neither a flake nor a default.nix. */
  | { readonly kind: 'none'; readonly path: string; readonly attribute: string | null }
  /** `<nixos-config>` with `<nixpkgs/nixos>`. */
  | { readonly kind: 'channel' };

const usual = '/etc/nixos';

/**
 * `subject` as `nixos-rebuild --flake` has it (`/etc/nixos#host`, `github:me/config`), or an absolute path of a file or
 * directory, `#` in front of an attribute; or what a client names relative to its directory (relative-flake.ts). Null:
 * what `nixos-rebuild` without words would take. Fails with `gone` once that client has ended, with `denied` where its
 * directory may not be seen, and then nobody knows which configuration it is.
 */
export async function findConfiguration(
  subject: string | null,
  { files }: Pick<Ports, 'files'>,
): Promise<Result<Configuration>> {
  const relative = subject === null ? null : parseRelativeFlake(subject);
  if (relative !== null) return besideClient(relative, files);
  const [reference = '', ...rest] = (subject ?? usual).split('#');
  const attribute = rest.join('#') || null;
  const host = () => attribute ?? hostName(files);
  if (!reference.startsWith('/')) return ok({ kind: 'flake', reference, host: host() });
  const path = pathOf(reference);
  if (await isFlakeAt(path, files)) return ok({ kind: 'flake', reference, host: host() });
  if (subject !== null && !path.endsWith('.nix')) {
    const above = await flakeAbove(path, files);
    if (above !== null)
      return ok({ kind: 'flake', reference: `${above}${queryOf(reference)}`, host: host() });
  }
  if (subject === null) return ok({ kind: 'channel' });
  const kind = path.endsWith('.nix') || (await isFileOf(path, files)) ? 'file' : 'none';
  return ok({ kind, path: reference, attribute });
}

/** Of a directory Nix looks upwards as well, as far as the repository goes (parsePathFlakeRefWithFragment in flakeref.cc). */
async function flakeAbove(path: string, files: Ports['files']): Promise<string | null> {
  const isThere = async (name: string) => (await files.ownerSlow(name, { follow: true })).ok;
  if (!(await isThere(path))) return null;
  for (let at = path; !(await isThere(`${at === '/' ? '' : at}/.git`)); ) {
    const parent = parentOf(at);
    if (parent === null) return null;
    at = parent;
    if (await isFlakeAt(at, files)) return at;
  }
  return null;
}

/** As above. */
async function besideClient(
  { pid, startTime, typed }: RelativeFlake,
  files: Ports['files'],
): Promise<Result<Configuration>> {
  const gone = (what: string) => fail('gone', `process ${pid}`, what);
  const stat = await files.readSlow(`/proc/${pid}/stat`);
  const parsed = stat.ok ? parseProcessStat(stat.value) : stat;
  if (!parsed.ok || parsed.value.startTime !== startTime)
    return gone(`it has ended, and where its ${typed} lies is not known`);
  const directory = await files.linkSlow(`/proc/${pid}/cwd`);
  if (!directory.ok) {
    if (directory.problem.kind !== 'denied') return directory;
    return fail('denied', `/proc/${pid}/cwd`, `which ${typed} it means takes root, or its owner`);
  }
  if (directory.value.endsWith(' (deleted)')) return gone('its directory is deleted');
  const [reference = '', ...rest] = typed.split('#');
  const first = joined(directory.value, pathOf(reference));
  for (let at: string | null = first; at !== null; at = parentOf(at)) {
    if (!(await isFlakeAt(at, files))) continue;
    return ok({
      kind: 'flake',
      reference: `${at}${queryOf(reference)}`,
      host: rest.join('#') || hostName(files),
    });
  }
  return fail('gone', `${first}/flake.nix`, 'neither there nor above it is a flake');
}

function pathOf(reference: string): string {
  return reference.replace(/[?].*$/, '').replace(/(?<=.)\/+$/, '');
}

/** What `import` would take. */
async function isFileOf(path: string, files: Ports['files']): Promise<boolean> {
  const found = await files.ownerSlow(path, { follow: true });
  if (!found.ok) return found.problem.kind !== 'gone';
  const isDirectory = (found.value.mode & 0o170000) === 0o040000;
  return !isDirectory || (await files.ownerSlow(`${path}/default.nix`, { follow: true })).ok;
}

function queryOf(reference: string): string {
  return /[?].*$/.exec(reference)?.[0] ?? '';
}

async function isFlakeAt(directory: string, files: Ports['files']): Promise<boolean> {
  return (await files.ownerSlow(`${directory === '/' ? '' : directory}/flake.nix`, { follow: true })).ok;
}

function joined(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function parentOf(directory: string): string | null {
  return directory === '/' ? null : directory.replace(/\/[^/]*$/, '') || '/';
}

function hostName(files: Ports['files']): string {
  return orNull(files.read('/proc/sys/kernel/hostname'))?.trim() || 'nixos';
}

/** As a person would name it again. */
export function configurationText(configuration: Configuration): string {
  switch (configuration.kind) {
    case 'flake':
      return `${configuration.reference}#${configuration.host}`;
    case 'file':
    case 'none':
      return `${configuration.path}${configuration.attribute === null ? '' : `#${configuration.attribute}`}`;
    case 'channel':
      return '<nixpkgs/nixos>';
  }
}

/**
 * Names of files of `/nix/var/nix/current-load`, by which build-remote.cc takes slots of builders: `ssh-ng:__box-1` is a
 * slot, `ssh-ng:__box.upload-lock` lets one build upload at a time.
 */

export interface LoadFile {
  /** The builder's address, as escapeUri of build-remote.cc writes it: `/` is `_`. */
  readonly whose: string;
  readonly use: 'slot' | 'upload';
}

/** Null: it is of no builder, as `main-lock`. */
export function loadFileOf(name: string): LoadFile | null {
  const [, whose = '', slot] = /^(.+?)(?:-(\d+)|\.upload-lock)$/.exec(name) ?? [];
  if (whose === '') return null;
  return { whose, use: slot === undefined ? 'upload' : 'slot' };
}

/**
 * Whether it is of `address`, one of `addresses`. Newer versions of Nix print parameters otherwise than the line has them:
 * where one line alone is of that store, it is meant whatever they are.
 */
export function isLoadOf({ whose }: LoadFile, address: string, addresses: readonly string[]): boolean {
  if (whose === escaped(address)) return true;
  const isAlone = new Set(addresses.filter((one) => bare(one) === bare(address))).size <= 1;
  return isAlone && bare(whose) === escaped(bare(address));
}

function escaped(address: string): string {
  return address.replaceAll('/', '_');
}

function bare(address: string): string {
  return address.replace(/\?.*$/, '');
}

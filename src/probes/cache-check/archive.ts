/** Whether what came for an archive is one: a page of a proxy or of a login is none, whatever its status says. */

/** How a file of that compression begins; of others nothing is known. */
const beginnings: Readonly<Record<string, readonly number[]>> = {
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  bzip2: [0x42, 0x5a, 0x68],
  gzip: [0x1f, 0x8b],
  // The length of `nix-archive-1`, little-endian (src/libutil/archive.cc).
  none: [0x0d, 0, 0, 0, 0, 0, 0, 0, 0x6e, 0x69, 0x78],
};

export function isArchive(compression: string, body: Uint8Array): boolean {
  const beginning = beginnings[compression];
  return beginning === undefined || beginning.every((byte, at) => body[at] === byte);
}

/** Bytes of a file or a paste to text, or by which program they were packed. */

/** Magic numbers: bzip2(1), RFC 1952, xz-file-format.txt, RFC 8878. Nix keeps logs of builds as bz2. */
const packed = [
  { unpack: 'bzcat', bytes: [0x42, 0x5a, 0x68] },
  { unpack: 'zcat', bytes: [0x1f, 0x8b] },
  { unpack: 'xzcat', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { unpack: 'zstdcat', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
] as const;

/** The program that unpacks it; null: it is not packed, as far as its first bytes tell. */
export function unpackerOf(bytes: Uint8Array): string | null {
  return packed.find((one) => one.bytes.every((byte, at) => bytes[at] === byte))?.unpack ?? null;
}

/** UTF-8, or UTF-16 where a byte order mark says so, as editors on Windows write it. */
export function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

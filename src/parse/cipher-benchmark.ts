/** How a disk is encrypted, and how fast this CPU does that. */

export interface Cipher {
  /** `aes-xts-plain64`. */
  readonly name: string;
  readonly keyBits: number;
}

/**
 * `cryptroot: 0 976740352 crypt aes-xts-plain64 :64:logon:cryptsetup:… 0 259:2 32768` of `dmsetup table --target crypt`
 * (dm-crypt.rst): the key as zeros, or where it lies with its length in bytes. The first one.
 */
export function parseCryptTable(lines: readonly string[]): Cipher | null {
  for (const line of lines) {
    const [, name, key = ''] = /^\S+: \d+ \d+ crypt ([\w:()-]+) (\S+)/.exec(line) ?? [];
    if (name === undefined) continue;
    const inKeyring = /^:(\d+):/.exec(key)?.[1];
    const keyBits = inKeyring === undefined ? key.length * 4 : Number(inKeyring) * 8;
    if (keyBits > 0) return { name, keyBits };
  }
  return null;
}

/**
 * `        aes-xts        512b      2034.5 MiB/s      2040.0 MiB/s` of `cryptsetup benchmark -c`: encryption, decryption.
 * Bytes a second of decryption; null where it was not measured (`N/A`).
 */
export function parseCipherBenchmark(lines: readonly string[]): number | null {
  for (const line of lines) {
    const mib = /^\s*\S+\s+\d+b\s+\S+ MiB\/s\s+([\d.]+) MiB\/s\s*$/.exec(line)?.[1];
    if (mib !== undefined) return Math.round(Number(mib) * 2 ** 20);
  }
  return null;
}

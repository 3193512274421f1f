/** What dd says when it has ended. */

export interface Copied {
  readonly bytes: number;
  readonly sec: number;
}

/**
 * `268435456 bytes (268 MB, 256 MiB) copied, 0.120551 s, 2.2 GB/s` of GNU coreutils, `1048576 bytes (1.0MB) copied,
 * 0.000500 seconds, 2.0GB/s` of busybox. Null: it copied nothing, or says so differently.
 */
export function parseCopied(lines: readonly string[]): Copied | null {
  for (const line of lines.toReversed()) {
    const [, bytes, sec] = /^(\d+) bytes? (?:\([^)]*\) )?copied, ([\d.e+-]+) s/.exec(line) ?? [];
    if (bytes !== undefined && sec !== undefined) return { bytes: Number(bytes), sec: Number(sec) };
  }
  return null;
}

/** Records of /dev/kmsg: Documentation/ABI/testing/dev-kmsg. */

export interface KernelRecord {
  /** Since boot, suspend not counted: nearly CLOCK_MONOTONIC. */
  readonly sinceBootMs: number;
  readonly text: string;
}

/**
 * `4,1234,46391468366,-;oom-kill:constraint=…\n SUBSYSTEM=block\n`: priority with facility, sequence, microseconds,
 * flags; then the text with what is no character as `\x1b`, then pairs, each after a blank. Null: no record.
 */
export function parseKernelRecord(record: string): KernelRecord | null {
  const match = /^\d+,\d+,(\d{1,18}),[^;]*;([^\n]*)/.exec(record);
  if (match === null) return null;
  const text = (match[2] ?? '').replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return { sinceBootMs: Number(match[1]) / 1000, text };
}

/**
 * An entry for systemd's journal in its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): `FIELD=value` a line; a value
 * of several lines as `FIELD`, its length in 64 bits little-endian, and the bytes.
 */

/** Names are upper case letters, digits and `_`, and begin with a letter. Null, and empty: left out. */
export type JournalFields = Readonly<Record<string, string | number | null>>;

/** journald takes more by a file; who says more to us is cut. */
const longestValue = 4096;

export function journalDatagram(fields: JournalFields): Uint8Array {
  const encoder = new TextEncoder();
  const parts = Object.entries(fields).flatMap(([name, value]): Uint8Array[] => {
    if (value === null || value === '' || !/^[A-Z][A-Z0-9_]*$/.test(name)) return [];
    const text = String(value).slice(0, longestValue);
    if (!text.includes('\n')) return [encoder.encode(`${name}=${text}\n`)];
    const bytes = encoder.encode(text);
    const length = new DataView(new ArrayBuffer(8));
    length.setBigUint64(0, BigInt(bytes.length), true);
    return [encoder.encode(`${name}\n`), new Uint8Array(length.buffer), bytes, encoder.encode('\n')];
  });
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

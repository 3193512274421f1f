/** Lines of `journalctl -o json`: who said how many of them. Fields are those of systemd.journal-fields(7). */
import { parseJsonObject } from '../base/fields.ts';
import { oneLine, withoutControls } from '../base/text.ts';
import type { JournalErrors } from '../model/advice/quick-facts.ts';

const longestLine = 200;

/** `most`: that were asked for. */
export function parseJournalErrors(lines: readonly string[], minutes: number, most: number): JournalErrors {
  const by = new Map<string, { who: string; count: number; last: string }>();
  let count = 0;
  for (const line of lines) {
    const entry = parseJsonObject(line);
    if (entry === null) continue;
    count += 1;
    const who = textOf(entry['SYSLOG_IDENTIFIER']) ?? textOf(entry['_COMM']) ?? textOf(entry['_TRANSPORT']);
    const name = who ?? 'somebody';
    const known = by.get(name) ?? { who: name, count: 0, last: '' };
    by.set(name, { ...known, count: known.count + 1, last: textOf(entry['MESSAGE']) ?? known.last });
  }
  const sorted = [...by.values()].toSorted((a, b) => b.count - a.count);
  return { minutes, count, more: count >= most, by: sorted };
}

/** A field that is not UTF-8 is an array of bytes, one that is there twice an array of texts; a long one is null. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return shown(value);
  if (!Array.isArray(value) || value.length === 0) return null;
  const [first] = value;
  if (typeof first === 'string') return shown(first);
  const bytes = value.filter((one): one is number => Number.isInteger(one) && one >= 0 && one < 256);
  return bytes.length === value.length ? shown(new TextDecoder().decode(Uint8Array.from(bytes))) : null;
}

function shown(text: string): string {
  return oneLine(withoutControls(text)).slice(0, longestLine);
}

/** One number out of the kernel's `name value` tables: meminfo, vmstat, stat. */

/**
 * Value of the row that starts with `name` (give it with its delimiter: `MemTotal:`, `oom_kill `). Null
 * when the row is missing, is no number, or is cut: a number that ends the text may lack its last digits.
 */
export function rowNumber(text: string, name: string): number | null {
  const start = text.startsWith(name) ? 0 : text.indexOf(`\n${name}`) + 1;
  if (start === 0 && !text.startsWith(name)) return null;
  let at = start + name.length;
  while (text.charCodeAt(at) === 32) at += 1;
  const first = at;
  let value = 0;
  for (let digit = text.charCodeAt(at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - 48) {
    value = value * 10 + digit;
    at += 1;
  }
  const end = text.charCodeAt(at);
  return at > first && (end === 10 || end === 32) ? value : null;
}

/** Rows of `text`; one that the newline is missing from was cut and is left out. */
export function completeRows(text: string): string[] {
  const rows = text.split('\n');
  rows.pop();
  return rows;
}

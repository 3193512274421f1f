/** One file: what it says of which key, and what is wrong with it. A mistake costs its own key, and nothing else. */
import type { Complaint, GivenSetting, SettingRow } from '../model/settings/setting.ts';
import { readValue, unknownKey } from './read-value.ts';
import { settingRows } from './rows.ts';
import { parseToml, type TomlTable } from './toml.ts';

export interface ParsedSettings {
  /** By key. */
  readonly given: ReadonlyMap<string, GivenSetting>;
  readonly complaints: readonly Complaint[];
}

/** `file`: as complaints name it. */
export function parseSettings(
  text: string,
  file: string,
  rows: readonly SettingRow[] = settingRows,
): ParsedSettings {
  const given = new Map<string, GivenSetting>();
  const { top, complaints: mistakes } = parseToml(text);
  const complaints: Complaint[] = mistakes.map((one) => ({ file, ...one }));
  const complain = (line: number, cause: string) => void complaints.push({ file, line, cause });

  function visit(table: TomlTable, prefix: string): void {
    for (const [name, node] of table.entries) {
      const key = `${prefix}${name}`;
      const row = rows.find((one) => one.key === key);
      if (row !== undefined) {
        const { value, wrongs } = readValue(row.type, node);
        for (const { line, cause } of wrongs) complain(line, `${key}: ${cause}`);
        if (value !== null) given.set(key, { value, place: { file, line: node.line } });
      } else if (!rows.some((one) => one.key.startsWith(`${key}.`))) {
        const where = prefix === '' ? '' : `[${prefix.slice(0, -1)}] `;
        complain(node.line, `${where}${unknownKey(name, namesBelow(prefix, rows))}`);
      } else if (node.kind === 'table') visit(node, `${key}.`);
      else complain(node.line, `${key}: expected a table`);
    }
  }
  visit(top, '');
  return { given, complaints: firstOf(complaints.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))) };
}

/** A file of another kind has nothing else: nobody reads thousands. */
const mostComplaints = 100;

function firstOf(complaints: readonly Complaint[]): readonly Complaint[] {
  const next = complaints[mostComplaints];
  if (next === undefined) return complaints;
  const more = complaints.length - mostComplaints;
  return [...complaints.slice(0, mostComplaints), { ...next, cause: `and ${more} more from here on` }];
}

function namesBelow(prefix: string, rows: readonly SettingRow[]): readonly string[] {
  const names = rows.flatMap(({ key }) =>
    key.startsWith(prefix) ? [key.slice(prefix.length).split('.', 1)[0] ?? ''] : [],
  );
  return [...new Set(names)];
}

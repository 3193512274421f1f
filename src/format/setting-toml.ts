/** Settings as config.toml has them: one key, one section, one value. */
import { exactBytes, exactLength } from '../base/amount.ts';
import type { SettingRow, SettingType, SettingValue, TableValue } from '../model/settings/setting.ts';

export interface SettingSection<Row extends SettingRow = SettingRow> {
  /** `guard.rules.memory`. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** In the order of their first rows; what is of tables of its own comes after the keys of its section. */
export function sectionsOf<Row extends SettingRow>(rows: readonly Row[]): readonly SettingSection<Row>[] {
  const sections = Map.groupBy(rows, ({ key }) => key.slice(0, key.lastIndexOf('.')));
  return [...sections].map(([name, own]) => ({
    name,
    rows: [
      ...own.filter(({ type }) => type.kind !== 'tables'),
      ...own.filter(({ type }) => type.kind === 'tables'),
    ],
  }));
}

/** Without its section. */
export function keyName({ key }: SettingRow): string {
  return key.slice(key.lastIndexOf('.') + 1);
}

/** `full = 20`, `for = "5 s"`; of tables some lines each, and none where there are none. */
export function settingLines(row: SettingRow, value: SettingValue): readonly string[] {
  if (row.type.kind !== 'tables') return [`${keyName(row)} = ${valueToml(row.type, value)}`];
  return (value as readonly TableValue[]).flatMap((table) => [`[[${row.key}]]`, ...tableLines(table)]);
}

function tableLines(table: TableValue): readonly string[] {
  return Object.entries(table).flatMap(([key, text]) =>
    text === null ? [] : [`${key} = ${textToml(text)}`],
  );
}

export function valueToml(type: SettingType, value: SettingValue): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return type.kind === 'amount' ? amountToml(type, value) : String(value);
  if (typeof value === 'string') return textToml(value);
  const words = value.map((one) =>
    typeof one === 'string' ? textToml(one) : `{ ${tableLines(one).join(', ')} }`,
  );
  return `[${words.join(', ')}]`;
}

function amountToml({ unit }: Extract<SettingType, { kind: 'amount' }>, value: number): string {
  if (value === 0) return '0';
  switch (unit) {
    case 's':
      return textToml(exactLength(value * 1000));
    case 'ms':
      return textToml(exactLength(value));
    case 'bytes':
    case 'bytes per second': {
      const size = exactBytes(value);
      return /\D/.test(size) ? textToml(size) : size;
    }
    default:
      return String(value);
  }
}

/** A basic string of TOML is one of JSON but for DEL. */
function textToml(text: string): string {
  return JSON.stringify(text).replaceAll('\x7f', '\\u007f');
}

/** What is in force and where it is said, as a config.toml that says the same. */
import {
  type Complaint,
  complaintText,
  type Place,
  type SettingRow,
  type SettingValue,
} from '../model/settings/setting.ts';
import { sectionsOf, settingLines } from './setting-toml.ts';

export interface InForce {
  readonly rows: readonly SettingRow[];
  /** What files and flags say; the rest is as usual. */
  readonly given: ReadonlyMap<string, SettingValue>;
  readonly origins: ReadonlyMap<string, Place>;
  /** Those that were read. */
  readonly files: readonly string[];
  readonly complaints: readonly Complaint[];
}

/** Of sections that are long and mostly as usual only what is not is shown. */
const onlyGiven = /^diagnose$/;

/** `whole`: also of long sections all keys. */
export function inForceText(
  { rows, given, origins, files, complaints }: InForce,
  { whole = false }: { readonly whole?: boolean } = {},
): string {
  const read = files.length === 0 ? 'No file of settings: all is as usual.' : `Read: ${files.join(', ')}`;
  const sections = sectionsOf(rows).flatMap(({ name, rows: own }) => {
    const shown = !whole && onlyGiven.test(name) ? own.filter(({ key }) => given.has(key)) : own;
    if (shown.length === 0) return [];
    const left = own.length - shown.length;
    const lines = shown.flatMap((row) => {
      const place = origins.get(row.key);
      const origin = place === undefined ? 'as usual' : placeText(place);
      const own = settingLines(row, given.get(row.key) ?? row.usual);
      // That there are none is said, too: no line of TOML does.
      return (own.length === 0 ? [`# [[${row.key}]]: none`] : own).map((line) => ({ line, origin }));
    });
    const more = left === 0 ? [] : [`# ${left} more, as usual`];
    return [['', `[${name}]`, ...aligned(lines), ...more].join('\n')];
  });
  const wrong = complaints.map((one) => `# wrong: ${complaintText(one)}`);
  return `${[`# ${read}`, ...wrong, ...sections].join('\n')}\n`;
}

/** One document; `file` null: as usual. */
export function inForceJson({ rows, given, origins, files, complaints }: InForce): string {
  const settings = rows.map(({ key, type, usual }) => {
    const { file = null, line = null } = origins.get(key) ?? {};
    const unit = type.kind === 'amount' ? type.unit : null;
    return { key, value: given.get(key) ?? usual, unit, file, line };
  });
  return `${JSON.stringify({ files, settings, complaints }, null, 2)}\n`;
}

function placeText({ file, line }: Place): string {
  return line === null ? file : `${file}:${line}`;
}

/** No wider than this for the sake of one long line. */
const widest = 56;

function aligned(lines: readonly { readonly line: string; readonly origin: string }[]): readonly string[] {
  const columns = Math.min(widest, Math.max(...lines.map(({ line }) => line.length)));
  return lines.map(({ line, origin }) =>
    /^\[\[/.test(line) ? `\n${line}` : `${line.padEnd(columns)}  # ${origin}`,
  );
}

/** dist/config.toml: every key with what it is for, commented out, as it usually is. */
import type { SettingRow } from '../model/settings/setting.ts';
import { colorNames, emphasisNames, plainLook } from '../model/ui/tones.ts';
import { sectionsOf, settingLines } from './setting-toml.ts';
import { wrapped } from './wrap.ts';

const columns = 100;

const head = `nixpulse: settings. In /etc/nixpulse/config.toml they are the machine's, in
~/.config/nixpulse/config.toml yours, which win; a flag wins over both. What is commented out
stands as it usually is.

Lengths: 30 (in the unit of the key), "30 s", "10 min", "1 h 30 min". Sizes: "512M", "4G", in
powers of 1024. Looks: one of ${colorNames.join(', ')},
with any of ${emphasisNames.join(', ')}; or ${plainLook}.

\`nixpulse config\` says what is in force, and what is wrong with a file.`;

export function exampleToml(rows: readonly SettingRow[]): string {
  const sections = sectionsOf(rows).map(({ name, rows: own }) => {
    const keys = own.map((row) => [...helpOf(row), ...exampleOf(row)].join('\n'));
    return [`[${name}]`, ...keys].join('\n\n');
  });
  return `${[comment(head.split('\n')), ...sections].join('\n\n\n')}\n`;
}

function exampleOf(row: SettingRow): readonly string[] {
  const { type, usual } = row;
  // Of none there is nothing to show.
  const lines = type.kind === 'tables' ? tablesExample(row.key, type) : settingLines(row, usual);
  return lines.map((line) => `# ${line}`);
}

function tablesExample(
  key: string,
  { example }: Extract<SettingRow['type'], { kind: 'tables' }>,
): readonly string[] {
  return [
    `[[${key}]]`,
    ...Object.entries(example).map(([name, text]) => `${name} = ${JSON.stringify(text)}`),
  ];
}

function helpOf({ help, source, type }: SettingRow): readonly string[] {
  const some = choicesText(type);
  const text = `${help}${some}${source === undefined ? '' : ` Source: ${source}.`}`;
  return wrapped(text, columns - 3).map((line) => `## ${line}`);
}

function choicesText(type: SettingRow['type']): string {
  if (type.kind === 'choices') return ` Some of: ${type.choices.join(', ')}.`;
  if (type.kind === 'choice') return ` One of: ${type.choices.join(', ')}.`;
  return '';
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}`.trimEnd()).join('\n');
}

/** docs/settings.md: a table for each section. */
import type { SettingRow, SettingType } from '../model/settings/setting.ts';
import { colorNames, emphasisNames, plainLook } from '../model/ui/tones.ts';
import { keyName, sectionsOf, valueToml } from './setting-toml.ts';

/** `except`: sections that another page has in full. */
export function settingsReference(rows: readonly SettingRow[], except: readonly string[] = []): string {
  const sections = sectionsOf(rows).filter(({ name }) => !except.includes(name));
  return sections
    .map(({ name, rows: own }) =>
      [
        `### \`[${name}]\``,
        '',
        '| key | usual | may be | what it is for |',
        '| --- | --- | --- | --- |',
        ...own.map(
          (row) =>
            `| \`${keyName(row)}\` | ${usualOf(row)} | ${mayBe(row.type)} | ${row.help.replaceAll('|', '\\|')} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

export function usualOf({ type, usual }: SettingRow): string {
  const isNone = usual === '' || (Array.isArray(usual) && usual.length === 0);
  return isNone ? 'none' : `\`${valueToml(type, usual)}\``;
}

export function mayBe(type: SettingType): string {
  switch (type.kind) {
    case 'switch':
      return '`true`, `false`';
    case 'amount': {
      const { least = 0, above, most } = type.bounds;
      const unit = type.unit === 'percent' ? ' %' : '';
      const range = (value: number) => valueToml(type, value).replaceAll('"', '') + unit;
      return above === undefined
        ? `${range(least)} to ${range(most)}`
        : `above ${range(above)}, to ${range(most)}`;
    }
    case 'choice':
      return codes(type.choices);
    case 'choices':
      return `a list of ${codes(type.choices)}`;
    case 'look':
      return `one of ${codes(colorNames)}, with any of ${codes(emphasisNames)}, or \`${plainLook}\``;
    case 'text':
      return type.expected;
    case 'words':
      return type.example === undefined ? 'a list of words' : `a list like \`${type.example}\``;
    case 'tables':
      return `tables with ${Object.entries(type.keys)
        .map(([key, { optional }]) => `\`${key}\`${optional === true ? ' (may be left out)' : ''}`)
        .join(', ')}`;
  }
}

function codes(words: readonly string[]): string {
  return words.map((one) => `\`${one}\``).join(', ');
}

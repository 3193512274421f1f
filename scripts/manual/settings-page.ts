/** `nixpulse.toml.5`: every key of config.toml, from the table of settings. */

import { keyName, sectionsOf } from '../../src/format/setting-toml.ts';
import { mayBe, usualOf } from '../../src/format/settings-reference.ts';
import { settingRows } from '../../src/settings/rows.ts';
import type { Edition } from './command-pages.ts';
import { bold, entry, example, manualPage, paragraph, paragraphs, section, subsection } from './roff.ts';

export function settingsPage(edition: Edition): string {
  const head = { ...edition, name: 'nixpulse.toml', section: 5, summary: 'settings of nixpulse' } as const;
  return manualPage(head, [
    section('SYNOPSIS', [bold('/etc/nixpulse/config.toml'), '.br', bold('~/.config/nixpulse/config.toml')]),
    section('DESCRIPTION', [
      ...paragraphs(
        'By which numbers nixpulse judges, what its guard does, and what the screen shows. The first file is of the machine, the second yours, which wins key by key; a flag wins over both, and `--config` names a file that is read instead of both. Nothing has to be set.',
        'The files are TOML. A length of time is a number in the unit of its key, or a text with units: 30, "30 s", "10 min", "1 h 30 min". So are sizes, in powers of 1024: "512M", "4G". Percentages are 20 or "20 %".',
        'A mistake costs its own key, and is told with file and line; `nixpulse config` tells all of them, and what is in force with the place of each. A guard does not start with wrong settings. SIGHUP has the dashboard, record, export and guard read the files again.',
      ),
    ]),
    section(
      'KEYS',
      sectionsOf(settingRows).map(({ name, rows }) =>
        subsection(
          `[${name}]`,
          rows.map((row) =>
            entry(bold(keyName(row)), [
              row.help,
              `Usual: ${usualOf(row)}. May be: ${mayBe(row.type)}.${row.source === undefined ? '' : ` Source: ${row.source}.`}`,
            ]),
          ),
        ),
      ),
    ),
    section('EXAMPLES', [
      paragraph('A guard that acts, and thinks of a build as idle after two minutes:'),
      example(['[guard]', 'dry-run = false', '', '[diagnose]', 'idleSec = "2 min"']),
      paragraph('Few columns, the longest builds first, and no bold red:'),
      example([
        '[screen]',
        'columns = ["resident", "phase", "now"]',
        'sort = "age"',
        '',
        '[colors]',
        'danger = "magenta"',
      ]),
    ]),
    section('SEE ALSO', [
      paragraph('`nixpulse`(1), `nixpulse-config`(1), `nixpulse-guard`(1), `nixpulse-diagnose`(1)'),
    ]),
  ]);
}

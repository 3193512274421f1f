/** `lvs` and `vgs --reportformat json` (lvmreport(7)): `{"report": [{"lv": [{"lv_name": "root", …}]}]}`, all of it text. */
import { type Fields, isFields, parseJsonObject } from '../base/fields.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';

type Volumes = ProbeValues['volumes'];

const most = 500;

/** Of `-o vg_name,lv_name,data_percent,metadata_percent,lv_health_status,lv_suspended`; null for what is no report. */
export function parseLogicalVolumes(text: string): Volumes['logical'] | null {
  const rows = rowsOf(text, 'lv');
  if (rows === null) return null;
  return rows.map((row) => ({
    name: [row['vg_name'], row['lv_name']].filter((part) => typeof part === 'string').join('/'),
    dataPercent: percentOf(row['data_percent']),
    metadataPercent: percentOf(row['metadata_percent']),
    state: stateOf(row),
  }));
}

/** Names of the groups, of `-o vg_name`. */
export function parseVolumeGroups(text: string): readonly string[] | null {
  const rows = rowsOf(text, 'vg');
  return rows?.flatMap(({ vg_name: name }) => (typeof name === 'string' && name !== '' ? name : [])) ?? null;
}

/**
 * Devices whose metadata cannot be read, so that their group is not listed at all, of what stands on stderr:
 * `  WARNING: Checksum error on /dev/sda2 at offset 4608.`, `  WARNING: bad metadata text on /dev/sda2 in mda1`.
 */
export function parseBadMetadata(lines: readonly string[]): readonly string[] {
  const bad = lines.flatMap(
    (line) => /WARNING: (?:bad metadata text|Checksum error) on (\S+)/.exec(line)?.[1] ?? [],
  );
  return [...new Set(bad)];
}

/** What is wrong with it: `partial`, `refresh needed`, `mismatches exist`, `suspended`; null: nothing. */
function stateOf({ lv_health_status: health, lv_suspended: suspended }: Fields): string | null {
  if (typeof health === 'string' && health !== '') return health;
  return suspended === 'suspended' ? 'suspended' : null;
}

/** `12.34`; empty where it has none. */
function percentOf(value: unknown): number | null {
  if (typeof value !== 'string' || value === '') return null;
  const percent = Number(value);
  return Number.isFinite(percent) ? percent : null;
}

function rowsOf(text: string, kind: 'lv' | 'vg'): readonly Fields[] | null {
  // What it tells besides comes in between: `  Retrying metadata scan.` Newer ones add a list "log", behind a comma of its
  // own line.
  const json = text.split('\n').filter((line) => /^\s*[{}[\]",]/.test(line));
  const report = parseJsonObject(json.join('\n'))?.['report'];
  if (!Array.isArray(report)) return null;
  const lists = report.map((one) => (isFields(one) ? one[kind] : null)).filter((list) => Array.isArray(list));
  return lists.flat().filter(isFields).slice(0, most);
}

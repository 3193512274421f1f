/** What the journal takes, as `journalctl --disk-usage` says it. */

const units = 'BKMGTPE';

/** `Archived and active journals take up 3.9G in the file system.`; null where it says no such thing. */
export function parseJournalUsage(text: string): number | null {
  const [, amount, unit = ''] = /take up ([\d.]+)([BKMGTPE])\b/.exec(text) ?? [];
  return amount === undefined ? null : Math.round(Number(amount) * 1024 ** units.indexOf(unit));
}

/**
 * `smartctl -j -a`: what a disk says of itself, of ATA, NVMe and SCSI (smartctl(8), EXIT STATUS and `--json`). Also
 * where it failed, it is one JSON document with `smartctl.exit_status` and `smartctl.messages`.
 */
import { type Fields, isFields, parseJsonObject } from '../base/fields.ts';
import type { ProbeValues } from '../model/diagnosis/probe-values.ts';

/** The exit status that is asked for of a disk that sleeps: bits that never come together otherwise. */
export const standbyStatus = 129;

export type SmartReport = Omit<ProbeValues['smart'], 'standby'>;

const mostMessages = 16;
/** Attributes of ATA, by what almost every vendor means by them. */
const attributes = { reallocated: 5, reportedUncorrect: 187, pending: 197, uncorrectable: 198, crc: 199 };

/** Null for what is no report. */
export function parseSmartctl(text: string): SmartReport | null {
  const report = parseJsonObject(text);
  if (report === null) return null;
  const smartctl = fieldsOf(report, 'smartctl');
  const exitStatus = numberOf(smartctl, 'exit_status');
  if (exitStatus === null) return null;
  const status = fieldsOf(report, 'smart_status');
  const nvme = fieldsOf(report, 'nvme_smart_health_information_log');
  const raw = rawValues(fieldsOf(report, 'ata_smart_attributes')?.['table']);
  const spare = numberOf(nvme, 'available_spare');
  const least = numberOf(nvme, 'available_spare_threshold');
  const flagged = fieldsOf(status, 'nvme')?.['spare_below_threshold'];
  return {
    passed: typeof status?.['passed'] === 'boolean' ? status['passed'] : null,
    exitStatus,
    model: textOf(report, 'model_name') ?? textOf(report, 'scsi_model_name') ?? textOf(report, 'product'),
    temperatureC: numberOf(fieldsOf(report, 'temperature'), 'current'),
    percentUsed:
      numberOf(nvme, 'percentage_used') ?? numberOf(fieldsOf(report, 'endurance_used'), 'current_percent'),
    spareBelowThreshold:
      typeof flagged === 'boolean' ? flagged : spare === null || least === null ? null : spare < least,
    mediaErrors:
      numberOf(nvme, 'media_errors') ??
      raw.get(attributes.reportedUncorrect) ??
      raw.get(attributes.uncorrectable) ??
      scsiErrors(fieldsOf(report, 'scsi_error_counter_log')),
    reallocated: raw.get(attributes.reallocated) ?? numberOf(report, 'scsi_grown_defect_list'),
    pending: raw.get(attributes.pending) ?? numberOf(fieldsOf(report, 'scsi_pending_defects'), 'count'),
    cableErrors: raw.get(attributes.crc) ?? null,
    messages: messagesOf(smartctl?.['messages']),
  };
}

/** `"raw": {"value": 25769803798, "string": "22 (Min/Max 20/31)"}`: vendors pack more into the upper bytes. */
function rawValues(table: unknown): ReadonlyMap<number, number> {
  const values = new Map<number, number>();
  for (const row of Array.isArray(table) ? table : []) {
    const id = isFields(row) ? row['id'] : null;
    const raw = isFields(row) ? row['raw'] : null;
    if (typeof id !== 'number' || !isFields(raw)) continue;
    const { value, string } = raw;
    const told = typeof string === 'string' ? /^\d+/.exec(string)?.[0] : undefined;
    if (told !== undefined) values.set(id, Number(told));
    else if (typeof value === 'number' && value >= 0) values.set(id, value % 2 ** 32);
  }
  return values;
}

/** Of read, write and verify. */
function scsiErrors(log: Fields | null): number | null {
  if (log === null) return null;
  const sums = Object.keys(log).flatMap(
    (kind) => numberOf(fieldsOf(log, kind), 'total_uncorrected_errors') ?? [],
  );
  return sums.length === 0 ? null : sums.reduce((sum, one) => sum + one, 0);
}

function messagesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one) => (isFields(one) ? (textOf(one, 'string') ?? []) : [])).slice(0, mostMessages);
}

function fieldsOf(from: Fields | null, name: string): Fields | null {
  const value = from?.[name];
  return isFields(value) ? value : null;
}

function numberOf(from: Fields | null, name: string): number | null {
  const value = from?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textOf(from: Fields | null, name: string): string | null {
  const value = from?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

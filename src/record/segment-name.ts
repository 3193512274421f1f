/** The names of segments: when, by whom, which one. They sort by time. */
import { extension } from './format.ts';

const pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(\d+)-(\d+)\.nixpulse$/;

/** `timeMs`: Unix ms, within the years of four digits. */
export function segmentName(timeMs: number, pid: number, count: number): string {
  return `${new Date(timeMs).toISOString().replace(/[-:.]/g, '')}-${pid}-${count}${extension}`;
}

/** The pid of who wrote it; null: not a name that we give. */
export function writerOf(name: string): number | null {
  const [, year, month, day, hour, minute, second, ms, pid] = pattern.exec(name) ?? [];
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(timeMs) ? null : Number(pid);
}

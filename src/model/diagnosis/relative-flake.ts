/** A flake that a client names relative to its working directory, as the subject of a probe: `cwd:4711:99300:.#box`. */
import type { ProcessIdentity } from '../../base/identity.ts';

export interface RelativeFlake extends ProcessIdentity {
  /** As it was typed, `.` where nothing was: `.#box`, `../hosts?dir=web#box`. */
  readonly typed: string;
}

export function relativeFlake(of: ProcessIdentity, typed: string): string {
  return `cwd:${of.pid}:${of.startTime}:${typed}`;
}

/** Null: it is no such subject. */
export function parseRelativeFlake(subject: string): RelativeFlake | null {
  const [, pid, startTime, typed] = /^cwd:(\d+):(\d+):(.+)$/.exec(subject) ?? [];
  return typed === undefined ? null : { pid: Number(pid), startTime: Number(startTime), typed };
}

/** Whether a guard has its files somewhere, and runs. */
import { parseJsonObject } from '../../base/fields.ts';
import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { GuardStatus } from '../../model/guard/guard.ts';
import { statusFile } from '../../model/guard/guard-files.ts';
import { readGuardStatus } from '../../model/guard/read-status.ts';
import { parseProcessStat } from '../../parse/process-stat.ts';
import type { Ports } from '../../platform/ports.ts';

const mostBytes = 1 << 18;

/** What a guard of ours or root's says of itself there; null: none does, or nothing that can be understood. */
export async function guardIn(
  directory: string,
  { ownFiles, native }: Pick<Ports, 'ownFiles' | 'native'>,
): Promise<GuardStatus | null> {
  const options = { maxBytes: mostBytes, trustedBy: native.uid };
  const text = await ownFiles.read(`${directory}/${statusFile}`, options);
  return text.ok ? (readGuardStatus(parseJsonObject(text.value)) ?? null) : null;
}

/** The very process, and no zombie. */
export function isRunning(process: ProcessIdentity, files: Pick<Ports['files'], 'read'>): boolean {
  const now = identityOf(process.pid, files);
  return now !== null && sameProcess(now, process);
}

export function identityOf(pid: number, files: Pick<Ports['files'], 'read'>): ProcessIdentity | null {
  const text = files.read(`/proc/${pid}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  if (!stat.ok || stat.value.state === 'Z') return null;
  return { pid: stat.value.pid, startTime: stat.value.startTime };
}

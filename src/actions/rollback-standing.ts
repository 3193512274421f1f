/** Where things stand before and after a rollback: what boots, what runs, and the way back. */

import { orNull } from '../base/problem.ts';
import type { ProfileTarget } from '../model/intents/intent.ts';
import { type RollbackIntent, rollbackCommand } from '../model/nix-store/rollback-plan.ts';
import { parseDefaultLink } from '../parse/generation-link.ts';
import type { Files } from '../platform/ports.ts';

export interface Standing {
  readonly defaultNumber: number | null;
  readonly defaultPath: string | null;
  /** Of the system: what /run/current-system leads to. */
  readonly runningPath: string | null;
}

export async function lookAround(profile: ProfileTarget, run: string, files: Files): Promise<Standing> {
  const link = orNull(await files.linkSlow(profile.path));
  const defaultNumber = link === null ? null : parseDefaultLink(link, profile.path);
  const path = defaultNumber === null ? null : await files.linkSlow(`${profile.path}-${defaultNumber}-link`);
  const running = profile.kind === 'system' ? await files.linkSlow(`${run}/current-system`) : null;
  return {
    defaultNumber,
    defaultPath: path === null ? null : orNull(path),
    runningPath: running === null ? null : orNull(running),
  };
}

/** `exitCode`: of switch-to-configuration, which writes the boot menu before it activates; absent: not run. */
export function standingLines(
  { profile, generation }: RollbackIntent,
  before: Standing,
  after: Standing,
  exitCode?: number | null,
): readonly string[] {
  const { defaultNumber } = after;
  const unchanged = defaultNumber === before.defaultNumber ? ' (unchanged)' : '';
  const lines = [
    `default: ${defaultNumber === null ? 'unknown' : `generation ${defaultNumber}`}${unchanged}`,
  ];
  if (profile.kind !== 'system') return lines;
  lines.push(`running: ${runningText(before, after)}`);
  if (exitCode === undefined) lines.push('boot menu: not touched');
  else if (exitCode !== null && menuWritten.has(exitCode)) {
    lines.push(`boot menu: written, generation ${generation} is its default`);
  } else lines.push('boot menu: not known, it may or may not have been written');
  return lines;
}
const menuWritten: ReadonlySet<number> = new Set([0, 2, 3, 4, 100]);

function runningText(before: Standing, after: Standing): string {
  const { runningPath } = after;
  if (runningPath === null) return 'unknown';
  const unchanged = runningPath === before.runningPath ? ' (unchanged)' : '';
  if (runningPath === after.defaultPath) return `generation ${after.defaultNumber}${unchanged}`;
  if (runningPath === before.defaultPath) return `generation ${before.defaultNumber}${unchanged}`;
  return `${runningPath}${unchanged}`;
}

/** What puts it back as it was. */
export function wayBack({ profile, generation, mode }: RollbackIntent, before: Standing): readonly string[] {
  const { defaultNumber } = before;
  if (defaultNumber === null) return [];
  if (defaultNumber === generation) return [`once more: ${rollbackCommand(profile, generation, mode)}`];
  return [`the way back: ${rollbackCommand(profile, defaultNumber, mode)}`];
}

/** Asks a guard to leave everything alone for a while, or no longer: its hold.json, replaced whole. */

import { clockText } from '../base/clock-time.ts';
import { parseJsonObject } from '../base/fields.ts';
import { sameProcess } from '../base/identity.ts';
import { type GuardHold, holdFile, statusFile } from '../model/guard/guard-files.ts';
import { readGuardStatus } from '../model/guard/read-status.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Action } from './action.ts';
import { reasonOf, refused } from './wording.ts';

/** Of a status. */
const mostBytes = 1 << 18;

export const holdGuard: Action<'hold-guard'> = async ({ guard, directory, holdMs }, { ports }) => {
  const { ownFiles, clock, native } = ports;
  const text = await ownFiles.read(`${directory}/${statusFile}`, { maxBytes: mostBytes });
  const status = text.ok ? readGuardStatus(parseJsonObject(text.value)) : undefined;
  if (status === undefined || !sameProcess(status, guard)) return refused('that guard is no longer there');
  const untilMs = clock.now() + holdMs;
  const by = native.uid === 0 ? 'root' : `uid ${native.uid}`;
  const hold: GuardHold = { version: 1, untilMs, by };
  const written = await ownFiles.replace(`${directory}/${holdFile}`, `${JSON.stringify(hold)}\n`);
  if (written.ok) {
    const summary =
      holdMs > 0 ? `the guard is held until ${clockText(untilMs)}` : 'the guard is held no more';
    return { status: 'done', summary, details: [] };
  }
  return notWritten(written.problem.kind === 'denied', reasonOf(written.problem), holdMs);
};

function notWritten(denied: boolean, reason: string, holdMs: number): Outcome {
  if (!denied) return { status: 'failed', summary: `the guard could not be told: ${reason}`, details: [] };
  const command = holdMs > 0 ? 'sudo nixpulse guard hold' : 'sudo nixpulse guard hold 0';
  return { status: 'denied', summary: `not permitted, it is not your guard: ${command}`, details: [reason] };
}

/** `nixpulse guard hold [TIME]`: has the guard leave everything alone for a while; 0 ends it. */
import { parseAmount } from '../../base/amount.ts';
import { minuteText } from '../../base/clock-time.ts';
import { lengthText } from '../../base/duration.ts';
import { type GuardHold, holdFile } from '../../model/guard/guard-files.ts';
import { userName } from '../environment.ts';
import type { Given } from '../mode.ts';
import { longestHoldMs } from './hold-file.ts';
import { guardsThere } from './running-guards.ts';

const usualMs = 60 * 60_000;

export async function runGuardHold(given: Given): Promise<number> {
  const { invocation, ports, environment, complain, write } = given;
  const { ownFiles, clock, native } = ports;
  const { operand } = invocation;
  const forMs = operand === null ? usualMs : timeOf(operand);
  if (forMs === null || forMs > longestHoldMs) {
    complain(`'${operand}' is no time to hold: 30m, 2h, a day at most, or 0`);
    return 2;
  }
  const [guard] = (await guardsThere(given)).filter(({ ended }) => !ended);
  if (guard === undefined) {
    complain(
      'no guard runs that could be held: nixpulse guard, or the unit nixpulse-guard.service, starts one',
    );
    return 1;
  }
  const path = `${guard.directory}/${holdFile}`;
  const untilMs = clock.now() + forMs;
  const hold: GuardHold = { version: 1, untilMs, by: userName(environment, native.uid) };
  const done =
    forMs === 0 ? await ownFiles.remove(path) : await ownFiles.replace(path, `${JSON.stringify(hold)}\n`);
  if (!done.ok) {
    const { kind, cause } = done.problem;
    complain(
      kind === 'denied'
        ? 'holding that guard needs root: sudo nixpulse guard hold'
        : `${path}: ${cause ?? kind}`,
    );
    return kind === 'denied' ? 3 : 1;
  }
  await write(
    forMs === 0
      ? 'the guard is held no more\n'
      : `the guard is held for ${lengthText(forMs)}, until ${minuteText(untilMs)}; nixpulse guard hold 0 ends it\n`,
  );
  return 0;
}

/** In ms; a number alone is 0 or nothing. */
function timeOf(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) === 0 ? 0 : null;
  return parseAmount(text, 'ms');
}

/** `nixpulse guard status`: whether a guard runs, how far it is from acting, what it did. Exit code 1: none does. */
import { jsonDocument } from '../../base/json-text.ts';
import { guardStatusText } from '../../format/guard-status-text.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { standingOf } from '../../model/guard/guard-seen.ts';
import type { Given } from '../mode.ts';
import { guardsThere } from './running-guards.ts';

export async function runGuardStatus(given: Given): Promise<number> {
  const { invocation, ports, look, process, write, complain } = given;
  const nowMs = ports.clock.now();
  const guards = (await guardsThere(given)).map((guard) => ({
    ...guard,
    standing: standingOf(guard, nowMs),
  }));
  const runs = guards.some(({ standing }) => standing === 'armed' || standing === 'held');
  if (invocation.json) {
    const shown = guards.map(({ uid: _, ended: __, ...guard }) => guard);
    await write(`${jsonDocument({ version: 1, runs, guards: shown })}\n`);
    return runs ? 0 : 1;
  }
  const paint = look.color ? colorPaint(look) : noPaint;
  const texts = guards.map((guard) => guardStatusText(guard, nowMs, paint, process.stdout.columns));
  if (texts.length > 0) await write(`${texts.join('\n\n')}\n`);
  else complain('no guard runs: nixpulse guard, or the unit nixpulse-guard.service, starts one');
  return runs ? 0 : 1;
}

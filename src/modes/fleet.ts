/** `nixpulse fleet`: the machines that a Prometheus knows, on a screen until it is left, or told once. */
import { jsonDocument } from '../base/json-text.ts';
import { fleetDocument } from '../format/fleet/fleet-json.ts';
import { fleetText } from '../format/fleet/fleet-text.ts';
import { askedProblem } from '../format/fleet/problem-words.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import { prepareAsking } from './fleet/asking.ts';
import type { Given } from './mode.ts';

/** 1 where Prometheus could not be asked, 2 where a file of the options cannot be used, 3 where it may not be read. */
export async function runFleetMode(given: Given): Promise<number> {
  const { invocation, process, look, complain, write } = given;
  const prepared = await prepareAsking(given);
  if (!prepared.ok) {
    complain(askedProblem(prepared.problem));
    return prepared.problem.kind === 'denied' ? 3 : 2;
  }
  const { ask, where, shownUrl } = prepared.value;
  const { stdin, stdout } = process;
  if (!invocation.json && stdin.isTTY === true && stdout.isTTY === true) {
    const { runFleetScreen } = await import('./fleet/fleet-screen.tsx');
    return runFleetScreen(given, { ask, where });
  }
  const asked = await ask(new AbortController().signal);
  if (!asked.ok) {
    complain(askedProblem(asked.problem));
    return 1;
  }
  const paint = look.color ? colorPaint(look) : noPaint;
  const style = { paint, unicode: look.unicode };
  const text = invocation.json
    ? `${jsonDocument(fleetDocument(asked.value, shownUrl))}\n`
    : fleetText(asked.value, stdout.columns ?? plainColumns, style);
  await write(text);
  return 0;
}

/** Where nobody says how wide it is. */
const plainColumns = 160;

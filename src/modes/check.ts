/** `nixpulse check rebuild` and `check deploy HOST`: what may go wrong, looked at before it does. Changes nothing. */
import { deployItems } from '../check/deploy.ts';
import { checkDocument } from '../format/check-json.ts';
import { formatCheck } from '../format/check-text.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import type { CheckItem } from '../model/advice/check.ts';
import { readDeployFacts } from '../probes/check/deploy-facts.ts';
import type { ProbeContext } from '../probes/probe.ts';
import { absoluteFlake, lookBeforeRebuild } from './check/before-rebuild.ts';
import { stateDirectory } from './environment.ts';
import type { Given } from './mode.ts';
import { createVerbIo } from './verb/verb-io.ts';

/** 1 where an item failed, 130 where Ctrl-C ended it; else 0. */
export async function runCheckMode(given: Given): Promise<number> {
  const { invocation, look, process, write } = given;
  const { command, operand, flake, evaluation, json } = invocation;
  const io = createVerbIo({ process, write });
  const cancel = new AbortController();
  const release = io.onInterrupt(() => cancel.abort());
  const context: ProbeContext = {
    ports: given.ports,
    cancelled: cancel.signal,
    stateDirectory: stateDirectory(given.environment),
    progress: (text) => io.draw?.(text),
  };
  const items = await lookAtAll();
  release();
  io.draw?.('');
  if (cancel.signal.aborted) return 130;
  const name = command === 'check-deploy' ? 'check deploy' : 'check rebuild';
  const about = operand ?? flake ?? 'this machine';
  const text = json
    ? JSON.stringify(checkDocument(items, name, about), null, 2)
    : formatCheck(items, {
        ...{ command: name, about, columns: process.stdout.columns ?? 100, unicode: look.unicode },
        color: look.color ? colorPaint(look) : noPaint,
      });
  await write(`${text}\n`);
  return items.some(({ state }) => state === 'failed') ? 1 : 0;

  async function lookAtAll(): Promise<readonly CheckItem[]> {
    if (command !== 'check-deploy') return lookBeforeRebuild({ flake, evaluation }, given, context);
    const named = flake === null ? null : absoluteFlake(flake, process.cwd());
    return deployItems(await readDeployFacts({ host: operand ?? '', flake: named, evaluation }, context));
  }
}

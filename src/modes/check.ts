/** `nixpulse check rebuild` and `check deploy HOST`: what may go wrong, looked at before it does. */
import { jsonDocument } from '../base/json-text.ts';
import { deployItems } from '../check/deploy.ts';
import { checkDocument } from '../format/check-json.ts';
import { readDeployFacts } from '../probes/check/deploy-facts.ts';
import { lookBeforeRebuild } from './check/before-rebuild.ts';
import { checkText, hasFailed, lookAt } from './check/looking.ts';
import { absoluteReference } from './flake-reference.ts';
import type { Given } from './mode.ts';
import { createVerbIo } from './verb/verb-io.ts';

/** 1 where an item failed, 130 where Ctrl-C ended it; else 0. */
export async function runCheckMode(given: Given): Promise<number> {
  const { invocation, process, write } = given;
  const { command, operand, flake, evaluation, json } = invocation;
  const io = createVerbIo({ process, write });
  const wanted = { flake: flake === null ? null : absoluteReference(flake, process.cwd()), evaluation };
  const items = await lookAt(given, io, async (context) =>
    command === 'check-deploy'
      ? deployItems(await readDeployFacts({ ...wanted, host: operand ?? '' }, context))
      : lookBeforeRebuild(wanted, given, context),
  );
  if (items === null) return 130;
  const name = command === 'check-deploy' ? 'check deploy' : 'check rebuild';
  const about = operand ?? flake ?? 'this machine';
  const text = json
    ? jsonDocument(checkDocument(items, name, about))
    : checkText(items, given, {
        ...{ command: name, about, columns: process.stdout.columns },
        leftOut: evaluation ? 'they need a configuration, which --flake names' : '--no-evaluation',
      });
  await write(`${text}\n`);
  return hasFailed(items) ? 1 : 0;
}

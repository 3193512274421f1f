/** `nixpulse diagnose --quick`: one screen in five seconds, without root. */
import { jsonDocument } from '../../base/json-text.ts';
import { quickItems } from '../../check/quick.ts';
import { checkDocument } from '../../format/check-json.ts';
import { readQuickFacts } from '../../probes/check/quick-facts.ts';
import { takeModel } from '../../watch/look-twice.ts';
import { checkText, hasFailed, lookAt } from '../check/looking.ts';
import type { Given } from '../mode.ts';
import { readSettings } from '../settings.ts';
import { createVerbIo } from '../verb/verb-io.ts';
import { judgedBy, sourcesOf } from '../wiring.ts';

/** What is left of the five seconds starts us, and writes. */
const totalMs = 4000;
/** Two looks: rates are not what is asked for. */
const intervalMs = 500;

/** 1 where an item failed, 130 where Ctrl-C ended it; else 0. */
export async function diagnoseQuickly(given: Given): Promise<number> {
  const { environment, invocation, ports, process, write } = given;
  const io = createVerbIo({ process, write });
  const items = await lookAt(given, io, async (context) => {
    const { settings } = await readSettings(given);
    const look = async () => {
      const { sources, settled } = await sourcesOf(given);
      const diagnose = await judgedBy(given);
      return takeModel({ sources, settled, clock: ports.clock, intervalMs, diagnose });
    };
    return quickItems(
      await readQuickFacts({ totalMs, environment, look, units: settings.guard.units }, context),
    );
  });
  if (items === null) return 130;
  const [command, about] = ['diagnose --quick', 'this machine'] as const;
  const text = invocation.json
    ? jsonDocument(checkDocument(items, command, about))
    : checkText(items, given, { command, about, columns: process.stdout.columns });
  await write(`${text}\n`);
  return hasFailed(items) ? 1 : 0;
}

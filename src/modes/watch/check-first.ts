/** `watch --check`: what `check rebuild` looks at, before the command begins; stdout stays the command's. */
import { configurationOf } from '../../cli/flake-of.ts';
import { sumText } from '../../format/check-text.ts';
import { lookBeforeRebuild } from '../check/before-rebuild.ts';
import { checkText, hasFailed, lookAt } from '../check/looking.ts';
import type { Given } from '../mode.ts';
import { createVerbIo } from '../verb/verb-io.ts';

/** The exit code where the command is not to run; null: it is. */
export async function checkFirst(given: Given, words: readonly string[]): Promise<number | null> {
  const { invocation, process, write, complain } = given;
  const io = createVerbIo({ process, write });
  const named = configurationOf(words);
  const flake = invocation.flake ?? named.flake;
  // Of a command that is no rebuild of a system nobody knows what it evaluates.
  const evaluation = invocation.evaluation && (flake !== null || named.system);
  const items = await lookAt(given, io, (context) =>
    lookBeforeRebuild({ flake, evaluation }, given, context),
  );
  if (items === null) return 130;
  const quiet = items.every(({ state }) => state === 'ok' || state === 'left-out');
  if (quiet) complain(`checked first: ${sumText(items)}`);
  else {
    const about = flake ?? 'this machine';
    const text = checkText(items, given, {
      command: 'check rebuild',
      about,
      columns: process.stderr.columns,
      leftOut: '--no-evaluation',
    });
    process.stderr.write(`${text}\n\n`);
  }
  if (!hasFailed(items) || invocation.yes) return null;
  if (io.ask === null) {
    complain('it would fail, and was not begun: --yes runs it all the same');
    return 1;
  }
  const answer = await io.ask('It would fail. Run it all the same? [y/N] ');
  if (answer === null) return 130;
  return /^\s*(?:y|yes)\s*$/i.test(answer) ? null : 1;
}

/** Whether a file is Nix at all: `nix-instantiate --parse`, which evaluates nothing. */
import { fail, ok, type Result } from '../base/problem.ts';
import { endWords } from '../nix-store/cancellable.ts';
import { within } from './check/within.ts';
import type { ProbeContext } from './probe.ts';
import { runProgram } from './run-program.ts';

const parseMs = 30_000;
const mostOutput = 64 << 10;

/** `path`: absolute. `malformed` with what Nix says of it. */
export async function parseNixFile(path: string, context: ProbeContext): Promise<Result<void>> {
  const run = await within(parseMs, 'nix-instantiate --parse', context, (bounded) =>
    runProgram(bounded, ['nix-instantiate', '--parse', path], { from: 'nix', mostOutput }),
  );
  if (!run.ok) return run;
  if (run.value.exitCode === 0) return ok(undefined);
  const said = run.value.stderr.find((line) => line.startsWith('error:'))?.replace(/^error:\s*/, '');
  if (said !== undefined) return fail('malformed', path, said);
  // Nix itself was in the way: of the file that says nothing.
  return fail('unsupported', 'nix-instantiate --parse', endWords(run.value));
}

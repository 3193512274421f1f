/** Errors of the evaluator: which they are, and where in the configuration they happened. */
import type { Failure } from '../model/rebuild/failure.ts';
import type { Position, TraceEntry } from '../model/rebuild/position.ts';

const at = /^[ \t]*at (.+):(\d+):(\d+):\s*$/gm;
const trace = /^[ \t]*… (.+)$/m;
const knownWords =
  /^(?:infinite recursion encountered|stack overflow|syntax error|undefined variable|attribute '[^'\n]*' missing|flake '[^\n]*' does not provide attribute|cannot coerce|value is |expected a |function '[^\n]*' called|assertion '|evaluation aborted|The option `|Failed assertions:|A definition for option `|file '[^\n]*' was not found in the Nix search path|getting status of '[^'\n]*\.nix'|access to (?:absolute path|URI))/;
const recursion = /infinite recursion encountered|^stack overflow/m;

/**
 * `error` has what the document says besides the text: position and trace (`--show-trace`). Null where nothing points
 * to an evaluation.
 */
export function evaluationError(
  message: string,
  raw: string,
  position: Position,
  entries: readonly TraceEntry[],
): Failure | null {
  const inText = positionOfText(message);
  const known = knownWords.test(raw);
  if (position.file === null && entries.length === 0 && inText === null && !trace.test(message) && !known)
    return null;
  const traced = entries.find(({ file }) => file !== null);
  // Up to about 2.9 the file of an expression from the command line is its whole text.
  const isFile = position.file !== null && /^[/«<]/.test(position.file);
  const where = isFile ? position : (inText ?? traced ?? position);
  return {
    kind: 'evaluation',
    drv: null,
    recursion: recursion.test(raw),
    trace: entries,
    file: where?.file ?? null,
    line: where?.line ?? null,
    column: where?.column ?? null,
  };
}

/**
 * Since Nix 2.20 the trace comes first, the outermost at the top, and the error last: the last place is the nearest.
 * Before, the error came first and its own place, or the innermost, below it.
 */
function positionOfText(message: string): Position | null {
  const places = [...message.matchAll(at)];
  const place = /^(?:error:)?[ \t]*\n[ \t\n]*…/.test(message) ? places.at(-1) : places[0];
  if (place === undefined) return null;
  return { file: place[1] ?? null, line: Number(place[2]), column: Number(place[3]) };
}

/** The error itself, where its trace stands before it: what follows the last `error:`. */
export function innermostError(message: string): string {
  const last = message.lastIndexOf('\n       error: ');
  return last < 0 ? message : message.slice(last + 1).trimStart();
}

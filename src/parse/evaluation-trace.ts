/**
 * What an evaluation of Nix says at its end with `--show-trace`: the error, and what repeats in the trace. Up to about
 * 2.19 the error comes first and the innermost frame below it; since 2.20 the error comes last. Pure text, 2.3 to 2.34:
 *
 *            … while evaluating the option `networking.domain':
 *              at /etc/nixos/network.nix:1:17:
 *            (12 duplicate frames omitted)
 */
import { innermostError } from './evaluation-words.ts';

export interface EvaluationTrace {
  /** First line of the error itself; null: it said none. */
  readonly error: string | null;
  /** `recursion`: a value needs itself. `stack`: calls without end. */
  readonly fault: 'recursion' | 'stack' | 'memory' | null;
  /** Places (`file:line`) that occur more than once, most often first; bounded. */
  readonly repeated: readonly { readonly place: string; readonly times: number }[];
  /** Frames that Nix has left out because they repeat others. */
  readonly omittedFrames: number;
  /** Of the module system, in the order of the trace, each once; bounded. */
  readonly options: readonly string[];
  /** Files whose definitions were being merged, likewise. */
  readonly files: readonly string[];
}

const mostRows = 12;
const longest = 300;

/** `at FILE:LINE:COLUMN:`; an expression of the command line is `«string»`, up to about 2.9 its whole text. */
const place = /^[ \t]*at ([/«<(].*):(\d+):\d+:\s*$/;
const omitted = /^[ \t]*\((\d+) duplicate frames omitted\)$/;
/** nixpkgs lib/modules.nix, addErrorContext: opened by a backtick, closed by a quote. */
const option = /^[ \t]*… while evaluating the option [`'](.+?)'/;
const definitions = /^[ \t]*… while evaluating definitions from [`'](.+?)'/;

/** `text`: stderr, colours taken away. */
export function parseEvaluationTrace(text: string): EvaluationTrace {
  const times = new Map<string, number>();
  const options = new Set<string>();
  const files = new Set<string>();
  let omittedFrames = 0;
  for (const line of text.split('\n')) {
    const [, file, number] = place.exec(line) ?? [];
    if (file !== undefined) {
      // What Nix has built in is nobody's fault.
      if (file.startsWith('«nix-internal»') || file.startsWith('//builtin')) continue;
      const key = `${file.slice(0, longest)}:${number}`;
      times.set(key, (times.get(key) ?? 0) + 1);
      continue;
    }
    omittedFrames += Number(omitted.exec(line)?.[1] ?? 0);
    add(options, option.exec(line)?.[1]);
    add(files, definitions.exec(line)?.[1]);
  }
  const error = errorOf(text);
  return {
    error,
    fault: faultOf(error),
    repeated: [...times]
      .filter(([, count]) => count > 1)
      .sort(([, one], [, other]) => other - one)
      .slice(0, mostRows)
      .map(([where, count]) => ({ place: where, times: count })),
    omittedFrames,
    options: [...options],
    files: [...files],
  };
}

function add(to: Set<string>, name: string | undefined): void {
  if (name !== undefined && to.size < mostRows) to.add(name.slice(0, longest));
}

/** The last one: before it may stand an earlier one that was shown as a warning. */
function errorOf(text: string): string | null {
  const from = text.search(/^error:/m);
  if (from < 0) return null;
  const [line = ''] = innermostError(text.slice(from)).split('\n');
  return (
    line
      .replace(/^error:\s*/, '')
      .trim()
      .slice(0, longest) || null
  );
}

function faultOf(error: string | null): EvaluationTrace['fault'] {
  if (error === null) return null;
  if (/^infinite recursion encountered/.test(error)) return 'recursion';
  if (/^stack overflow/.test(error)) return 'stack';
  return /^(?:out of memory|std::bad_alloc|Too many heap sections)/i.test(error) ? 'memory' : null;
}

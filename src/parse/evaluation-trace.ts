/**
 * What an evaluation of Nix says at its end with `--show-trace`: the error, and what repeats in the trace. Up to about
 * 2.19 the error comes first and the innermost frame below it; since 2.20 the error comes last. Pure text, 2.3 to 2.34:
 *
 *            … while evaluating the option `networking.domain':
 *              at /etc/nixos/network.nix:1:17:
 *            (12 duplicate frames omitted)
 */

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
const mostPlaces = 10_000;
const longest = 300;

/** `at FILE:LINE:COLUMN:`; an expression of the command line is `«string»`, up to about 2.9 its whole text. */
const place = /^[ \t]*at ([/«<(].*):(\d+):\d+:\s*$/;
const omitted = /^[ \t]*\((\d+) duplicate frames omitted\)$/;
/** nixpkgs lib/modules.nix, addErrorContext: opened by a backtick, closed by a quote. */
const option = /^[ \t]*… while evaluating the option [`'](.+?)'/;
const definitions = /^[ \t]*… while evaluating definitions from [`'](.+?)'/;

/** Of stderr, line by line, colours taken away: a trace may be longer than anybody wants to keep. */
export interface EvaluationTraceReader {
  add(line: string): void;
  end(): EvaluationTrace;
}

export function createEvaluationTraceReader(): EvaluationTraceReader {
  const times = new Map<string, number>();
  const options = new Set<string>();
  const files = new Set<string>();
  let omittedFrames = 0;
  /** Without a trace, or in front of it. */
  let first: string | null = null;
  /** Behind its trace: the innermost. */
  let last: string | null = null;
  return {
    add(line) {
      const [, file, number] = place.exec(line) ?? [];
      if (file !== undefined) {
        // What Nix has built in is nobody's fault.
        if (file.startsWith('«nix-internal»') || file.startsWith('//builtin')) return;
        const key = `${file.slice(0, longest)}:${number}`;
        if (times.has(key) || times.size < mostPlaces) times.set(key, (times.get(key) ?? 0) + 1);
        return;
      }
      omittedFrames += Number(omitted.exec(line)?.[1] ?? 0);
      add(options, option.exec(line)?.[1]);
      add(files, definitions.exec(line)?.[1]);
      first ??= /^error:\s*(\S.*)/.exec(line)?.[1] ?? null;
      last = /^ {7}error: (.*)/.exec(line)?.[1] ?? last;
    },
    end() {
      const error = (last ?? first)?.trim().slice(0, longest) || null;
      const repeated = [...times]
        .filter(([, count]) => count > 1)
        .sort(([, one], [, other]) => other - one)
        .slice(0, mostRows)
        .map(([where, count]) => ({ place: where, times: count }));
      return {
        error,
        fault: faultOf(error),
        repeated,
        omittedFrames,
        options: [...options],
        files: [...files],
      };
    },
  };
}

export function parseEvaluationTrace(text: string): EvaluationTrace {
  const reader = createEvaluationTraceReader();
  for (const line of text.split('\n')) reader.add(line);
  return reader.end();
}

function add(to: Set<string>, name: string | undefined): void {
  if (name !== undefined && to.size < mostRows) to.add(name.slice(0, longest));
}

function faultOf(error: string | null): EvaluationTrace['fault'] {
  if (error === null) return null;
  if (/^infinite recursion encountered/.test(error)) return 'recursion';
  if (/^stack overflow/.test(error)) return 'stack';
  return /^(?:out of memory|std::bad_alloc|Too many heap sections)/i.test(error) ? 'memory' : null;
}

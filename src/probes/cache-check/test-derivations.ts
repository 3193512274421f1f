/**
 * Derivations that nobody can have, for they are new each time: written into the store, offered to builders alone, and
 * told about by Nix's machine log.
 */
import { nixString } from '../../base/nix-string.ts';
import { fail, ok, type Result } from '../../base/problem.ts';
import { withoutEscapes } from '../../base/text.ts';
import { createOfferedBuildReader, type OfferedBuild } from '../../parse/offered-build.ts';
import { within } from '../check/within.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';

export interface TestDerivation {
  readonly name: string;
  readonly system: string;
  readonly features: readonly string[];
  /** `shell`: in the sandbox, by its /bin/sh. `nix`: by Nix itself, for sandboxes that have none. */
  readonly by: 'shell' | 'nix';
}

export interface StoredDerivation {
  readonly drv: string;
  readonly output: string;
}

/** What the shell writes: enough for a speed, little enough to be nobody's burden. */
export const resultBytes = 1 << 20;
/** Builtins of every sh alone: a sandbox has no other program. */
const script = `s=0123456789abcde_; while [ \${#s} -lt ${resultBytes} ]; do s=$s$s; done; printf %s "$s" > "$out"`;

const instantiateSec = 30;

/** The values that `expression` of derivations has: `[[drv, output], …]`. */
function expressionOf(derivations: readonly TestDerivation[]): string {
  const one = ({ name, system, features, by }: TestDerivation) => `(let d = derivation {
    name = ${nixString(name)};
    system = ${nixString(system)};
    requiredSystemFeatures = [ ${features.map(nixString).join(' ')} ];
    preferLocalBuild = false;
    allowSubstitutes = false;
    ${
      by === 'shell'
        ? `builder = "/bin/sh"; args = [ "-c" ${nixString(script)} ];`
        : 'builder = "builtin:buildenv"; derivations = ""; manifest = "/nixpulse";'
    }
  }; in [ d.drvPath d.outPath ])`;
  return `[ ${derivations.map(one).join(' ')} ]`;
}

/** `write`: into the store. Otherwise only what they would be called. */
export async function storeDerivations(
  derivations: readonly TestDerivation[],
  { write }: { readonly write: boolean },
  context: ProbeContext,
): Promise<Result<readonly StoredDerivation[]>> {
  const words = ['--eval', '--strict', '--json', ...(write ? ['--read-write-mode'] : [])];
  const expression = expressionOf(derivations);
  const run = await within(instantiateSec * 1000, 'nix-instantiate', context, (bounded) =>
    runProgram(bounded, ['nix-instantiate', ...words, '--expr', expression], { from: 'nix' }),
  );
  if (!run.ok) return run;
  const { exitCode, stdout, stderr } = run.value;
  const error = stderr.map(withoutEscapes).find((line) => line.startsWith('error:'));
  if (exitCode !== 0) return fail('malformed', 'nix-instantiate', (error ?? '').replace(/^error: /, ''));
  const stored = parsePairs(stdout.join('\n'));
  return stored?.length === derivations.length
    ? ok(stored)
    : fail('malformed', 'nix-instantiate', 'it printed something else than paths');
}

function parsePairs(text: string): readonly StoredDerivation[] | null {
  try {
    const rows: unknown = JSON.parse(text);
    if (!Array.isArray(rows)) return null;
    return rows.flatMap((row) => {
      const [drv, output] = Array.isArray(row) ? (row as readonly unknown[]) : [];
      return typeof drv === 'string' && typeof output === 'string' ? { drv, output } : [];
    });
  } catch {
    return null;
  }
}

export interface Offered extends OfferedBuild {
  /** Of the whole, and since the builder that took it was connected to. */
  readonly sec: number;
  readonly builtSec: number | null;
  readonly done: boolean;
  /** It was ended before its end. */
  readonly cut: boolean;
}

/** `builders`: one line, in place of those in the settings. */
export async function offerBuild(
  stored: StoredDerivation,
  { ms, builders }: { readonly ms: number; readonly builders: string | null },
  context: ProbeContext,
): Promise<Result<Offered>> {
  const { clock } = context.ports;
  const reader = createOfferedBuildReader(stored);
  const startedMs = clock.monotonic();
  return within(ms, 'nix-store', context, async (bounded) => {
    const run = await runProgram(
      bounded,
      [
        ...(['nix-store', '--realise', stored.drv, '--max-jobs', '0', '-v'] as const),
        ...['--log-format', 'internal-json'],
        // What Nix would keep of each: a log file for ever.
        ...option('keep-build-log', 'false'),
        ...option('substitute', 'false'),
        ...(builders === null ? [] : option('builders', builders)),
      ],
      { from: 'nix', onLine: (line, stream) => stream === 'stderr' && reader.add(line, clock.monotonic()) },
    );
    if (!run.ok) return run;
    const seen = reader.end();
    const endedMs = clock.monotonic();
    return ok({
      ...seen,
      sec: (endedMs - startedMs) / 1000,
      builtSec: seen.builder === null ? null : (endedMs - (seen.takenMs ?? startedMs)) / 1000,
      done: run.value.exitCode === 0 && seen.builder !== null,
      cut: bounded.cancelled.aborted,
    });
  });
}

function option(name: string, value: string): readonly string[] {
  return ['--option', name, value];
}

/** The file evaluated as nixos-rebuild would evaluate it, as far as there is a nixpkgs to do it with; once a run and text. */
import { reasonOf } from '../../actions/wording.ts';
import { isFields, parseJsonObject } from '../../base/fields.ts';
import { fail, ok, type Result } from '../../base/problem.ts';
import type { Ports } from '../../platform/ports.ts';
import { evaluate, usualLimits } from '../../probes/evaluate.ts';
import { type FoundNixpkgs, findNixpkgs } from '../../probes/find-nixpkgs.ts';
import { probing } from '../probing.ts';
import type { RecoverContext } from '../step.ts';

export interface EvaluatedConfig {
  readonly nixpkgs: FoundNixpkgs;
  /** Where the system lies once it is built. */
  readonly output: string;
  readonly sec: number;
}

/** `gone`: there is no nixpkgs. */
export type Evaluating = Result<EvaluatedConfig>;

interface Known {
  readonly text: string;
  readonly result: Promise<Evaluating>;
}

const limitSec = 300;
const known = new WeakMap<Ports, Known>();

/** `path`: null where the file is not written yet, and `text` is what would be in it. */
export function evaluateOnce(
  path: string | null,
  text: string,
  context: RecoverContext,
): Promise<Evaluating> {
  const key = `${path}\n${text}`;
  const before = known.get(context.ports);
  if (before?.text === key) return before.result;
  const result = evaluateConfig(path, text, context);
  known.set(context.ports, { text: key, result });
  return result;
}

async function evaluateConfig(
  path: string | null,
  text: string,
  context: RecoverContext,
): Promise<Evaluating> {
  const { ports, wishes } = context;
  if (!ports.files.live)
    return fail('unsupported', 'an evaluation', 'nothing is evaluated for a captured tree');
  context.report({ text: 'looks for nixpkgs' });
  const flake = wishes.flake?.replace(/#.*/, '') ?? '/etc/nixos';
  const isThere = wishes.flake !== null || (await ports.files.ownerSlow(`${flake}/flake.nix`)).ok;
  const nixpkgs = await findNixpkgs(isThere ? [flake] : [], probing(context));
  if (nixpkgs === null) return fail('gone', 'nixpkgs', 'none in NIX_PATH, in root’s channels, or in a flake');
  context.report({ text: `evaluates it with ${nixpkgs.path}` });
  const module = path === null ? `(\n${text}\n)` : '(/. + (builtins.getEnv "NIXOS_CONFIG"))';
  const evaluated = await evaluate(
    {
      expression: `let
  system = import <nixpkgs/nixos/lib/eval-config.nix> { modules = [ ${module} ]; };
  inherit (system.config.system.build) toplevel;
in { output = builtins.seq toplevel.drvPath toplevel.outPath; }`,
      ...{ configuration: path ?? 'what would be written', limits: usualLimits(ports, limitSec), json: true },
      environment: {
        NIX_PATH: `nixpkgs=${nixpkgs.path}`,
        ...(path === null ? {} : { NIXOS_CONFIG: path }),
      },
    },
    probing(context),
  );
  if (!evaluated.ok) return evaluated;
  const { value, run } = evaluated.value;
  if (value === null) {
    const ends: Readonly<Record<string, string>> = {
      time: `not within ${limitSec} s`,
      memory: 'it takes too much memory',
    };
    return fail(
      'malformed',
      path ?? 'the configuration',
      run.error ?? ends[run.end] ?? `it ended: ${run.end}`,
    );
  }
  const output = outputIn(value);
  return output === null
    ? fail('malformed', 'nix-instantiate', 'it named no system')
    : ok({ nixpkgs, output, sec: run.sec });
}

function outputIn(json: string): string | null {
  const fields = parseJsonObject(json);
  const output = isFields(fields) ? fields['output'] : null;
  return typeof output === 'string' && output.startsWith('/nix/store/') ? output : null;
}

/** Why it did not come to a system, in a line. */
export function evaluationWords(evaluated: Extract<Evaluating, { ok: false }>): string {
  const { kind, cause, where } = evaluated.problem;
  if (kind === 'malformed') return `it does not evaluate: ${cause ?? kind}`;
  if (where === 'nixpkgs') return `it was only parsed, not evaluated: there is no nixpkgs: ${cause ?? kind}`;
  return `it was not evaluated: ${reasonOf(evaluated.problem)}`;
}
